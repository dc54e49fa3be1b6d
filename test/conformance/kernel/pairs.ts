/**
 * @module What two tasks do on two CPUs at the same time: a table by hand, the simulator's scenarios on two CPUs, and random ones. Each is
 * tried many times: with more or less time between the two beginnings, and with one waiting at an instruction until the other is over.
 */
import fc from 'fast-check';
import { scenarios } from '../../../simulator/scenario/index.js';
import type { Code } from '../../../simulator/machine/code.js';
import { pointsIn, remote, traced, device } from './racing.js';
import { lineText, objectionTo, parseSequence, withEnd } from './sequence.js';
import type { Action, Line, OwnDeed, Part, Sequence, Who } from './sequence.js';
import { CannotBeSaid, waysOf } from './strands.js';
import type { Strand } from './strands.js';

export interface Pair {
  readonly name: string;
  readonly sequence: Sequence;
}

const USB_1 = '0x100000000000001';
const USB_2 = '0x100000000000002';

const section = (label: number, handle = USB_1): string => `start ${handle} ; hit ${label} ; stop`;
const register = (name: string, handle = USB_1): string => `remote ${name} 0 64 0 1 ${handle}`;
const waiting = remote('t0', 'A', USB_1);

const BY_HAND: Readonly<Record<string, string>> = {
  'hits and a reader': `${traced('t0', 'A')}\nboth t0@0 hit 1 ; hit 2 | t1@1 read A`,
  'comparisons and a reader': `${traced('t0', 'A', 1)}\nboth t0@0 cmp 1 4 5 6 ; cmp 2 8 7 8 | t1@1 read A`,
  'hits and a user that writes the count': `${traced('t0', 'A')}\nboth t0@0 hit 1 ; hit 2 | t1@1 poke A 0 0`,
  'a hit and a user that writes a count that is too large': `${traced('t0', 'A')}\nboth t0@0 hit 1 ; hit 2 | t1@1 poke A 0 511`,
  'hits of two tasks': `${traced('t0', 'A')}\n${traced('t1', 'B')}\nboth t0@0 hit 1 ; softirq [ hit 2 ] | t1@1 hit 3 ; nmi [ hit 4 ]`,
  'a section and a reader': `${waiting}\nboth k0@1 start ${USB_1} ; hit 1 ; hit 2 ; stop | t1@0 read A`,
  'a section of comparisons and a reader': `${device('t0', 'A')}\nt0 remote A 1 64 0 1 ${USB_1}\nboth k0@1 start ${USB_1} ; cmp 1 4 5 6 ; cmp 2 8 7 8 ; stop | t1@0 read A`,
  'a section in a softirq and a reader': `${waiting}\nboth k0@1 softirq [ ${section(1)} ] | t1@0 read A`,
  'a section and a user that writes the count': `${waiting}\nboth k0@1 ${section(1)} | t1@0 poke A 0 9`,
  'a section with interrupts and its owner that disables': `${waiting}\nboth k0@1 start ${USB_1} ; nmi [ hit 5 ] ; hit 1 ; softirq [ hit 6 ] ; stop ; state | t0@0 disable A`,
  'a section in a softirq and its owner that enables again': `${waiting}\nboth k0@1 softirq [ ${section(1)} ] | t0@0 disable A , ${register('A')}`,
  'a section and its owner that exits': `${waiting}\nboth k0@1 ${section(1)} | t0@0 exit\nt1 enable A 0\nt1 hit 2`,
  'a section in a softirq and its owner that exits': `${waiting}\nboth k0@1 softirq [ ${section(1)} ] | t0@0 exit\nt1 enable A 0\nt1 hit 2`,
  'a section and its handle being registered': `${device('t0', 'A')}\nboth k0@1 ${section(1)} | t0@0 ${register('A')}`,
  'two sections of a handle': `${waiting}\nboth k0@0 ${section(1)} | k1@1 ${section(2)}`,
  'two sections of a handle in softirqs': `${waiting}\nboth k0@0 softirq [ ${section(1)} ] | k1@1 softirq [ ${section(2)} ]`,
  'a section in a softirq and one in a thread': `${waiting}\nboth k0@0 ${section(1)} | k1@1 softirq [ ${section(2)} ]`,
  'sections of an area that is nearly full': `${waiting}\nt0 poke A 0 509\nboth k0@0 ${section(1)} | k1@1 start ${USB_1} ; hit 2 ; hit 3 ; stop`,
  'sections in softirqs on a traced task and on a section': `${traced('t2', 'B')}\n${waiting}\nboth t2@0 softirq [ ${section(2)} ] ; hit 3 | k1@1 start ${USB_1} ; softirq [ hit 4 ] ; hit 5 ; stop`,
  'two devices that register a handle': `${device('t0', 'A')}\n${device('t1', 'B')}\nboth t0@0 ${register('A')} | t1@1 ${register('B')}\nk0 ${section(1)}`,
  'a handle that is given on': `${waiting}\n${device('t1', 'B')}\nboth t0@0 disable A | t1@1 ${register('B')}\nk0 ${section(1)}`,
  'devices that register handles of a bucket': `${device('t0', 'A')}\n${device('t1', 'B')}\nboth t0@0 ${register('A')} , disable A | t1@1 ${register('B', USB_2)}\nk0 ${section(1)}\nk0 ${section(2, USB_2)}`,
  'a section and another device being disabled': `${waiting}\n${remote('t1', 'B', USB_2)}\nboth k0@1 ${section(1)} | t1@0 disable B`,
  'two that initialise a device': 't0 open A\nboth t0@0 init A 512 | t1@1 init A 1024\nt0 mmap A 512\nt1 mmap A 1024',
  'one that initialises and one that maps': 't0 open A\nboth t0@0 init A 512 | t1@1 mmap A 512\nt1 mmap A 512\nt0 enable A 0\nt0 hit 1',
  'two that map a device': 't0 open A\nt0 init A 1024\nboth t0@0 mmap A 1024 | t1@1 mmap A 1024\nt0 enable A 0\nt0 hit 1',
  'one that maps and one that enables': 't0 open A\nt0 init A 512\nboth t0@0 mmap A 512 | t1@1 enable A 0\nt1 hit 1\nt1 state',
  'one that maps and one that initialises and enables': 't0 open A\nboth t0@0 mmap A 512 | t1@1 init A 512 , enable A 0\nt1 hit 1\nt1 state',
  'two that enable a device': `${device('t0', 'A')}\nboth t0@0 enable A 0 | t1@1 enable A 1\nt0 hit 1 ; state\nt1 hit 2 ; state`,
  'one that enables a device and one that waits for its sections': `${device('t0', 'A')}\nboth t0@0 enable A 0 | t1@1 ${register('A')}\nt0 hit 1 ; state\nk0 ${section(2)}`,
  'one that enables and one that exits': `${traced('t0', 'A')}\nboth t0@0 exit | t1@1 enable A 0\nt1 hit 1 ; state`,
  'one that enables and one that disables': `${traced('t0', 'A')}\nboth t0@0 disable A | t1@1 enable A 0\nt1 hit 1 ; state`,
  'a disable of another and an exit': `${traced('t0', 'A')}\nboth t0@0 exit | t1@1 disable A , init A 512`,
  'a birth and a section of the inherited handle': `${device('t0', 'A')}\nt0 remote A 0 64 7 1 ${USB_1}\nboth t0@0 fork t2 , handle , disable A | k0@1 ${section(1, '7')}\nt2 handle ; state`,
  'unknown calls and a section': `${waiting}\nboth t0@0 ioctl A , init A 512 , enable A 0 | k0@1 ${section(1)}`,
  'two opens': 'both t0@0 open A , init A 512 | t1@1 open B , init B 512\nt0 mmap A 512\nt1 mmap B 512\nt0 enable A 0\nt1 enable B 0\nt0 hit 1\nt1 hit 2',
};

