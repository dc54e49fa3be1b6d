/**
 * @module A trace folded for people: of all events the few that explain the violation. These are what the violating context
 * read that others had written, with who wrote it, what decided its branches, what the interrupted functions changed so
 * far, and where the contexts it interrupted stand. What was completed before becomes one line.
 */
import type { Violation } from '../machine/violation.js';
import type { Event } from './event.js';
import type { OperationSpan } from './recorder.js';

/** What is folded. */
export interface Trace {
  readonly events: readonly Event[];
  readonly operations: readonly OperationSpan[];
}

/** The violation a trace is folded for; `event` null when it has none. */
export interface Marked {
  readonly violation: Violation;
  readonly event: number | null;
}

export interface Folded {
  /** Labels of operations that were completed before the first row, in order; empty when there are none. */
  readonly after: readonly string[];
  /** In the order of the execution, entries right before the rows they lead to; only the violating one has a note. */
  readonly rows: readonly Event[];
}

/** Rows a folded trace has at most. */
export const ROWS_MAX = 15;
/** How far back reasons are followed. */
const DEPTH_MAX = 12;

const TOUCHES: ReadonlySet<Event['access']> = new Set(['read', 'write', 'rmw', 'lock', 'call']);
const isAccess = (e: Event): boolean => TOUCHES.has(e.access);
const changes = (e: Event): boolean => (e.access === 'write' || e.access === 'rmw') && e.oldValue !== e.newValue;
const isOther = (a: Event, b: Event): boolean => a.actor !== b.actor || a.activation !== b.activation;
/** Accesses that decide branches, shown at most. */
const DECISIVE_MAX = 5;

/** The accesses that an event's result comes from, through what is private to a context. */
function accessesBehind(events: readonly Event[], from: Event): Event[] {
  const found = new Set<Event>();
  let level: readonly Event[] = [from];
  for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth += 1) {
    const next = new Set(level.flatMap((e) => e.uses).flatMap((i) => events[i] ?? []));
    for (const e of next) if (isAccess(e)) found.add(e);
    level = [...next].filter((e) => !isAccess(e));
  }
  return [...found];
}

/** A lock call that also changes irqs is two events of one statement; one row says it. */
function saysTheSame(a: Event | undefined, b: Event): boolean {
  const quiet = (e: Event): boolean => e.access === 'lock' || e.access === 'call';
  return a !== undefined && a.note === '' && quiet(a) && quiet(b) && a.actor === b.actor && a.text === b.text && a.place.line === b.place.line && a.frames.length === b.frames.length;
}

/** Candidates for rows, the more important group first. */
class Choice {
  private readonly ranked = new Map<number, number>();

  /** Adds events with a rank, 0 the most important; an event keeps its best one. */
  add(rank: number, events: readonly Event[]): void {
    for (const e of events) this.ranked.set(e.index, Math.min(rank, this.ranked.get(e.index) ?? rank));
  }

  /** Indices, best rank first, latest first within a rank. */
  inOrder(): number[] {
    return [...this.ranked].sort(([a, x], [b, y]) => x - y || b - a).map(([index]) => index);
  }
}

/** Chooses the rows for one violating event. */
class Folder {
  /** Events of the running part before the violating one. */
  private readonly past: readonly Event[];
  /** Of them those of the operation that violates. */
  private readonly own: readonly Event[];
  private readonly choice = new Choice();

  constructor(private readonly trace: Trace, private readonly at: Event, private readonly violation: Violation) {
    this.past = trace.events.filter((e) => !e.setUp && e.index < at.index);
    const span = this.spanOf(at);
    this.own = this.past.filter((e) => this.spanOf(e) === span);
  }

  rows(rowsMax: number): Event[] {
    this.choose();
    const kept = new Set([this.at.index]);
    for (const entry of this.entriesOf([this.at.index])) kept.add(entry);
    for (const index of this.choice.inOrder()) {
      const wanted = new Set([...kept, index, ...this.entriesOf([index])]);
      if (wanted.size <= rowsMax) for (const i of wanted) kept.add(i);
    }
    const rows = this.inOrder([...kept]);
    const once = rows.filter((e, i) => e === this.at || !saysTheSame(rows[i - 1], e));
    // Another violation on the way is a question of its own.
    return once.map((e) => (e === this.at || e.note === '' ? e : { ...e, note: '' }));
  }

  private choose(): void {
    const { events } = this.trace;
    const direct = accessesBehind(events, this.at);
    const decisive = this.decisive();
    const written = [...direct, ...decisive].flatMap((e) => [e, ...this.writersOf(e)]).filter((e) => this.spanOf(e) !== this.spanOf(this.at));
    const foreign = written.filter((e) => isOther(e, this.at));
    const stands = this.interrupted().flatMap((contexts) => contexts.filter(isAccess).slice(-1));
    const readOfForeign = decisive.filter((e) => this.writersOf(e).some((w) => foreign.includes(w)));
    const atEnd = !isAccess(this.at);
    this.choice.add(1, this.running([...direct, ...foreign, ...stands, ...readOfForeign, ...this.ofProperty()]));
    this.choice.add(atEnd ? 1 : 5, this.clobbered());
    this.choice.add(atEnd ? 4 : 2, this.running(decisive.slice(-DECISIVE_MAX)));
    this.choice.add(3, this.running([...written, ...this.interrupted().flatMap((e) => this.changedByInnermost(e))]));
    this.choice.add(4, this.running(direct.flatMap((e) => accessesBehind(events, e))));
  }

