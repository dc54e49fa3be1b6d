/**
 * @module Interrupts at each instruction: on the kernel a breakpoint has one come before every instruction of kcov's functions, one
 * boot for them all; on the simulator it comes before every move. Nobody knows which instructions a move is, so what the
 * kernel shows must be among what the simulator shows.
 */
import { execFileSync } from 'node:child_process';
import type { Code } from '../../../simulator/machine/code.js';
import type { Ran } from './boot.js';
import { compare, normalised } from './compare.js';
import type { Disagreement } from './compare.js';
import { parseSequence, withEnd } from './sequence.js';
import type { Sequence } from './sequence.js';
import type { Simulated } from './simulate.js';

/** What is interrupted, and by what: POINT stands for the instruction. */
export interface Race {
  readonly name: string;
  /** The functions of kernel/kcov.c that are gone through; those that a kernel has inlined are in their callers. */
  readonly functions: readonly string[];
  readonly text: string;
}

const USB_1 = '0x100000000000001';
const USB_2 = '0x100000000000002';

export const device = (by: string, name: string): string => `${by} open ${name}\n${by} init ${name} 512\n${by} mmap ${name} 512`;
export const traced = (by: string, name: string, mode = 0): string => `${device(by, name)}\n${by} enable ${name} ${mode}`;
export const remote = (by: string, name: string, handle: string): string => `${device(by, name)}\n${by} remote ${name} 0 64 0 1 ${handle}`;

/** What may come, where t1 waits for sections of USB_2. */
const INTERRUPTS: Readonly<Record<string, string>> = {
  'an NMI': 'nmi [ hit 7 ; cmp 7 4 1 2 ]',
  'a hardirq': `hardirq [ hit 7 ; start ${USB_2} ; hit 6 ; stop ]`,
  'a softirq': 'softirq [ hit 7 ]',
  'a section in a softirq': `softirq [ start ${USB_2} ; hit 7 ; stop ]`,
  'a section of an unknown handle in a softirq': 'softirq [ start 0x100000000000009 ; hit 7 ; stop ]',
};

const INTERRUPTED: readonly (Race & { readonly before: string })[] = [
  { name: 'a hit', functions: ['__sanitizer_cov_trace_pc'], before: traced('t0', 'A'), text: 't0 at POINT ; hit 1 ; hit 2 ; disarm ; state' },
  { name: 'a hit in a full area', functions: ['__sanitizer_cov_trace_pc'], before: `${traced('t0', 'A')}\nt0 poke A 0 510`, text: 't0 at POINT ; hit 1 ; hit 2 ; disarm ; state' },
  { name: 'a comparison', functions: ['write_comp_data', '__sanitizer_cov_trace_cmp4'], before: traced('t0', 'A', 1), text: 't0 at POINT ; cmp 1 4 5 6 ; cmp 2 4 7 8 ; disarm ; state' },
  { name: 'a section in a thread', functions: ['kcov_remote_start', 'kcov_remote_stop', 'kcov_move_area'], before: remote('t0', 'A', USB_1), text: `k0 at POINT ; start ${USB_1} ; hit 1 ; stop ; disarm ; state` },
  { name: 'a section of an unknown handle', functions: ['kcov_remote_start', 'kcov_remote_stop'], before: remote('t0', 'A', USB_1), text: 'k0 at POINT ; start 0x100000000000009 ; hit 1 ; stop ; disarm ; state' },
  { name: 'a section in a softirq', functions: ['kcov_remote_start', 'kcov_remote_stop', 'kcov_move_area'], before: `${traced('t0', 'B')}\n${remote('t2', 'A', USB_1)}`, text: `t0 at POINT ; softirq [ start ${USB_1} ; hit 1 ; stop ] ; hit 2 ; disarm ; state` },
  { name: 'enable and disable', functions: ['kcov_ioctl', 'kcov_ioctl_locked', 'kcov_disable', 'kcov_task_reset'], before: device('t0', 'A'), text: 't0 at POINT\nt0 enable A 0\nt0 hit 1\nt0 disable A 0\nt0 disarm ; state' },
  { name: 'enable for sections, and disable', functions: ['kcov_ioctl', 'kcov_ioctl_locked', 'kcov_remote_add', 'kcov_disable', 'kcov_remote_reset', 'kcov_remote_find'], before: device('t0', 'A'), text: `t0 at POINT\nt0 remote A 0 64 5 1 ${USB_1}\nt0 disable A 0\nt0 disarm ; state` },
];

