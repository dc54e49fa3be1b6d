/** @module Our search at level 0 against SPIN's on the same scenario: as many states and transitions, and who is faster. */
import { silent } from '../../simulator/promela/silent.js';
import { median, only, run, secondsOf, WHOLE } from '../child.js';
import { givenMissing, givenModel } from '../given-model.js';
import { measure } from '../measure.js';
import { runPan, spinMissing } from '../spin.js';
import type { PanRun } from '../spin.js';
import { ONCE, threadPatchCode, threadPatchScenario } from '../thread-patch.js';
import type { Arrivals } from '../thread-patch.js';
import { count, factor, megabytes, seconds } from './figures.js';
import type { Effort, Figures, Wanted } from './figures.js';

interface Case {
  readonly name: string;
  readonly arrivals: Arrivals;
  /** For pan: room for about twice as many states. */
  readonly hashBits: number;
  /** Times pan's states a second. */
  readonly wanted: number;
}

const ALL: readonly Case[] = [
  { name: 'all but the NMI of CPU1', arrivals: { irq: [1, 1], nmi: [1, 0] }, hashBits: 21, wanted: 1 },
  { name: 'all', arrivals: ONCE, hashBits: 24, wanted: 1.5 },
];
const QUICK: readonly Case[] = [{ name: 'interrupts of CPU1 only', arrivals: { irq: [0, 1], nmi: [0, 1] }, hashBits: 18, wanted: 0 }];

interface Line {
  readonly by: string;
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly memoryMb: number;
  readonly more: string;
}

const rate = ({ states, seconds: s }: Line): number => states / s;

function ours({ arrivals }: Case, runs: number): Line {
  const found = median(Array.from({ length: runs }, () => run({ ...WHOLE, arrivals })));
  const { states, transitions } = only(found);
  return { by: 'ours', states, transitions, seconds: secondsOf(found), memoryMb: found.memoryMb, more: `whole process ${seconds(found.wholeSeconds)} s` };
}

const pan = (by: string, found: PanRun): Line => ({ by, states: found.states, transitions: found.transitions, seconds: found.seconds, memoryMb: found.memoryMb, more: `state vector ${found.vectorBytes} bytes` });

/** What pan comes to on the model that we emit and on the one that was written by hand. */
async function theirs({ arrivals, hashBits }: Case, runs: number, { quick, says }: Effort): Promise<{ lines: Line[]; wrong: string[] }> {
  if (spinMissing !== null) return { lines: [], wrong: [] };
  const options = { runs, hashBits, memoryMb: 8000, optimise: quick ? 0 : 2 } as const;
  says('pan on the model that we emit');
  const emitted = measure({ code: await threadPatchCode(), scenario: threadPatchScenario(arrivals), contract: silent }, options);
  const lines = 'refused' in emitted ? [] : [pan('pan, emitted', emitted)];
  if (givenMissing === null) {
    says('pan on the model that was written by hand');
    lines.push(pan('pan, by hand', runPan(givenModel(arrivals), { ...options, ignoreAssertions: true })));
  }
  return { lines, wrong: 'refused' in emitted ? [`the model that we emit: ${emitted.refused}`] : [] };
}

export async function againstSpin(effort: Effort): Promise<Figures> {
  const { quick, says } = effort;
  const runs = quick ? 1 : 3;
  const rows: string[][] = [];
  const wanted: Wanted[] = [];
  const wrong: string[] = [];
  for (const one of quick ? QUICK : ALL) {
    says(`ours, ${one.name}`);
    const own = ours(one, runs);
    const found = await theirs(one, runs, effort);
    wrong.push(...found.wrong);
    for (const line of [own, ...found.lines]) {
      const ratio = rate(own) / rate(line);
      if (line.states !== own.states || line.transitions !== own.transitions) wrong.push(`${one.name}: ${line.by} has ${count(line.states)} states and ${count(line.transitions)} transitions, ours ${count(own.states)} and ${count(own.transitions)}`);
      rows.push([
        one.name, line.by, count(line.states), count(line.transitions), seconds(line.seconds), count(Math.round(rate(line))), megabytes(line.memoryMb),
        (line.memoryMb * 2 ** 20 / line.states).toFixed(0), line === own ? '' : factor(ratio), line.more,
      ]);
      if (line !== own && one.wanted > 0) wanted.push({ text: `at least ${one.wanted.toFixed(1)} x the states a second of ${line.by} at ${(own.states / 1e6).toFixed(1)} M states`, met: ratio >= one.wanted });
    }
  }
  const about = 'Two CPUs, a task on each, one interrupt and one NMI per CPU, nothing reduced (bench/thread-patch.ts). Ours at level 0, each time in a process of its own; '
    + `pan compiled with gcc -O${quick ? 0 : 2} -DSAFETY -DNOREDUCE, on the model emitted from our scenario and, where it is at hand, on one written by hand. `
    + `Seconds of the search, the median of ${runs}. Memory is the peak of the whole process, of pan all it says it used; bytes are memory by states. ${spinMissing === null ? 'States and transitions must be the same.' : `SPIN was not run: ${spinMissing}.`}`;
  return { title: 'Against SPIN', about, head: ['arrivals', 'by', 'states', 'transitions', 'seconds', 'states/s', 'memory', 'bytes/state', 'ours is', ''], rows, wanted, wrong };
}
