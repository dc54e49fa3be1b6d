/** @module Rows in their short form: one line an action, statements only where the access does not say enough. */
import { describe, expect, test } from 'vitest';
import type { TraceRow } from '../../src/review/review.js';
import { shortNote } from '../../src/render/note.js';
import { setUpLine, setUpLines } from '../../src/render/set-up.js';
import { renderRows, replayLines } from '../../src/render/trace.js';
import { trace } from './fixtures/invented-review.js';

const [first] = trace;

/** One row, of a task on CPU0 unless said otherwise. */
function row(change: Partial<TraceRow>): TraceRow {
  if (!first) throw new Error('the fixture has no rows');
  return { ...first, context: 'task', function: 'f', access: 'read', text: '', target: null, old: null, new: null, note: '', ...change };
}

/** The lines of rows without the heading and the margin. */
const lines = (...rows: Partial<TraceRow>[]): string[] => renderRows(rows.map(row), 76).slice(1).map((line) => line.slice(2));

describe('a row', () => {
  test.each([
    ['a read names its local', { text: 'pos = READ_ONCE(t->pos);', target: 't->pos', old: '3' }, 'pos = t->pos  3'],
    ['of more than a copy the access alone', { text: 'pos = READ_ONCE(t->pos) + 1;', target: 't->pos', old: '3' }, 't->pos  3'],
    ['a declaration is a local too', { text: 'int sequence = t->seq;', target: 't->seq', old: '2' }, 'sequence = t->seq  2'],
    ['a condition is left out', { text: 'if (!t->gate && !in_task())', target: 't->gate', old: '1' }, 't->gate  1'],
    ['an atomic operation is named', { access: 'rmw', text: 'if (refcount_dec_and_test(&k->refcount))', target: 'k->refcount', old: '3', new: '2' }, 'refcount_dec_and_test k->refcount  3 -> 2'],
    ['interrupts', { access: 'call', text: 'spin_lock_irqsave(&lock, flags);', target: 'irqs', old: 'on', new: 'off' }, 'spin_lock_irqsave(&lock, flags)  interrupts on -> off'],
    ['what a call gave', { access: 'call', text: 'area = vmalloc(size);', old: null, new: 'NULL' }, 'area = vmalloc(size)  NULL'],
    ['a lock', { access: 'lock', text: 'spin_unlock(&lock);', target: 'lock' }, 'spin_unlock(&lock)'],
    ['a result', { access: 'leave', text: 'return res;', new: '-12' }, 'f() returns -12'],
    ['a step along a list', { text: 'hash_for_each_possible(map, remote, hnode, handle)', target: '(&map[handle & HASH_SIZE(map) - 1])->first', old: 'remoteA+16' },
      'hash_for_each_possible(map, remote, hnode, handle)  remoteA'],
  ] as const)('%s', (_, change, expected) => expect(lines(change)).toEqual([expected]));

  test('names of the model alone are written as the kernel has them', () => {
    const text = 'remote = __kcovet_entry_safe(map->first, typeof(*remote), hnode);';
    expect(lines({ text, target: 'map->first', old: 'remoteA' }, { access: 'enter', function: '__kcovet_memcpy' }).join()).not.toContain('__kcovet');
  });

  test('a change is one line, not the read before it', () => {
    expect(lines({ text: 'n++;', target: 'n', old: '1' }, { access: 'write', text: 'n++;', target: 'n', old: '1', new: '2' })).toEqual(['n  1 -> 2']);
  });

  test('values stand below each other; a name longer than the others does not push them', () => {
    expect(lines({ text: 'a', target: 'a', old: '1' }, { text: 'b', target: 'long_name', old: '2' }, { text: 'c', target: `x${'y'.repeat(40)}`, old: '3' }))
      .toEqual(['a          1', 'long_name  2', `x${'y'.repeat(40)}  3`]);
  });

  test('a value is never cut for a long name', () => {
    const [line = ''] = lines({ text: 'x', target: `(${'z'.repeat(90)})->other`, old: 'DISABLED -> TRACE_PC' });
    expect(line.length).toBeLessThanOrEqual(74);
    expect(line).toMatch(/\.\.\. {2}DISABLED -> TRACE_PC$/u);
  });

  test('a mark that does not fit stands below its row', () => {
    expect(lines({ text: 'x', target: 'x'.repeat(30), old: '1', note: 'w '.repeat(20).trim() })).toEqual([
      `${'x'.repeat(30)}  1`, `  <-- ${'w '.repeat(20).trim()}`,
    ]);
  });
});

test.each([
  ['a PC of nmi context is recorded in the area of A', 'recorded in the area of A'],
  ['1 of 1 records did not reach the area of A', '1 record lost'],
  ['2 of 5 records did not reach the area of A', '2 of 5 records lost'],
  ['interrupts were on at the call of f(), are off at its return', 'interrupts off, were on'],
  ['NULL dereference', 'NULL dereference'],
  ['x\x1b[2J', 'x\\x1b[2J'],
])('the note %j is short', (note, expected) => expect(shortNote(note)).toBe(expected));

