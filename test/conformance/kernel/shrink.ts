/** @module Makes a sequence on which two sides differ as small as it goes: what can be left out is tried all at once, in one boot. */
import { runnable } from './generate.js';
import { withEnd } from './sequence.js';
import type { Action, Line, Sequence } from './sequence.js';
import type { Disagreement } from './compare.js';

/** Sequences to the first disagreement of each, null where there is none. */
export type Judge = (sequences: readonly Sequence[]) => Promise<(Disagreement | null)[]>;

const ROUNDS_MAX = 40;
const CANDIDATES_MAX = 150;

/** Lists with one thing less: an action, or an interrupt around its body. */
function lessActions(actions: readonly Action[]): Action[][] {
  return actions.flatMap((action, i) => {
    const [before, after] = [actions.slice(0, i), actions.slice(i + 1)];
    const without = [[...before, ...after]];
    if (action.act === 'hits') return [...without, [...before, { act: 'hit' as const, label: action.label }, ...after]];
    if (!('body' in action)) return without;
    return [...without, [...before, ...action.body, ...after], ...lessActions(action.body).map((body) => [...before, { ...action, body }, ...after])];
  });
}

/** The sequence without stretches of lines, longest first, then with lines that do less. */
function less(sequence: Sequence): Sequence[] {
  const found: Sequence[] = [];
  for (let length = sequence.length >> 1; length >= 1; length >>= 1) {
    for (let at = 0; at + length <= sequence.length; at += length) found.push([...sequence.slice(0, at), ...sequence.slice(at + length)]);
  }
  sequence.forEach(({ by, deed }, i) => {
    if (!('actions' in deed)) return;
    for (const actions of lessActions(deed.actions)) found.push([...sequence.slice(0, i), { by, deed: { actions } } satisfies Line, ...sequence.slice(i + 1)]);
  });
  return found.slice(0, CANDIDATES_MAX);
}

/** The smallest that still differs, as far as leaving out goes. */
export async function shrink(disagreement: Disagreement, judge: Judge): Promise<Disagreement> {
  // What comes after the line that differs shows nothing; what withEnd() adds is added again.
  const cut = (d: Disagreement): Sequence => d.sequence.slice(0, d.line + 1);
  let [smallest, lines] = [disagreement, cut(disagreement)];
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const candidates = less(lines).map((candidate) => ({ candidate: runnable(candidate), whole: withEnd(runnable(candidate)) }));
    const judged = await judge(candidates.map(({ whole }) => whole));
    const next = judged.findIndex((one) => one !== null);
    const [found, candidate] = [judged[next], candidates[next]];
    if (!found || !candidate) return smallest;
    [smallest, lines] = [found, candidate.candidate.slice(0, found.line + 1)];
  }
  return smallest;
}
