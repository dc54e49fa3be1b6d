/** @module How states and seconds grow with CPUs, interrupts and hits, at levels 0 and 3. */
import { only, run } from '../child.js';
import type { Search } from '../job.js';
import { count, seconds } from './figures.js';
import type { Effort, Figures } from './figures.js';

interface Parameters {
  readonly cpus: number;
  /** Interrupts that may arrive on each CPU, and NMIs. */
  readonly interrupts: number;
  readonly hits: number;
}

export interface Point {
  /** The parameter that varies, and its value. */
  readonly at: number;
  readonly level: 0 | 3;
  readonly states: number;
  readonly seconds: number;
  /** The search ended at the cap: there are more states. */
  readonly capped: boolean;
}

export interface Curve {
  readonly over: string;
  readonly points: readonly Point[];
}

const BASE: Parameters = { cpus: 2, interrupts: 1, hits: 1 };
const AXES: readonly { readonly over: string; readonly key: keyof Parameters; readonly values: readonly number[] }[] = [
  { over: 'CPUs', key: 'cpus', values: [1, 2, 3] }, { over: 'interrupts and NMIs per CPU', key: 'interrupts', values: [0, 1, 2] }, { over: 'hits per task', key: 'hits', values: [1, 2, 3, 4] },
];
/** States at which a search is ended, by level: a state of level 3 stands for many steps. */
const CAPS = { 0: 12_000_000, 3: 2_000_000 };
const QUICK_CAPS = { 0: 60_000, 3: 20_000 };

export function growth({ quick, says }: Effort): { readonly figures: Figures; readonly curves: readonly Curve[] } {
  const caps = quick ? QUICK_CAPS : CAPS;
  const known = new Map<string, Search>();
  const search = ({ cpus, interrupts: n, hits }: Parameters, level: 0 | 3): Search => {
    const key = `${cpus} CPUs, ${n} interrupts, ${hits} hits, level ${level}`;
    const before = known.get(key);
    if (before) return before;
    says(`growth: ${key}`);
    const found = only(run({ kind: 'thread-patch', arrivals: { irq: [n, n, n], nmi: [n, n, n] }, cpus, hits, level, statesMax: caps[level], observe: true }));
    known.set(key, found);
    return found;
  };
  const curves = AXES.map(({ over, key, values }): Curve => ({
    over,
    points: values.slice(0, quick ? 2 : values.length).flatMap((at) => ([0, 3] as const).map((level) => {
      const { states, seconds: s, capped } = search({ ...BASE, [key]: at }, level);
      return { at, level, states: capped ? caps[level] : states, seconds: s, capped };
    })),
  }));
  const cell = (point: Point | undefined): string[] => (point ? [`${point.capped ? '> ' : ''}${count(point.states)}`, `${point.capped ? '> ' : ''}${seconds(point.seconds)}`] : ['', '']);
  const rows = curves.flatMap(({ over, points }) => [...new Set(points.map(({ at }) => at))].map((at) => [over, `${at}`, ...([0, 3] as const).flatMap((level) => cell(points.find((p) => p.at === at && p.level === level)))]));
  return {
    curves,
    figures: {
      title: 'Growth', about: `From two CPUs, one interrupt and one NMI per CPU and one hit per task, one of them varied. A search that comes to ${count(caps[0])} states at level 0, or ${count(caps[3])} at level 3, is ended there and marked with >.`,
      head: ['over', '', 'states, level 0', 'seconds', 'states, level 3', 'seconds'], rows, wanted: [], wrong: [],
    },
  };
}