  /** In the order of the execution; the entry of an operation stands before the first of its other rows. */
  private inOrder(indices: readonly number[]): Event[] {
    const position = (index: number): number => {
      const later = indices.filter((i) => i !== index && this.entriesOf([i])[0] === index);
      return later.length > 0 ? Math.min(...later) - 0.5 : index;
    };
    const placed = indices.map((index) => ({ index, at: position(index) })).sort((a, b) => a.at - b.at);
    return placed.flatMap(({ index }) => this.trace.events[index] ?? []);
  }

  /** The operation an event belongs to. */
  private spanOf(e: Event): OperationSpan | undefined {
    return this.trace.operations.findLast((o) => o.actor === e.actor && o.began !== null && o.began <= e.index);
  }

  private running(events: readonly Event[]): Event[] {
    return events.filter((e) => !e.setUp && e.index < this.at.index);
  }

  /** What decided the branches of the operation that violates, in order. */
  private decisive(): Event[] {
    const found = new Set(this.own.filter((e) => e.access === 'branch').flatMap((e) => accessesBehind(this.trace.events, e)));
    return this.own.filter((e) => found.has(e));
  }

  private writersOf(read: Event): Event[] {
    const written = read.uses.flatMap((i) => this.trace.events[i] ?? []);
    return written.filter((e) => e.access === 'write' || e.access === 'rmw' || e.op === 'copy');
  }

  /** For each interrupted context what it has done. */
  private interrupted(): Event[][] {
    return this.violation.interrupted.map(({ actor }) => {
      const ofActor = this.past.filter((e) => e.actor === actor);
      const activation = ofActor.at(-1)?.activation;
      return ofActor.filter((e) => e.activation === activation);
    });
  }

  /** What the function that is interrupted has changed in its current call, and the functions it called. */
  private changedByInnermost(events: readonly Event[]): Event[] {
    const last = events.at(-1);
    if (!last) return [];
    const depth = last.frames.length - (last.access === 'leave' ? 1 : 0);
    const name = last.frames[depth - 1]?.function;
    const left = events.findLastIndex((e) => e.frames.length < depth || (e.frames.length === depth && e.frames[depth - 1]?.function !== name));
    return events.slice(left + 1).filter(changes);
  }

  /** Where irqs, locks or preemption are the question: what changed them. */
  private ofProperty(): Event[] {
    const about = `${this.violation.property} ${this.violation.detail}`;
    if (/\birqs?\b|interrupts/u.test(about)) return this.own.filter((e) => e.op === 'irq' || e.op === 'unlock');
    return /preempt|lock/u.test(about) ? this.own.filter((e) => e.access === 'lock') : [];
  }

  /** Writes over what another context had written, with that write and what the first had read before it: lost updates. */
  private clobbered(): Event[] {
    const found: Event[] = [];
    const writers = new Map<string, Event>();
    const readers = new Map<string, Event>();
    for (const e of this.past) {
      if (e.location === null || e.access === 'lock' || e.access === 'call') continue;
      const cell = `${e.location.object}+${e.location.offset}`;
      const own = `${cell} ${e.actor}.${e.activation}`;
      const before = writers.get(cell);
      if (e.access === 'write' && before && isOther(before, e)) found.push(before, e, ...[readers.get(own) ?? []].flat());
      if (e.access === 'read') readers.set(own, e);
      else writers.set(cell, e);
    }
    return found;
  }

  /** The rows that say which functions the contexts of some events were told to run. */
  private entriesOf(indices: readonly number[]): number[] {
    return indices.flatMap((index) => {
      const e = this.trace.events[index];
      const entry = e ? this.spanOf(e)?.began : undefined;
      return entry === undefined || entry === null ? [] : [entry];
    });
  }
}

/** Labels of operations completed before event `first`, those repeated in a row once: `hit (3 times)`. */
function completedBefore(operations: readonly OperationSpan[], first: number): string[] {
  const done = operations.filter((o) => o.completed && !o.label.startsWith('initcall ') && (o.setUp || (o.ended !== null && o.ended < first)));
  const labels = done.map((o) => (o.setUp ? o.label : `${o.by}: ${o.label}`));
  const folded: string[] = [];
  for (let i = 0; i < labels.length;) {
    let end = i;
    while (end < labels.length && labels[end] === labels[i]) end += 1;
    folded.push((labels[i] ?? '') + (end - i > 1 ? ` (${end - i} times)` : ''));
    i = end;
  }
  return folded;
}

/** Folds a trace around a violation; a violation without an event gives no rows. */
export function foldTrace(trace: Trace, marked: Marked, rowsMax: number = ROWS_MAX): Folded {
  const at = marked.event === null ? undefined : trace.events[marked.event];
  const rows = at ? new Folder(trace, at, marked.violation).rows(rowsMax) : [];
  const first = Math.min(trace.events.length, ...rows.map((e) => e.index));
  return { after: completedBefore(trace.operations, first), rows };
}