const pairOf = (name: string, text: string): Pair => {
  const sequence = parseSequence(text);
  const objection = objectionTo(sequence);
  if (objection !== null) throw new Error(`${name}: ${objection}`);
  return { name, sequence: withEnd(sequence) };
};

export const byHand = (): Pair[] => Object.entries(BY_HAND).map(([name, text]) => pairOf(name, text));

/** What runs on one CPU of a scenario: its task, then its interrupts as they come first. */
function partOf(strands: readonly Strand[], cpu: number, spare: Who): Part | null {
  const mine = strands.filter((one) => one.cpu === cpu);
  const task = mine.find(({ kind }) => kind === 'task');
  const actions = ({ atoms }: Strand): Action[] => atoms.flat().flatMap((deed) => ('actions' in deed ? deed.actions : []));
  const interrupts = mine.flatMap((one): OwnDeed[] => (one.kind === 'task' ? [] : [{ actions: [{ act: one.kind, body: actions(one) }] }]));
  const own = (task?.atoms ?? []).flat();
  const exit = own.findIndex((deed) => 'exit' in deed);
  // What comes after an exit is left to the end of the sequence.
  const deeds = [...interrupts, ...(exit < 0 ? own : own.slice(0, exit + 1))];
  return deeds.length === 0 ? null : { by: task?.by ?? spare, cpu, start: 0, deeds };
}

