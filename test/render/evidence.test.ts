/** @module Which traces are drawn, and what else is said below a question. */
import { describe, expect, test } from 'vitest';
import type { Finding, Review } from '../../src/review/review.js';
import { Traces, mainOf } from '../../src/render/evidence.js';
import { questionLines } from '../../src/render/questions.js';
import { saysNew } from '../../src/render/says-new.js';
import { renderText } from '../../src/render/text.js';
import { review } from './fixtures/invented-review.js';

const torn = review.findings.find((one) => one.rule === 'torn-group') as Finding;
const [found] = torn.evidence;
if (!found) throw new Error('the fixture has no evidence');

/** A finding like the first, with a schedule of its own. */
function like(id: string, change: Partial<Finding> = {}): Finding {
  return { ...torn, id, fingerprint: id, evidence: [{ ...found!, schedule: `s:${id}:t1` }], ...change };
}

const text = (findings: readonly Finding[], traceLinesMax?: number): string =>
  questionLines(findings, { width: 76, traceLinesMax }).map((line) => line.text).join('\n');

describe('traces', () => {
  test('where room is short the gravest is drawn, the others can be replayed', () => {
    const findings = [like('a', { severity: 'medium' }), like('b', { severity: 'high' }), like('c', { severity: 'low' })];
    const short = text(findings, 12);
    expect(short.match(/CPU0 NMI/gu)).toHaveLength(1);
    expect(short.indexOf('CPU0 NMI')).toBeGreaterThan(short.indexOf('s:a:t1'));
    for (const id of ['a', 'b', 'c']) expect(short).toContain(`kcovet replay s:${id}:t1`);
    expect(text(findings).match(/CPU0 NMI/gu)).toHaveLength(3);
  });

  test('a mail draws none for what is of low severity, whatever the room', () => {
    expect(text([like('a', { severity: 'low' }), like('b', { severity: 'note' })], 1000)).not.toContain('CPU0 NMI');
  });

  test('a schedule of two findings is drawn at the graver one and named at the other', () => {
    const low = like('a', { severity: 'low', evidence: torn.evidence });
    expect(text([low, torn])).toMatch(/see the trace below(?:, under the question about \w+\(\))?\n[^]*CPU0 NMI/u);
  });

  test('a set-up that the trace before had is not said again', () => {
    expect(text([like('a'), like('b')]).match(/task traced/gu)).toHaveLength(1);
  });

  test('the counterexample of the finding\'s own property is the one to draw', () => {
    const other = { ...found!, schedule: 's:x:t1', trace: found!.trace.map((row) => (row.note === '' ? row : { ...row, note: '1 of 1 records did not reach the area of A' })) };
    const finding = { ...torn, evidence: [other, found!] };
    expect(mainOf(finding)).toBe(found);
    expect(text([finding])).toMatch(/NULL dereference[^]*also: 1 record lost\n {2}replay: kcovet replay s:x:t1/u);
    expect(mainOf({ ...torn, evidence: [] })).toBeUndefined();
    expect(new Traces([{ ...torn, evidence: [] }], { width: 76 }).linesOf({ ...torn, evidence: [] })).toEqual([]);
  });
});

test('what the question says already is not said again', () => {
  const question = 'Is get_x() needed here? Interrupts are off whenever this runs, in a softirq or a hardirq.';
  expect(saysNew('In every execution of this statement (a softirq or a hardirq) interrupts are off already.', question)).toBe(false);
  expect(saysNew('Every access to that memory is made by the CPU that owns it.', question)).toBe(true);
});

test('a quote does not begin in the middle of a comment', () => {
  const quote = { ...torn.quote!, lines: [' \t * end of a comment', ' \t */', '-\told();', '+\tnow();'] };
  expect(text([{ ...torn, quote }])).toMatch(/^> @@[^\n]*\n> -\told\(\);\n> \+\tnow\(\);\n/u);
  expect(text([{ ...torn, quote: { ...quote, lines: [' }'] } }])).toContain('>  }');
});

