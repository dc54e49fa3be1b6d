/**
 * @module The table of the task's kcov fields through one remote section: one row for each statement of start and stop
 * that changes them, in the context that the patch newly allows, else in a kernel thread.
 */
import { chainOf } from '../analysis/chain.js';
import { statementsInDiff } from '../analysis/changed.js';
import { movesAlone } from '../analysis/replays.js';
import type { ScenarioResult, Subject } from '../analysis/subject.js';
import { replay } from '../../simulator/explore/replay.js';
import { contractOf } from '../analysis/contract-of.js';
import type { Code } from '../../simulator/machine/code.js';
import { Layout } from '../../simulator/machine/layout.js';
import type { Event } from '../../simulator/trace/event.js';
import { UnknownName } from '../../simulator/ir/types.js';
import type { TaskStateRow } from './review.js';

export interface TaskStateTable {
  readonly title: string;
  /** Field names in the order of the struct. */
  readonly columns: string[];
  readonly rows: TaskStateRow[];
}

/** Which field of the task an event wrote; null for other events. */
type FieldOf = (event: Event) => string | null;

/** The table of the first scenario in which a section runs; null when there is none. */
export function taskState(subject: Subject): TaskStateTable | null {
  const chosen = choose(subject);
  if (!chosen?.result.post) return null;
  const { result, actor } = chosen;
  const { code } = result.post as { code: Code };
  if (!hasLayout(code)) return null;
  const run = replay(code, result.scenario, contractOf(code), movesAlone(code, result.scenario, actor), { setUp: true });
  const task = result.scenario.actors.find((a) => a.kind === 'task' && a.cpu === result.scenario.actors[actor]?.cpu)?.task ?? 'idle0';
  const fieldOf = taskFields(code, result, task);
  const columns = fieldNames(code);
  const rows = rowsOf(subject, code, { events: run.events, fieldOf, columns, actor });
  const kind = result.scenario.actors[actor]?.kind ?? 'task';
  const title = kind === 'task' ? 'The task\'s kcov state through one section in a kernel thread' : `The task's kcov state through one section in a ${kind}, ${task} traced before`;
  return rows.length > 1 && (kind !== 'task' || touchesTask(subject)) ? { title, columns, rows } : null;
}

/** The patch adds a statement that names a kcov field of the task: else the table is what it always was. */
function touchesTask(subject: Subject): boolean {
  return statementsInDiff(subject).some(({ spot }) => spot.added && /->kcov\w*\b\s*(?:=[^=]|\+\+|--|\))/u.test(spot.text));
}

function choose(subject: Subject): { result: ScenarioResult; actor: number } | null {
  for (const fresh of [true, false]) {
    for (const result of subject.results) {
      const isFresh = result.pre === null && result.post !== null;
      const actor = result.scenario.actors.findIndex((a) => (a.kind !== 'task') === fresh && a.operations.some((o) => o.label.startsWith('kcov_remote_start')));
      const tracesTask = result.scenario.setUp.some((s) => s.task === result.scenario.actors.find((a) => a.kind === 'task')?.task);
      if (actor >= 0 && result.post && isFresh === fresh && (!fresh || tracesTask)) return { result, actor };
    }
  }
  return null;
}

/** Every type in task_struct is known. */
function hasLayout(code: Code): boolean {
  try {
    return code.types.layout('task_struct').size > 0;
  } catch (error) {
    if (error instanceof UnknownName) return false;
    throw error;
  }
}

function fieldNames(code: Code): string[] {
  return [...code.types.layout('task_struct').fields.keys()].filter((name) => name.startsWith('kcov'));
}

function taskFields(code: Code, result: ScenarioResult, task: string): FieldOf {
  const object = new Layout(code, result.scenario).objectIndex(task);
  const byOffset = new Map([...code.types.layout('task_struct').fields.values()].map((f) => [f.offset, f.name]));
  return (event) => (event.location?.object === object && (event.access === 'write' || event.access === 'rmw') ? (byOffset.get(event.location?.offset ?? -1) ?? null) : null);
}

function rowsOf(subject: Subject, code: Code, from: { events: readonly Event[]; fieldOf: FieldOf; columns: readonly string[]; actor: number }): TaskStateRow[] {
  const values: Record<string, string> = Object.fromEntries(from.columns.map((name) => [name, '0']));
  const rows: TaskStateRow[] = [];
  const written = new Set<string>();
  let key = '';
  let stopped = false;
  for (const event of from.events) {
    const field = from.fieldOf(event);
    const own = event.actor === from.actor && !event.setUp;
    if (field !== null && !written.has(field)) {
      // What it was before anybody wrote it, as its type writes it: NULL, not 0.
      written.add(field);
      for (const known of [values, ...rows.map((row) => row.values)]) known[field] = event.old ?? '0';
    }
    if (field !== null && own && rows.length === 0) rows.push({ step: 0, function: '', text: 'before', values: { ...values } });
    if (field !== null && from.columns.includes(field)) values[field] = event.new ?? '?';
    if (own && rows.length > 1 && stopped && event.operation.startsWith('kcov_remote_start')) break;
    if (own && event.operation.startsWith('kcov_remote_stop')) stopped = true;
    if (field === null || !own) continue;
    const { spot } = chainOf(subject.post.images, code, event.frames);
    const made = { step: event.step, function: spot.function, text: spot.text, values: { ...values } };
    if (`${spot.function} ${spot.text}` === key) rows[rows.length - 1] = made;
    else rows.push(made);
    key = `${spot.function} ${spot.text}`;
  }
  return mark(rows, from.columns);
}

/** Marks fields of the last row that are not what they were before. */
function mark(rows: TaskStateRow[], columns: readonly string[]): TaskStateRow[] {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last || first === last) return rows;
  const changed = columns.filter((name) => first.values[name] !== last.values[name]);
  return rows.map((row) => {
    const marks = changed.filter((name) => row.values[name] === last.values[name] && row !== first);
    return row === last && marks.length > 0 ? { ...row, marks } : row;
  });
}
