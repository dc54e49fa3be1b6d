/** @module Columns of a trace: contexts, values, marks, width; and the table of the task's state. */
import { describe, expect, test } from 'vitest';
import type { TraceRow } from '../../src/review/review.js';
import { renderStateTable } from '../../src/render/state-table.js';
import { renderRows, renderTrace } from '../../src/render/trace.js';
import { review, trace } from './fixtures/invented-review.js';

const evidence = review.findings.flatMap((finding) => finding.evidence).find((one) => one.kind === 'counterexample');

describe('trace', () => {
  test('has a column for each context, a line for each change, the mark, and the replay line last', () => {
    expect(evidence).toBeDefined();
    if (!evidence) return;
    expect(renderTrace(evidence, { width: 76, file: 'gate.eml' })).toEqual([
      '  after: task traced (area 4 words, 1 hit); softirq on CPU0',
      '  CPU0 softirq                        CPU0 NMI',
      '  t->kcov_gate         0 -> 1',
      '  gate_swap(t)',
      '    xchg t->kcov_area  areaT -> NULL',
      '                                      __sanitizer_cov_trace_pc()',
      '                                        mode = t->kcov_mode  TRACE_PC',
      '                                        area = t->kcov_area  NULL',
      '                                        area[0]  <-- NULL dereference',
      '  replay: kcovet replay nmi-in-section:7f3a:t6s4n5 gate.eml',
    ]);
  });

  test('step by step it has the function and the C text of each access', () => {
    expect(renderRows(trace, 76, 'steps')).toEqual([
      '  CPU0 softirq                        CPU0 NMI',
      '  gate_open():',
      '  t->kcov_gate = true         0 -> 1',
      '  gate_swap(t)',
      '    t->kcov_area = xchg(&gate->area, t->kcov_area)',
      '      t->kcov_area             areaT',
      '      gate->area       NULL -> areaT',
      '      t->kcov_area     areaT -> NULL',
      '                                      __sanitizer_cov_trace_pc()',
      '                                        mode = READ_ONCE(t->kcov_mode)',
      '                                          t->kcov_mode            TRACE_PC',
      '                                        area = t->kcov_area           NULL',
      '                                        pos = READ_ONCE(area[0]) + 1',
      '                                          <-- NULL dereference',
    ]);
  });

  /** The trace spread over n columns. */
  const spread = (n: number): TraceRow[] => trace.map((row, i) => ({ ...row, cpu: i % n, text: `${row.text} /* ${'long '.repeat(20)} */` }));

  test.each([1, 2, 3, 4, 5, 6])('stays within 76 columns with %i of them', (n) => {
    for (const form of ['brief', 'steps'] as const) {
      const lines = renderRows(spread(n), 76, form);
      expect(lines.filter((line) => line.length > 76)).toEqual([]);
      for (let cpu = 0; cpu < n; cpu += 1) expect(lines.join('\n')).toContain(`CPU${cpu}`);
    }
  });

  test('three contexts stand side by side; values are not cut, and the mark moves to where it fits on one line', () => {
    const row: TraceRow = { ...trace[0] as TraceRow, cpu: 0, context: 'task', access: 'write', target: 't->kcov_mode', text: 't->kcov_mode = mode', old: 'DISABLED', new: 'TRACE_PC', note: '' };
    const three: TraceRow[] = [
      row, { ...row, context: 'softirq', target: 't->kcov_size', text: 't->kcov_size = 0', old: '6', new: '0' },
      { ...row, context: 'nmi', target: 'area[pos]', text: 'area[pos] = ip', old: 'uninitialised', new: 'PC', note: 'a PC of nmi context is recorded in the area of A' },
    ];
    expect(renderRows(three, 76)).toEqual([
      '  CPU0 task             CPU0 softirq          CPU0 NMI',
      '  t->kcov_mode  DISABLED -> TRACE_PC',
      '                        t->kcov_size  6 -> 0',
      '                                              area[pos]  uninitialised -> PC',
      '                                               <-- recorded in the area of A',
    ]);
    const deep = three.map((one) => ({ ...one, target: one.target === 'area[pos]' ? 'the_longest_area[pos]' : one.target }));
    expect(renderRows(deep, 76)[3]).toBe('                                  the_longest_area[pos]  uninitialised -> PC');
  });

  test('a schedule that is not known to be minimal says so', () => {
    const lines = evidence ? renderTrace({ ...evidence, minimal: false }, { width: 76 }) : [];
    expect(lines.at(-1)).toBe('  maybe not the shortest, replay: kcovet replay nmi-in-section:7f3a:t6s4n5');
  });

  test('an empty trace has no lines', () => {
    expect(renderRows([], 76)).toEqual([]);
  });

  test('text from a patch cannot move the cursor', () => {
    const lines = renderRows(trace.map((row) => ({ ...row, text: 'x\x1b[2J\u202ey', note: '\x07' })), 76);
    expect(lines.join('')).not.toMatch(/[\x00-\x1f\u202e]/u);
  });
});

