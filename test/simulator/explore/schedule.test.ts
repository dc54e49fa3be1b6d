import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../simulator/compile/compile.js';
import { formatMoves, formatSchedule, movesOf, parseSchedule, programHash } from '../../../simulator/explore/schedule.js';
import { fn, global, include, int, set } from '../../../simulator/ir/build.js';
import { actor, code, operation, scenario, torn } from './programs.js';

const program = code(torn);
const actors = [actor('t', 'task', [operation('a', 'prepare')]), actor('n', 'nmi', [operation('b', 'look')]), actor('S', 'softirq', [])];
const subject = scenario('irq-in-trace', actors);
const move = fc.record({ actor: fc.nat(2), choice: fc.nat(4) });

describe('the text of a schedule', () => {
  it('writes runs of letters', () => {
    const moves = [0, 0, 1, 0, 0].map((a, i) => ({ actor: a, choice: i === 4 ? 1 : 0 }));
    expect(formatMoves(subject, moves)).toBe('t2n1t1t!');
    expect(formatSchedule(program, subject, [])).toMatch(/^irq-in-trace:[0-9a-f]{8}:-$/);
  });

  it('is read back as it was written', () => {
    fc.assert(fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const parsed = parseSchedule(formatSchedule(program, subject, moves));
      if ('error' in parsed) throw new Error(parsed.error);
      expect(movesOf(parsed, program, subject)).toEqual({ moves, premises: [] });
    }));
  });

  it('may leave out the name, which the hash implies', () => {
    const text = formatSchedule(program, subject, [{ actor: 0, choice: 0 }]).replace(/^[^:]+:/u, '');
    const parsed = parseSchedule(text);
    if ('error' in parsed) throw new Error(parsed.error);
    expect(parsed.scenario).toBeNull();
    expect(movesOf(parsed, program, subject)).toEqual({ moves: [{ actor: 0, choice: 0 }], premises: [] });
  });

  it('is refused with a reason when it is none', () => {
    const errors = ['', 'a:b', 'a:0123456z:t1', ':01234567:t1', 'a:01234567:', 'a:01234567:t0', 'a:01234567:5t', 'a:01234567:t1;rm', 'a:01234567:t999999t1']
      .map((text) => parseSchedule(text)).map((p) => ('error' in p ? p.error : 'read'));
    expect(errors).toEqual([
      expect.stringContaining('three parts'), expect.stringContaining('three parts'), expect.stringContaining('no hash'), expect.stringContaining('scenario is missing'),
      expect.stringContaining('no moves'), expect.stringContaining('"t0" is no move'), expect.stringContaining('"5t" is no move'), expect.stringContaining('";rm" is no move'),
      expect.stringContaining('more than 100000'),
    ]);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((s) => `a:01234567:${s}`)), (text) => {
      expect(parseSchedule(text)).toBeDefined();
    }));
  });
});

describe('the hash', () => {
  const hash = programHash(program, subject);

  it('is the same for the same Program, wherever it stands in its file', () => {
    expect(programHash(code(torn), scenario('irq-in-trace', actors))).toBe(hash);
    expect(programHash(code([include('<linux/kcov.h>'), ...torn]), subject)).toBe(hash);
  });

  it('differs with code, constants, hash buckets and bounds', () => {
    const [first, ...rest] = actors;
    const others = [
      programHash(code([...torn, fn('more', { body: () => [set('the_box', 0)] })]), subject),
      programHash(code([...torn, global('more', int)]), subject),
      programHash(program, scenario('irq-in-trace', rest)),
      programHash(program, scenario('irq-in-trace', [first!, { ...rest[0]!, times: 2 }, rest[1]!])),
      programHash(program, scenario('irq-in-trace', actors, { allocationsFail: true })),
      programHash(program, scenario('irq-in-trace', actors, { constants: { SIZE: 4 } })),
      programHash(program, scenario('irq-in-trace', actors, { cpus: 2 })),
    ];
    expect(new Set([hash, ...others]).size).toBe(others.length + 1);
    const scaled = (value: bigint) => programHash(compile(program.program, { constants: new Map([['BOX_MODE_FULL', value]]), hashBuckets: 2 }), subject);
    expect(scaled(1n)).not.toBe(scaled(2n));
  });

  it('is what refuses a schedule of something else', () => {
    const parsed = parseSchedule(`irq-in-trace:${hash === '00000000' ? '00000001' : '00000000'}:t1`);
    if ('error' in parsed) throw new Error(parsed.error);
    expect(movesOf(parsed, program, subject)).toEqual({ error: expect.stringContaining(`here it is ${hash}`) });
    expect(movesOf({ ...parsed, scenario: 'other', hash }, program, subject)).toEqual({ error: expect.stringContaining('scenario other') });
    expect(movesOf({ ...parsed, hash, moves: [{ letter: 't', choice: 0 }, { letter: 'x', choice: 0 }] }, program, subject))
      .toEqual({ error: 'move 2: no actor has the letter x' });
  });
});
