/**
 * @module Sections in other code, each function given whole: which paths are asked about, and which are not because
 * nothing is wrong or because it is not certain.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { flowOf } from '../../src/analysis/sections/flow.js';
import { judge } from '../../src/analysis/sections/paths.js';
import type { Judged } from '../../src/analysis/sections/paths.js';
import { loadFrontEnd } from '../../src/c/front-end.js';
import type { FrontEnd } from '../../src/c/front-end.js';

let frontEnd: FrontEnd;
beforeAll(async () => {
  frontEnd = await loadFrontEnd();
});

function judged(body: string): Judged {
  const program = frontEnd.lower('drivers/misc/echo.c', `static int echo(struct echo *e)\n{\n${body}\n}\n`, { KCOV: true });
  expect(program.notModelled).toEqual([]);
  const def = program.functions[0];
  if (!def) throw new Error('no function');
  return judge(flowOf(def), { neutral: true });
}

/** Kinds of flaws with the line of the body that each shows in; 0 for the end of the function. */
function flaws(body: string): string[] {
  const { flaws: found, unclear } = judged(body);
  expect(unclear).toBeNull();
  return found.map((f) => `${f.kind} ${f.at.statement ? f.at.statement.place.line - 2 : 0}`);
}

const START = 'kcov_remote_start_common(e->handle);';
const STOP = 'kcov_remote_stop();';
const lines = (...parts: string[]): string => parts.join('\n');

describe('left open', () => {
  test.each([
    ['an early return', lines(START, 'if (e->gone)', 'return -1;', STOP, 'return 0;'), ['left-open 3']],
    ['a return in a switch', lines(START, 'switch (e->state) {', 'case 1: return 0;', 'default: break;', '}', STOP, 'return 0;'), ['left-open 3']],
    ['a goto past the stop', lines(START, 'if (e->gone)', 'goto out;', STOP, 'out:', 'return 0;'), ['left-open 6']],
    ['a return in a loop', lines('while (e->more) {', START, 'if (next(e))', 'return 1;', STOP, '}', 'return 0;'), ['left-open 4']],
    ['a return in an iterator', lines('list_for_each_entry(f, &e->frames, list) {', START, 'if (f->bad)', 'return 1;', STOP, '}', 'return 0;'), ['left-open 4']],
    ['the end of the function', lines(START, 'work(e);'), ['left-open 0']],
    ['the error path stops, the other one does not', lines(START, 'if (work(e)) {', STOP, 'return -1;', '}', 'return 0;'), ['left-open 6']],
    ['only one of two branches stops', lines(START, 'if (e->gone)', STOP, 'return 0;'), ['left-open 4']],
    ['a conditional section left early', lines('if (e->on) {', START, 'if (work(e))', 'return -1;', STOP, '}', 'return 0;'), ['left-open 4']],
  ])('%s', (_, body, expected) => expect(flaws(body).sort()).toEqual(expected.sort()));
});

describe('begun twice', () => {
  test.each([
    ['one after the other', lines(START, START, STOP, 'return 0;'), ['nested 2']],
    ['a continue past the stop', lines('while (e->more) {', START, 'if (next(e))', 'continue;', STOP, '}', 'return 0;'), ['left-open 7', 'nested 2']],
    ['a jump back over the start', lines('again:', START, 'if (work(e))', 'goto again;', STOP, 'return 0;'), ['nested 2']],
  ])('%s', (_, body, expected) => expect(flaws(body).sort()).toEqual(expected.sort()));
});

describe('ended without a start', () => {
  test.each([
    ['a goto to the stop from before the start', lines('if (e->gone)', 'goto out;', START, 'work(e);', 'out:', STOP, 'return 0;'), ['stop-alone 6']],
    ['twice', lines(START, 'work(e);', STOP, STOP, 'return 0;'), ['stop-alone 4']],
    ['a start under a condition that the stop does not have', lines('if (e->handle)', START, 'work(e);', STOP, 'return 0;'), ['stop-alone 4']],
  ])('%s', (_, body, expected) => expect(flaws(body)).toEqual(expected));

  test('forms that do not belong together', () => {
    expect(flaws(lines('kcov_remote_start_usb_softirq(e->bus);', 'work(e);', STOP, 'return 0;'))).toEqual(['other-kind 3']);
    expect(flaws(lines('unsigned long flags = kcov_remote_start_usb_softirq(e->bus);', 'work(e);', 'kcov_remote_stop_softirq(flags);', 'return 0;'))).toEqual([]);
  });
});

describe('nothing wrong, or not certain', () => {
  test.each([
    ['one way out', lines(START, 'if (work(e))', 'goto out;', 'more(e);', 'out:', STOP, 'return 0;')],
    ['returns before the start', lines('if (e->gone)', 'return -1;', START, 'work(e);', STOP, 'return 0;')],
    ['a stop in the step of the loop', lines('for (; (f = next(e)); kcov_remote_stop()) {', START, 'if (f->bad)', 'continue;', 'work(f);', '}', 'return 0;')],
    ['a section in each case', lines('switch (e->state) {', 'case 1:', START, 'work(e);', STOP, 'break;', 'case 2:', START, STOP, 'break;', '}', 'return 0;')],
    ['start and stop under one condition', lines('if (e->handle)', START, 'work(e);', 'if (e->handle != 0)', STOP, 'return 0;')],
    ['start and stop under the parts of one condition', lines('if (a && b)', START, 'work(e);', 'if (a && b)', STOP, 'return 0;')],
    ['a flag', lines('bool on = false;', 'if (e->up) {', START, 'on = true;', '}', 'work(e);', 'if (on)', STOP, 'return 0;')],
    ['conditions that may depend on each other', lines('if (e->up)', START, 'work(e);', 'if (has_section(e))', STOP, 'return 0;')],
    ['all cases of an enum stop', lines(START, 'switch (e->state) {', 'case A:', STOP, 'break;', 'case B:', STOP, 'break;', '}', 'return 0;')],
    ['a scoped guard runs its body', lines(START, 'scoped_guard(mutex, &e->lock) {', 'work(e);', STOP, '}', 'return 0;')],
    ['a path that ends the machine', lines(START, 'if (e->broken)', 'panic("broken");', STOP, 'return 0;')],
    ['a do loop that runs once', lines('do {', START, 'work(e);', STOP, '} while (0);', 'return 0;')],
    ['an endless loop', lines('for (;;) {', START, 'work(e);', STOP, '}')],
  ])('%s', (_, body) => expect(flaws(body)).toEqual([]));

  test('a section inside an expression is not judged, and that is said', () => {
    expect(judged(lines('return e->up ? kcov_remote_stop() : 0;')).unclear).toBe('a section begins or ends inside an expression');
  });

  test('a function of more decisions than are followed gives up', () => {
    const many = Array.from({ length: 40 }, (_, i) => `if (e->f${i})\nwork(e);\nif (e->f${i})\nmore(e);`);
    const { flaws: found, unclear } = judged(lines(START, ...many, 'return 0;'));
    expect({ found, unclear }).toEqual({ found: [], unclear: 'more than 30000 path ends' });
  });
});
