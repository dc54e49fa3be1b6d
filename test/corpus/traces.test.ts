/** @module Traces of the yardstick: every counterexample within fifteen lines and 76 columns, three contexts included. */
import { beforeAll, describe, expect, test } from 'vitest';
import { replayLines } from '../../src/render/trace.js';
import { everyTrace, formProblems } from '../review/every-trace.js';
import type { Printed } from '../review/every-trace.js';
import { corpusReview, corpusSubmission, missing, STATES, YARDSTICK } from './corpus.js';

describe.skipIf(missing)('every violation of the yardstick', () => {
  let all: Printed[];
  beforeAll(async () => {
    all = await everyTrace(await corpusSubmission(YARDSTICK), STATES);
    const most = (of: (one: Printed) => number): number => Math.max(...all.map(of));
    const width = most((one) => Math.max(...[...one.trace, ...one.replayLines].map((line) => [...line].length)));
    const distinct = new Set(all.map((one) => one.schedule)).size;
    process.stdout.write(`${all.length} violations, ${distinct} minimal schedules, at most ${most((one) => one.trace.length)} lines, ${width} columns, `
      + `${most((one) => one.contexts)} contexts, schedules of ${most((one) => one.schedule.length)} characters\n`);
  }, 180_000);

  test('is shown by a minimal schedule on few lines', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(all.flatMap(formProblems)).toEqual([]);
  });

  test('every counterexample of the review is minimal, and its replay line is one line of mail', async () => {
    const evidence = (await corpusReview(YARDSTICK)).findings.flatMap((f) => f.evidence).filter((e) => e.kind === 'counterexample');
    expect(evidence.filter((e) => e.minimal !== true).map((e) => e.schedule)).toEqual([]);
    expect(evidence.flatMap((e) => replayLines(e.schedule ?? '', { width: 76 })).filter((line) => !/^ {2}replay: kcovet replay \S+$/u.test(line) || line.length > 76)).toEqual([]);
  }, 180_000);
});