describe('state table', () => {
  test('has the fields that change, in the order given, and marks what is not back', () => {
    expect(renderStateTable(review, 76)).toEqual([
      '                  size  mode      sequence',
      '  before          4     TRACE_PC  3',
      '  open: size = 0  0     DISABLED  3',
      '  close: swap()   4     TRACE_PC  1  <--',
      '  unchanged: handle 0',
    ]);
  });

  test('marks of the engine win over the comparison of first and last row', () => {
    const taskState = review.taskState.map((row, i) => ({ ...row, marks: i === 1 ? ['kcov_mode'] : [] }));
    const lines = renderStateTable({ ...review, taskState }, 76);
    expect(lines.filter((line) => line.includes('<--'))).toEqual([expect.stringContaining('DISABLED  <--')]);
  });

  test('puts a long name on lines of its own, and the fields everybody knows first', () => {
    const taskState = [
      { step: 0, function: '', text: 'before', values: { kcov_mode: 'TRACE_PC', kcov_handle: '0', kcov_area: 'areaA', kcov: 'kcovA' } },
      { step: 1, function: 'kcov_remote_start_in_softirq', text: 't->kcov_mode = KCOV_MODE_OF_AN_INTERRUPT;',
        values: { kcov_mode: 'X', kcov_handle: '7', kcov_area: 'NULL', kcov: 'NULL' } },
      { step: 2, function: 'kcov_remote_stop', text: 'WRITE_ONCE(t->kcov_area, area);', values: { kcov_mode: 'X', kcov_handle: '7', kcov_area: 'areaA', kcov: 'NULL' } },
    ];
    expect(renderStateTable({ taskState, taskStateColumns: ['kcov_mode', 'kcov_handle', 'kcov_area', 'kcov'] }, 76)).toEqual([
      '                                  kcov       area   mode      handle',
      '  before                          kcovA      areaA  TRACE_PC  0',
      '  start_in_softirq:',
      '    mode = KCOV_MODE_OF_AN_IN...  NULL       NULL   X         7',
      '  stop: area = area               NULL  <--  areaA  X  <--    7  <--',
    ]);
  });

  test('splits into tables when the fields do not fit', () => {
    const wide = (value: string): Record<string, string> =>
      Object.fromEntries([...Array(9).keys()].map((i) => [`kcov_field_${i}`, `${value}${i}`]));
    const taskState = ['old', 'new', 'end'].map((text, step) => ({ step, function: 'f', text, values: wide(`value-${text}-`) }));
    const lines = renderStateTable({ taskState }, 76);
    expect(lines.filter((line) => line.length > 76)).toEqual([]);
    for (let i = 0; i < 9; i += 1) expect(lines.join('\n')).toContain(`field_${i}`);
  });
});