/** All races; what comes has its own device and owner. */
export function races(): Race[] {
  return INTERRUPTED.flatMap(({ name, functions, before, text }) => Object.entries(INTERRUPTS).map(([what, interrupt]): Race => ({
    name: `${name}, ${what}`, functions, text: `${remote('t1', 'C', USB_2)}\n${before}\n${text.replace('POINT', `POINT ${interrupt}`)}`,
  })));
}

/** The instructions of each function of an object file, as offsets. */
export function instructionsOf(object: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  let [name, base] = ['', 0];
  for (const line of execFileSync('objdump', ['-d', '--no-show-raw-insn', object], { encoding: 'utf8' }).split('\n')) {
    const [, start, symbol] = /^([0-9a-f]+) <([^>]+)>:/u.exec(line) ?? [];
    if (symbol !== undefined) [name, base] = [symbol, parseInt(start ?? '0', 16)];
    const at = /^\s*([0-9a-f]+):\t(?!nop)/u.exec(line)?.[1];
    if (at !== undefined) found.set(name, [...(found.get(name) ?? []), parseInt(at, 16) - base]);
  }
  return found;
}

/** Every instruction of functions, as FUNCTION+OFFSET; what a compiler made a variant of bears a suffix. */
export function pointsIn(functions: readonly string[], instructions: ReadonlyMap<string, readonly number[]>): string[] {
  const symbols = functions.flatMap((name) => [...instructions].filter(([symbol]) => symbol === name || symbol.startsWith(`${name}.`)));
  return symbols.flatMap(([symbol, offsets]) => offsets.map((offset) => `${symbol}+0x${offset.toString(16)}`));
}

/** Functions and what they call, and so on: a file may have others than the race names. */
export function reachedFrom({ functionsByName }: Code, names: readonly string[]): string[] {
  const reached = new Set(names);
  for (const name of reached) {
    for (const instruction of functionsByName.get(name)?.instructions ?? []) if (instruction.op === 'call') reached.add(instruction.name);
  }
  return [...reached];
}

/** The sequence of a race at each instruction. */
export function sequencesOf(race: Race, instructions: ReadonlyMap<string, readonly number[]>): Sequence[] {
  return pointsIn(race.functions, instructions).map((point) => withEnd(parseSequence(race.text.replace('POINT', point))));
}

const CAME = /(^| )came(?= |$)/u;
/** What came of a sequence, whether or not the interrupt did. */
export const outcomeOf = (lines: readonly string[]): string => lines.map((line) => normalised(line.replace(CAME, ''))).join('\n');

/** Whether the interrupt came before that instruction. */
export const came = (ran: Ran): boolean => ran.lines.some((line) => CAME.test(line));

/** What came of a sequence without the word that says that the interrupt did. */
const withoutWord = ({ lines, ended }: Ran): Ran => ({ lines: lines.map((line) => line.replace(CAME, '')), ended });

/** Whether the kernel showed just that, its death included. */
export const shows = (sequence: Sequence, ran: Ran, one: Simulated): boolean => compare(sequence, withoutWord(ran), one) === null;

/** Bad accesses that only KASAN tells: a kernel without it may go on, with what nobody knows. */
const UNTOLD = /^(?:use-after-free|out-of-bounds|double-free|invalid-free):/u;

function mayHide(ran: Ran, { lines, ended }: Simulated): boolean {
  const real = outcomeOf(ran.lines).split('\n');
  return ended !== null && UNTOLD.test(ended) && real.length > lines.length && lines.every((line, i) => line === real[i]);
}

/** Where what the kernel showed is nothing that the simulator allows: the first line in which it differs from the nearest that is. */
export function judge(sequence: Sequence, ran: Ran, allowed: readonly Simulated[]): Disagreement | null {
  if (allowed.some((one) => shows(sequence, ran, one) || mayHide(ran, one))) return null;
  const lines = outcomeOf(ran.lines).split('\n');
  const differsAt = (one: Simulated): number => {
    const at = lines.findIndex((line, i) => line !== one.lines[i]);
    return at < 0 ? lines.length : at;
  };
  const line = Math.max(...allowed.map(differsAt));
  return { sequence, line: Math.min(line, sequence.length - 1), kernel: ran.ended ?? lines[line] ?? '(nothing)', simulator: [...new Set(allowed.map((one) => one.lines[line] ?? one.ended ?? '(nothing)'))].join(' | ') };
}
