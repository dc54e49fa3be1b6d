/** @module Sequences whose operations come one after the other, interrupts at their places: both sides must agree exactly. */
import { byHand } from './by-hand.js';
import { evenly } from './evenly.js';
import { randomSequences } from './generate.js';
import { hold, knownOf, smallest } from './hold.js';
import type { Both, Known } from './hold.js';
import { fromScenarios, scenariosText } from './from-scenarios.js';
import type { Held } from './held.js';
import type { Subject } from './simulate.js';

/** Of sequences that taint the kernel, each of which costs a boot: at most so many of those that tables make, and of random ones. */
const TAINTING_BY_HAND_MAX = 40;
const TAINTING_MAX = 10;
/** How many are drawn for each that is wanted. */
const DRAWN_TIMES = 2;

/** Random sequences, of which only the first few taint a kernel. */
function draw(subject: Subject, { seed, count }: { seed: number; count: number }): Known[] {
  const kept: Known[] = [];
  let tainting = 0;
  for (const sequence of randomSequences(seed, count * DRAWN_TIMES)) {
    if (kept.length === count) break;
    const known = knownOf(subject, sequence);
    tainting += known.simulated.taints ? 1 : 0;
    if (!known.simulated.taints || tainting <= TAINTING_MAX) kept.push(known);
  }
  return kept;
}

/** How often each report of the kernel's log was predicted. */
function reportsOf(all: readonly Known[]): string {
  const counts = new Map<string, number>();
  for (const { simulated } of all) for (const [, report = ''] of simulated.lines.join('\n').matchAll(/! ([^!\n]+)/gu)) counts.set(report.trim(), (counts.get(report.trim()) ?? 0) + 1);
  return [...counts].sort().map(([report, n]) => `${report} ${n} times`).join(', ');
}

async function held(both: Both, what: string, all: readonly Known[], leftOut: number): Promise<Held> {
  const { say } = both;
  const tainting = all.filter(({ simulated }) => simulated.taints).length;
  say(`${what}: ${all.length} sequences, ${tainting} of them in a boot of their own${leftOut > 0 ? `, ${leftOut} more of these left out` : ''}`);
  const disagreements = await hold(both, all);
  say(`${what}: reports that were predicted: ${reportsOf(all) || 'none'}`);
  for (const text of new Set(all.flatMap(({ simulated }) => simulated.contract.map((breach) => breach.text)))) say(`${what}: the contract says otherwise: ${text}`);
  const ended = all.filter(({ simulated }) => simulated.ended !== null).length;
  return { row: { what, compared: all.length, disagreements: disagreements.length, note: [tainting > 0 ? `${tainting} in a boot of their own` : '', ended > 0 ? `${ended} end the kernel` : '', leftOut > 0 ? `${leftOut} left out` : ''].filter(Boolean).join(', ') }, disagreements: await smallest(both, disagreements) };
}

/** Those made of the simulator's scenarios, at most so many orders of each. */
export async function ofScenarios(both: Both, orders: number): Promise<Held> {
  const made = fromScenarios(both.subject.code, orders);
  const { row, disagreements } = await held(both, 'of scenarios', made.sequences.map((sequence) => knownOf(both.subject, sequence)), 0);
  return { row: { ...row, note: [scenariosText(made), row.note].filter(Boolean).join(', ') }, disagreements };
}

/** Those made by hand and by tables, those of scenarios, then random ones. */
export async function inOrder(both: Both, { seed, sequences, orders }: { seed: number; sequences: number; orders: number }): Promise<Held[]> {
  const hand = byHand().map((sequence) => knownOf(both.subject, sequence));
  const tainting = evenly(hand.filter(({ simulated }) => simulated.taints), TAINTING_BY_HAND_MAX);
  const clean = hand.filter(({ simulated }) => !simulated.taints);
  return [
    await held(both, 'by hand', [...clean, ...tainting], hand.length - clean.length - tainting.length),
    await ofScenarios(both, orders),
    await held(both, `random, seed ${seed}`, draw(both.subject, { seed, count: sequences }), 0),
  ];
}
