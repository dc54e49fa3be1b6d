/** @module Causes in canonical form, on Programs of a few lines: what a new version may change, and what must tell two causes apart. */
import { expect, test } from 'vitest';
import { CanonicalCauses } from '../../src/review/canonical-cause.js';
import { program } from '../c/fixture.js';

const base = program('struct job { int id; int state; };\nstatic int limit;\nstatic void start(struct job *j)\n{\n\tj->state = 1;\n}\nstatic void stop(struct job *j)\n{\n\tj->state = 0;\n}\n');

/** A cause of the patched Program in canonical form. */
function canonical(text: string, cause: string, at = 'start'): string {
  return new CanonicalCauses(program(text), base).of(cause, at);
}

const job = 'struct job { int id; int state; };\nstatic int limit;\n';

test('locals and parameters by the kind of their type, in the order of the statement', () => {
  const one = canonical(`${job}static void start(struct job *j)\n{\n\tint n = j->id;\n\tint m = n;\n\tj->state = n + m;\n}\n`, 'lost start: j->state = n + m;');
  const other = canonical(`${job}static void start(struct job *mine)\n{\n\tunsigned long b, a;\n\n\ta = mine->id;\n\tb = a;\n\tmine->state = a + b;\n}\n`, 'lost start: mine->state = a + b;');
  expect(other).toBe(one);
  expect(one).toContain('->state = ');
  expect(canonical(`${job}static void start(struct job *j)\n{\n\tint n = j->id;\n\tj->state = n + n;\n}\n`, 'lost start: j->state = n + n;')).not.toBe(one);
});

test('a declaration with a value is an assignment; parentheses and spelling of numbers do not count', () => {
  const joined = canonical(`${job}static void start(struct job *j)\n{\n\tint n = (j->id + 0x10);\n\tj->state = n;\n}\n`, 'x start: int n = (j->id + 0x10);');
  const split = canonical(`${job}static void start(struct job *j)\n{\n\tint n;\n\n\tn = j->id + 16;\n\tj->state = n;\n}\n`, 'x start: n = j->id + 16;');
  expect(split).toBe(joined);
});

test('words of a cause that are names of locals stay words', () => {
  const named = (name: string): string => canonical(`${job}static void start(struct job *${name})\n{\n\t${name}->state = 2;\n}\n`, `use-after-free task start() job, ${name}->state`);
  expect(named('job')).toBe(named('j'));
});

const helpers = (enter: string, leave: string, field: string): string =>
  `struct job { int id; int state; long ${field}; };\nstatic int limit;\nstatic void ${enter}(struct job *j)\n{\n\tj->${field} = 1;\n}\nstatic void ${leave}(struct job *j)\n{\n\tj->${field} = 1;\n}\n`
  + `static void start(struct job *j)\n{\n\t${enter}(j);\n}\nstatic void stop(struct job *j)\n{\n\t${leave}(j);\n}\n`;

test('new functions and fields by their place in the program, whatever they are called', () => {
  const one = canonical(helpers('enter', 'leave', 'depth'), 'switch enter: j->depth = 1;');
  expect(canonical(helpers('push', 'pop', 'level'), 'switch push: j->level = 1;')).toBe(one);
  expect(canonical(helpers('enter', 'leave', 'depth'), 'switch leave: j->depth = 1;'), 'the same statement in another function').not.toBe(one);
  expect(canonical(helpers('enter', 'leave', 'depth'), 'switch nmi enter: j->depth = 1;'), 'in another context').not.toBe(one);
});

test('names that the base has stand for themselves', () => {
  const text = (at: string): string => `${job}static void start(struct job *j)\n{\n\tlimit = 1;\n}\nstatic void stop(struct job *j)\n{\n\tlimit = 1;\n}\n/* ${at} */\n`;
  expect(canonical(text('a'), 'x start: limit = 1;')).toBe('x start: limit = 1;');
  expect(canonical(text('a'), 'x stop: limit = 1;', 'stop')).toBe('x stop: limit = 1;');
});