describe('what was before', () => {
  test('devices that do the same are joined, and what a context did', () => {
    expect(setUpLines('A waits for sections (6 words, 4 for each section); B waits for sections (6 words, 4 for each section, enabled once before); '
      + 'CPU0 kthread: kcov_remote_start(); CPU0 kthread: hit', 200)).toEqual([
      '  after: A and B wait for sections (6 words, 4 a section, B enabled once before); CPU0 kthread: kcov_remote_start(), hit',
    ]);
    expect(setUpLines('A traces its task (6 words); B traces its task (6 words)', 76)).toEqual(['  after: A and B trace their task (6 words)']);
  });

  test('calls that later ones imply are left out', () => {
    expect(setUpLines('CPU0 task: open(A); CPU0 task: ioctl(A, KCOV_INIT_TRACE, 10 words); CPU0 task: mmap(A, 10 words); CPU0 task: ioctl(A, KCOV_ENABLE, KCOV_TRACE_PC); CPU0 task: hit', 90))
      .toEqual(['  after: CPU0 task: KCOV_ENABLE(A, KCOV_TRACE_PC), hit']);
  });

  test('calls that nobody is named for are calls too', () => {
    expect(setUpLines('open(A); ioctl(A, KCOV_INIT_TRACE, 6 words); hit (2 times)', 76)).toEqual(['  after: hit (2 times); KCOV_INIT_TRACE(A, 6 words)']);
  });

  test('at most two lines, devices left out first', () => {
    const many = Array.from({ length: 9 }, (_, i) => `D${i} does number ${i} at some length (${i} words)`);
    const all = setUpLines([...many, 'CPU0 task: f(), then more'].join('; '), 76);
    expect(all).toHaveLength(2);
    expect(all.join(' ')).toContain('...; CPU0 task: f(), then more');
    const calls = setUpLines(Array.from({ length: 40 }, (_, i) => `CPU${i} task: f${i}()`).join('; '), 76);
    expect(calls).toHaveLength(2);
    expect(calls.every((line) => line.length <= 76) && calls[1]?.endsWith(' ...')).toBe(true);
    expect(setUpLines('', 76)).toEqual([]);
  });
});

describe('what was before, in one line', () => {
  const A = 'A traces its task (6 words)';
  const B = 'B waits for sections (6 words, 4 for each section, enabled once before)';
  const calls = (n: number): string[] => Array.from({ length: n }, (_, i) => `CPU0 task: call${i}()`);

  test.each([
    [[A], 'A traces its task (6 words)'],
    [[A, B], 'A traces (6 words); B waits (6 words, 4 a section, enabled twice)'],
    [[B, B.replace('B', 'C')], 'B and C wait (B enabled twice, C enabled twice)'],
    [['A waits for sections (6 words, 4 for each section)', B], 'A and B wait for sections (6 words, 4 each, B enabled twice)'],
    [[A, B, 'CPU0 task: hit'], 'A traces; B waits (enabled twice); CPU0 task: hit'],
    [[A, B, 'CPU0 hardirq: kcov_remote_start()'], 'A traces; B waits; CPU0 hardirq: kcov_remote_start()'],
    [[A, ...calls(20)], 'A traces; CPU0 task: ..., call16(), call17(), call18(), call19()'],
    [[A, ...calls(9), 'CPU1 task: close(A)'], 'A traces; CPU0 task: ..., call7(), call8(); CPU1 task: close(A)'],
    [[A, `CPU0 task: ${'f'.repeat(45)}()`], `...; CPU0 task: ${'f'.repeat(45)}()`],
  ])('%j', (items, expected) => {
    expect(setUpLine(items.join('; '), 76)).toEqual([`  after: ${expected}`]);
  });

  test('always, and nothing for nothing', () => {
    const many = Array.from({ length: 9 }, (_, i) => `D${i} does number ${i} at some length (${i} words)`);
    for (const items of [many, [...many, ...calls(40)], [`CPU0 task: ${'f'.repeat(90)}()`]]) {
      const lines = setUpLine(items.join('; '), 76);
      expect(lines).toHaveLength(1);
      expect(lines[0]?.length).toBeLessThanOrEqual(76);
    }
    expect(setUpLine('', 76)).toEqual([]);
  });
});

test('a replay line is one line where the name of the scenario can be spared for it', () => {
  const file = 'examples/irq-coverage.mbox';
  expect(replayLines('short:01234567:t1', { width: 76, file })).toEqual([`  replay: kcovet replay short:01234567:t1 ${file}`]);
  expect(replayLines('softirq-in-section:01234567:t33s76t23', { width: 76, file })).toEqual([`  replay: kcovet replay 01234567:t33s76t23 ${file}`]);
  expect(replayLines('softirq-in-section:01234567:t33s76t23', { width: 76 })).toEqual(['  replay: kcovet replay softirq-in-section:01234567:t33s76t23']);
  expect(replayLines('softirq-in-trace:01234567:s71n7', { width: 76, file, what: 'also recorded in the area of A, replay' }))
    .toEqual(['  also recorded in the area of A, replay:', `    kcovet replay softirq-in-trace:01234567:s71n7 ${file}`]);
});

test('a schedule is never broken; the file goes to a line of its own', () => {
  const schedule = `s:1:${'t1s1'.repeat(30)}`;
  expect(replayLines(schedule, { width: 76 })).toEqual(['  replay:', `    kcovet replay ${schedule}`]);
  expect(replayLines('s:1:t1', { width: 76, file: 'x'.repeat(60) })).toEqual(['  replay: kcovet replay s:1:t1 \\', `      ${'x'.repeat(60)}`]);
});
