/** @module The plain interpreter against the packed engine on the scenarios of kcov, and what observing costs. */
import { kcovModels } from '../../simulator/kcov/index.js';
import { only, run, secondsOf, WHOLE } from '../child.js';
import type { KcovJob, Search } from '../job.js';
import { count, factor, percent, seconds } from './figures.js';
import type { Effort, Figures } from './figures.js';

/** Scenarios shown one by one. */
const SHOWN = 3;
/** Larger scenarios are those with so many states. */
const LARGER = 2_000;
/** What observing may add. */
const SHARE = 0.1;

const job = (model: string, engine: KcovJob['engine'], more: Partial<KcovJob>): KcovJob => ({ kind: 'kcov', model, engine, observe: true, times: 1, every: 1, ...more });
const sum = (searches: readonly Search[], of: 'seconds' | 'states'): number => searches.reduce((total, one) => total + one[of], 0);

export function engines({ quick, says }: Effort): Figures {
  const [rows, wrong]: [string[][], string[]] = [[], []];
  for (const { version } of kcovModels) {
    says(`interpreter and packed engine, ${version}`);
    const more = { every: quick ? 8 : 1, times: quick ? 1 : 2 };
    const [plain, packed] = (['plain', 'packed'] as const).map((engine) => run(job(version, engine, more)).searches);
    if (!plain || !packed) throw new Error('no search');
    const pairs = plain.flatMap((one, i) => (packed[i] ? [{ plain: one, packed: packed[i] }] : []));
    for (const pair of pairs) if (pair.plain.states !== pair.packed.states || pair.plain.transitions !== pair.packed.transitions) wrong.push(`${version} ${pair.plain.name}: the engines count differently`);
    rows.push([version, `all ${pairs.length}`, count(sum(plain, 'states')), seconds(sum(plain, 'seconds')), seconds(sum(packed, 'seconds')), factor(sum(plain, 'seconds') / sum(packed, 'seconds'))]);
    for (const { plain: p, packed: q } of pairs.sort((a, b) => b.plain.states - a.plain.states).slice(0, SHOWN)) rows.push([version, p.name, count(p.states), seconds(p.seconds), seconds(q.seconds), factor(p.seconds / q.seconds)]);
  }
  return {
    title: 'Interpreter and packed engine',
    about: 'Every scenario of kcov on both models, nothing reduced: with the plain interpreter, which asks the machine for every move, and with the packed engine, which asks once for each combination of what a move reads. Both count the same. The largest scenarios also one by one.',
    head: ['model', 'scenario', 'states', 'interpreter s', 'packed s', 'ratio'], rows, wanted: [], wrong,
  };
}

/** The shortest times with and without, in turns, since what else runs only adds. */
function inTurns(turns: number, once: (observe: boolean) => number): { readonly with: number; readonly without: number } {
  const times: { with: number; without: number } = { with: Infinity, without: Infinity };
  for (let turn = 0; turn < turns; turn += 1) {
    times.with = Math.min(times.with, once(true));
    times.without = Math.min(times.without, once(false));
  }
  return times;
}

export function observing({ quick, says }: Effort): Figures {
  const turns = quick ? 1 : 4;
  const arrivals = quick ? { irq: [0, 1], nmi: [0, 1] } as const : { irq: [1, 1], nmi: [1, 0] } as const;
  says('observations, thread-patch');
  const measured = [{ name: 'thread-patch, all but the NMI of CPU1', ...inTurns(turns, (observe) => only(run({ ...WHOLE, arrivals, observe })).seconds) }];
  for (const { version } of kcovModels) {
    says(`observations, ${version}`);
    const larger = (observe: boolean): number => secondsOf({ searches: run(job(version, 'packed', { observe, every: quick ? 8 : 1, times: 2 })).searches.filter(({ states }) => quick || states >= LARGER), memoryMb: 0 });
    measured.push({ name: `kcov ${version}, scenarios of ${quick ? 'any' : `${count(LARGER)} or more`} states`, ...inTurns(turns, larger) });
  }
  return {
    title: 'What observing costs',
    about: `The packed engine with and without the listener that notes what was seen at each instruction; the shortest of ${turns} runs in turns.`,
    head: ['scenario', 'with s', 'without s', 'more'],
    rows: measured.map(({ name, with: yes, without }) => [name, seconds(yes), seconds(without), percent(yes / without - 1)]),
    wanted: quick ? [] : measured.map(({ name, with: yes, without }) => ({ text: `at most ${percent(SHARE)} more, ${name}`, met: yes / without - 1 <= SHARE })), wrong: [],
  };
}