/** Scenarios on two CPUs, in the first and the last of their ways: roomy areas and full ones. */
export function ofScenarios(code: Code): Pair[] {
  return scenarios.filter(({ cpus, actors }) => cpus > 1 && actors.some(({ cpu }) => cpu === 1)).flatMap(({ name, ...scenario }): Pair[] => {
    try {
      const ways = waysOf(code, { name, ...scenario });
      const all = ways.map(({ setUp, strands }): Line[] => [...setUp, { by: 'm', deed: { both: [0, 1].flatMap((cpu) => partOf(strands, cpu, 'k3') ?? []) } }]).filter((lines) => objectionTo(lines) === null);
      return [all[0], all.at(-1)].flatMap((lines, i): Pair[] => (lines ? [{ name: `${name}${i > 0 ? ', full' : ''}`, sequence: withEnd(lines) }] : []));
    } catch (error) {
      if (error instanceof CannotBeSaid) return [];
      throw error;
    }
  });
}

const SET_UPS = [device('t0', 'A'), traced('t0', 'A'), waiting, `${waiting}\n${traced('t1', 'B')}`, `${waiting}\n${device('t1', 'B')}`] as const;
const DEEDS_0 = ['enable A 0', 'disable A', register('A'), 'hit 1', 'hit 1 ; softirq [ hit 2 ]', `softirq [ ${section(3)} ]`, 'nmi [ hit 4 ]', 'mmap A 512', 'init A 512', 'exit'] as const;
const DEEDS_1 = ['enable A 0', 'disable A', 'disable B', register('B'), 'enable B 0', 'hit 5', `softirq [ ${section(6)} ]`, 'read A', 'poke A 0 1', 'hardirq [ hit 7 ]', 'exit'] as const;
const DEEDS_K = [section(8), `softirq [ ${section(9)} ]`, `start ${USB_1}`, 'stop', 'hit 10', `start ${USB_1} ; softirq [ hit 11 ] ; stop`] as const;
const DEEDS_MAX = 2;

const deeds = (list: readonly string[]): fc.Arbitrary<string> => fc.array(fc.constantFrom(...list), { minLength: 1, maxLength: DEEDS_MAX }).map((all) => all.join(' , '));
const random = fc.tuple(fc.constantFrom(...SET_UPS), deeds(DEEDS_0), fc.oneof(deeds(DEEDS_1).map((text) => `t1@1 ${text}`), deeds(DEEDS_K).map((text) => `k0@1 ${text}`)))
  .map(([before, first, second]) => parseSequence(`${before}\nboth t0@0 ${first} | ${second}`)).filter((sequence) => objectionTo(sequence) === null);

/** The same `count` pairs for the same seed. */
export function atRandom(seed: number, count: number): Pair[] {
  return fc.sample(random, { seed, numRuns: count }).map((sequence) => ({ name: sequence.map(lineText).join(', '), sequence: withEnd(sequence) }));
}

/** Turns of a loop that one of two waits longer than the other. */
const TURNS = [0, 3, 10, 30, 60, 100, 150, 200, 300, 400, 600, 800, 1200, 2000] as const;

function withStarts(sequence: Sequence, starts: readonly (number | string)[]): Sequence {
  return sequence.map(({ by, deed }) => ({ by, deed: 'both' in deed ? { both: deed.both.map((part, i) => ({ ...part, start: starts[i] ?? 0 })) } : deed }));
}

/** Everything that is tried of a pair: each beginning, then each instruction of what either goes through. */
export function triesOf({ sequence }: Pair, functions: readonly (readonly string[])[], instructions: ReadonlyMap<string, readonly number[]>): { turns: Sequence[]; points: Sequence[] } {
  const turns = TURNS.flatMap((n) => (n === 0 ? [[0, 0]] : [[n, 0], [0, n]]));
  const points = functions.flatMap((names, i) => pointsIn(names, instructions).map((point) => (i === 0 ? [point, 0] : [0, point])));
  return { turns: turns.map((starts) => withStarts(sequence, starts)), points: points.map((starts) => withStarts(sequence, starts)) };
}
