/** @module The scenario of the thread's patch as a Promela model written by hand, ../shared/bench/thread-patch.pml, where it is at hand. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Arrivals } from './thread-patch.js';

const file = path.resolve('..', 'shared', 'bench', 'thread-patch.pml');

/** Why there is no such model; null where there is one. */
export const givenMissing: string | null = existsSync(file) ? null : `no model at ${file}`;

/** The model, with as many arrivals. */
export function givenModel({ irq, nmi }: Arrivals): string {
  const budgets = { irqb0: irq[0], irqb1: irq[1], nmib0: nmi[0], nmib1: nmi[1] };
  return Object.entries(budgets).reduce((text, [name, times]) => text.replace(`byte ${name} = 1;`, `byte ${name} = ${times};`), readFileSync(file, 'utf8'));
}