describe('labels', () => {
  const label = (statement: string, words = 'within'): Finding['labels'][number] => ({ text: words, place: { ...torn.place, text: statement } });

  test('assignments of one kind are named by what they write; more than four lines are counted', () => {
    expect(text([{ ...torn, evidence: [], labels: [label('t->a = 1;'), label('t->b[0] = f(x);')] }])).toContain('  - within: t->a, t->b[0]\n');
    const many = text([{ ...torn, evidence: [], labels: Array.from({ length: 9 }, (_, i) => label(`f${i}();`, `reason ${i}`)) }]);
    expect(many.match(/^ {2}- /gmu)).toHaveLength(4);
    expect(many).toContain('- and 6 more');
  });

  test('what the trace shows is not labelled too', () => {
    const row = found!.trace[0]!;
    const shown = { text: 'opened', place: { ...torn.place, function: row.function, text: row.text } };
    expect(text([{ ...torn, labels: [shown] }])).not.toContain('opened');
    expect(text([{ ...torn, labels: [shown], evidence: [] }])).toContain('opened');
  });
});

describe('asides', () => {
  const render = (change: Partial<Review>): string => renderText({ ...review, ...change }, { color: false, width: 76, show: 'new' });

  test('what the patch fixes is said, a line each; older findings are counted', () => {
    const fixed: Finding = { ...torn, id: 'X', status: 'fixed', asked: false, property: 'use-after-free', place: { ...torn.place, function: 'gate_close' } };
    const said = render({ verdict: 'nothingToAsk', findings: [fixed, { ...fixed, id: 'Y' }, ...review.findings.filter((one) => !one.asked)] });
    expect(said.match(/Fixed by this patch: use after free in gate_close\(\)\./gu)).toHaveLength(1);
    expect(said).toContain('1 older finding not asked: --show pre-existing');
    expect(renderText({ ...review, findings: [fixed] }, { color: false, width: 76, show: 'pre-existing' })).toContain('No older findings.');
  });

  test('the table of the task\'s state stands where a question is about it, and not beside older findings', () => {
    const title = "The task's kcov state";
    expect(render({})).toContain(title);
    const elsewhere = review.findings.map((one) => ({ ...one, labels: [], place: { ...one.place, function: 'kcov_mmap' } }));
    expect(render({ findings: elsewhere })).not.toContain(title);
    expect(renderText(review, { color: false, width: 76, show: 'pre-existing' })).not.toContain(title);
  });

  test('a patch of a series is named for what it fixes; nothing is assumed about what did not run', () => {
    const fixed: Finding = { ...torn, id: 'X', status: 'fixed', asked: false, goneBy: 2 };
    const patches = [1, 2].map((n) => ({ n, of: 2, subject: `patch ${n}`, messageId: null }));
    expect(render({ findings: [fixed], submission: { ...review.submission, patches } })).toContain('Fixed by patch 2: NULL dereference in gate_open().');
    const idle = render({ findings: [], verdict: 'nothingToAsk', scenarios: [], assumptions: ['a page has 2 words'] });
    expect(idle).toContain('had nothing to run');
    expect(idle).not.toContain('Assumed');
    expect(render({ assumptions: ['a page has 2 words; or more'], problems: [{ where: 'x', what: 'the series has 3 patches; not in the input: 2-3' }] }).replace(/\n/gu, ' '))
      .toContain('Not seen: patches 2-3 of 3. Not modelled: nothing in the code that ran. Assumed: a page has 2 words, or more.');
  });

  test('hunks are listed by reason, files by name, numbers together', () => {
    const hunk = { patch: 1, index: 1, path: 'a.c', oldStart: 1, newStart: 1, placed: 'ignored', note: 'the model has no such file' } as const;
    const said = render({ hunks: [hunk, { ...hunk, index: 2 }, { ...hunk, path: 'b.c' }, ...[3, 21].map((index) => ({ ...hunk, index, path: 'k.c', note: 'changes only comments or white space' })),
      { ...hunk, path: 'k.c', index: 5, placed: 'failed', note: 'not found' }, { ...hunk, path: 'k.c', index: 6, placed: 'failed', note: 'not found' }] });
    expect(said).toContain('3 hunks not part of the model: a.c, b.c\n');
    expect(said).toContain('2 hunks change only comments or white space: k.c 3, 21\n');
    expect(said).toContain('Not seen: hunks k.c 5, 6 (not found).');
  });

  test('nothing to ask is not claimed for hunks that were not placed', () => {
    const hunks = review.hunks.map((hunk) => ({ ...hunk, placed: 'failed' as const }));
    expect(render({ verdict: 'nothingToAsk', findings: [], hunks }).replace(/\n/gu, ' ')).toContain('but 2 of 2 hunks could not be placed');
  });
});
