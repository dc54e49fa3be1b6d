/** @module What the picture of an interleaving says at each step and as a whole, in words: the values, the change of lanes, the list. */
import type { TraceRow } from '../../review/review.js';
import { inWords, statementOf, switchesInterrupts } from '../trace-row.js';
import { heldBy } from './holds.js';
import type { Lane } from './lane.js';
import type { LanesPicture, Step } from './picture.js';

/** A part of a line of values: what is accessed, the value before, the one that counts, the step that it comes from, words between. */
export interface Piece {
  readonly role: 'name' | 'old' | 'new' | 'from' | 'word';
  readonly text: string;
}

const piece = (role: Piece['role'], text: string): Piece => ({ role, text });

/** The statement on one line; of a return without one, from where. */
export function codeOf(row: TraceRow): string {
  return statementOf(row);
}

/** A change of a value; `-> new` alone where the one before is not known. */
function change(old: string | null, now: string): Piece[] {
  return [...(old === null ? [] : [piece('old', inWords(old))]), piece('word', ' → '), piece('new', inWords(now))];
}

function lockWords(row: TraceRow): Piece[] {
  const held = heldBy(row);
  if (held === null || row.target === null) return [];
  return [piece('word', held.takes ? (row.note === '' ? 'takes ' : 'wants ') : 'gives back '), piece('name', inWords(row.target))];
}

/** What a call does with the value that is shown: kfree() gives nothing back. */
function resultWord(row: TraceRow): string {
  return /^\w*free\w*\(/u.test(statementOf(row)) ? 'frees ' : 'gives ';
}

/** What a row accesses, with its values: "t->kcov_mode: DISABLED → TRACE_PC", "t->kcov_mode is TRACE_PC"; empty for rows without. */
export function valueOf(row: TraceRow): Piece[] {
  const { access, target, old } = row;
  if (switchesInterrupts(row) && row.new !== null) return [piece('name', 'interrupts'), piece('word', ' '), ...change(old, row.new)];
  if (access === 'lock') return lockWords(row);
  if (access === 'leave' || access === 'call') return row.new === null ? [] : [piece('word', access === 'leave' ? 'returns ' : resultWord(row)), piece('new', inWords(row.new))];
  if (access === 'enter' || target === null) return [];
  const name = piece('name', inWords(target));
  if (row.new !== null && access !== 'read') return [name, piece('word', old === null ? '' : ': '), ...change(old, row.new)];
  const value = row.new ?? old;
  return value === null ? [name] : [name, piece('word', ' is '), piece('new', inWords(value))];
}

/** Where what is read comes from: "set at step 4", "freed at step 6"; '' where no step in view did it. */
export function fromText({ from }: Step, steps: readonly Step[]): string {
  const source = from === null ? undefined : steps[from - 1];
  return source === undefined ? '' : `${source.mark === 'write' ? 'set' : 'freed'} at step ${source.number}`;
}

/** The value line as text. */
export function valueText(step: Step): string {
  return step.value.map(({ text }) => text).join('');
}

/** A lane in a sentence; the name of a task is no word of it. */
const article = ({ label, task, kind }: Lane): string => (task !== null && kind === 'task' && label !== 'task' ? `task ${label}` : kind === 'user' ? 'user space' : `the ${label}`);

/** What changed before a step, in the words above it: "NMI interrupts softirq". */
export function turnText({ turn, lane }: Step, lanes: readonly Lane[]): string {
  const to = lanes[lane];
  const from = turn?.from === null || turn === null ? undefined : lanes[turn.from];
  if (turn === null || !to) return '';
  switch (turn.change) {
    case 'interrupts': return `${to.label} interrupts ${from?.label ?? ''}`.trim();
    case 'returns': return `back to ${to.label}`;
    case 'switches': return `switch to ${to.label}`;
    case 'begins': case 'beside': return to.title;
  }
}

/** A step in one line, with all that the picture may clip. */
export function stepText(step: Step, { lanes, steps }: LanesPicture): string {
  const { row, code, note, remark } = step;
  const value = valueText(step);
  const source = fromText(step, steps);
  const where = row.function === '' || row.access === 'enter' || row.access === 'leave' ? '' : `, ${inWords(row.function)}()`;
  return [`${lanes[step.lane]?.title ?? ''}${where}: ${code}`, ...(value === '' ? [] : [value]), ...(source === '' ? [] : [source]), ...(remark === '' ? [] : [`(${remark})`]), ...(note === '' ? [] : [`goes wrong: ${note}`])].join(' - ');
}

/** Where a lane stood when it was interrupted: "in kcov_start(), after step 6". */
function whereIn(steps: readonly Step[], before: number, lane: number): string {
  const last = steps.slice(0, before).findLast((step) => step.lane === lane);
  if (last === undefined) return '';
  return ` in ${inWords(last.row.function)}(), after step ${last.number}`;
}

/** The interruptions and where it goes wrong, a sentence each: what the picture shows, for who cannot see it, and at a glance. */
export function summaryOf({ lanes, steps }: LanesPicture): string[] {
  const turns = steps.flatMap(({ turn, lane, number }, i): string[] => {
    const [to, from] = [lanes[lane], turn === null || turn.from === null ? undefined : lanes[turn.from]];
    if (!to || !from || turn === null || turn.from === null) return [];
    if (turn.change === 'interrupts') return [`${article(to)} interrupts ${article(from)}${whereIn(steps, i, turn.from)}`];
    if (turn.change === 'returns') return [`${article(to)} goes on at step ${number}`];
    return turn.change === 'switches' ? [`the scheduler switches from ${article(from)} to ${article(to)} at step ${number}`] : [];
  });
  const cpus = [...new Set(lanes.map(({ cpu }) => cpu))];
  const beside = cpus.length > 1 ? [`${cpus.map((cpu) => `CPU${cpu}`).join(' and ')} run at the same time`] : [];
  const wrong = steps.flatMap(({ note, lane, number }) => (note === '' ? [] : [`it goes wrong at step ${number}, in ${lanes[lane] ? article(lanes[lane]) : ''}${cpus.length > 1 ? ` on CPU${lanes[lane]?.cpu ?? 0}` : ''}: ${note}`]));
  return [...beside, ...turns, ...wrong].map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}
