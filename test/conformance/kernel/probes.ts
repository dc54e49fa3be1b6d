/**
 * @module Looks put into a sequence: at kcov's fields of the task before and after each interrupt and each end of a section, and at
 * the areas after each line in which the kernel does something. What can be seen in the answers is then the same question for both sides.
 */
import type { Action, InterruptKind, Line, Sequence } from './sequence.js';

const LOOK: Action = { act: 'state' };
/** In one line: its answer has room for no more. */
const LOOKS_MAX = 16;

/** What there is a look before and after. */
type Looked = InterruptKind | 'start' | 'stop';

const isLooked = (action: Action | undefined): action is Extract<Action, { act: Looked }> => action !== undefined && ['start', 'stop', 'softirq', 'hardirq', 'nmi'].includes(action.act);

function withLooks(actions: readonly Action[]): Action[] {
  return actions.flatMap((action) => (isLooked(action) ? [LOOK, 'body' in action ? { ...action, body: withLooks(action.body) } : action, LOOK] : [action]));
}

const looksOf = (actions: readonly Action[]): number => actions.reduce((n, action) => n + (action.act === 'state' ? 1 : 0) + ('body' in action ? looksOf(action.body) : 0), 0);

/** The actions of a line with looks in them, as they are where those are too many. */
function looked(actions: readonly Action[]): readonly Action[] {
  const all = withLooks(actions);
  return looksOf(all) > LOOKS_MAX ? actions : all;
}

/** The sequence with looks in it. */
export function probed(sequence: Sequence): Sequence {
  const opened = new Set<string>();
  return sequence.flatMap((line, i): Line[] => {
    if ('call' in line.deed && line.deed.call === 'open') opened.add(line.deed.device);
    if (!('actions' in line.deed)) return [line];
    const next = sequence[i + 1]?.deed;
    const reads = next && 'call' in next && next.call === 'read' ? [] : [...opened].sort().map((device): Line => ({ by: 'm', deed: { call: 'read', device } }));
    return [{ ...line, deed: { actions: looked(line.deed.actions) } }, ...reads];
  });
}

/** One look, field by field, as ./driver.c says it. */
export type Look = ReadonlyMap<string, string>;

/** The looks in an answer, in the order in which they were made. */
export function looksIn(answer: string): Look[] {
  return [...answer.matchAll(/\bmode:\d+ size:.*?irqs:\d/gu)].map(([text]) => new Map(text.split(' ').map((part) => part.split(':') as [string, string])));
}

export interface Pair {
  readonly around: Looked;
  /** In which context. */
  readonly context: InterruptKind | 'task';
  /** Each section that begins in what is looked at ends in it, and none ends that did not. */
  readonly balanced: boolean;
  readonly before: Look;
  readonly after: Look;
}

function isBalanced(actions: readonly Action[]): boolean {
  let open = 0;
  for (const action of actions) {
    if (action.act === 'start') open += 1;
    if (action.act === 'stop' && (open -= 1) < 0) return false;
    if (open > 1 || ('body' in action && !isBalanced(action.body))) return false;
  }
  return open === 0;
}

/** The looks of a line by what they are around; none where an interrupt could not come, since looks are missing then. */
export function pairsOf(actions: readonly Action[], answer: string): Pair[] {
  const looks = looksIn(answer);
  const found: Pair[] = [];
  let next = 0;
  const walk = (list: readonly Action[], context: Pair['context']): void => {
    for (let i = 0; i < list.length; i += 1) {
      const [action, inside] = [list[i], list[i + 1]];
      if (action?.act !== 'state' || !isLooked(inside) || list[i + 2]?.act !== 'state') {
        next += action?.act === 'state' ? 1 : 0;
        continue;
      }
      const before = looks[next++];
      if ('body' in inside) walk(inside.body, inside.act);
      const after = looks[next++];
      const balanced = 'body' in inside && isBalanced(inside.body);
      if (before && after) found.push({ around: inside.act, context, balanced, before, after });
      i += 2;
    }
  };
  if (!/\bmasked\b/u.test(answer)) walk(actions, 'task');
  return found;
}
