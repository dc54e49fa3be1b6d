/**
 * @module A trace folded for people: of all events the few that explain the violation. These are what the violating context
 * read that others had written, with who wrote it, what decided its branches, what the interrupted functions changed so
 * far, and where the contexts it interrupted stand. What was completed before becomes one line.
 */
import type { FrameRef, Violation } from '../machine/violation.js';
import { actionsOf } from './actions.js';
import type { Event } from './event.js';
import { overwrittenIn } from './overwritten.js';
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

/** Lines a folded trace has at most, one for each action: with its heading, what was before and the mark no more than fifteen. */
export const LINES_MAX = 12;
/** How far back reasons are followed. */
const DEPTH_MAX = 12;

const TOUCHES: ReadonlySet<Event['access']> = new Set(['read', 'write', 'rmw', 'lock', 'call']);
const isAccess = (e: Event): boolean => TOUCHES.has(e.access);
const changes = (e: Event): boolean => (e.access === 'write' || e.access === 'rmw') && e.oldValue !== e.newValue;
const isOther = (a: Event, b: Event): boolean => a.actor !== b.actor || a.activation !== b.activation;
/** Accesses that decide branches, shown at most. */
const DECISIVE_MAX = 5;
/** Rows that only fill up are taken while a trace has fewer lines than this. */
const FILLED_MAX = 6;
/** The rank of rows that only fill up. */
const FILLER = 6;

/** Steps along a list and warnings that did not come: they explain nothing unless the violation is about them. */
const walksList = (e: Event): boolean => e.access === 'read' && /(?:->|\.)(?:first|next|prev|pprev)$/u.test(e.target ?? '');
const checksForWarning = (e: Event): boolean => e.access === 'read' && /\bWARN(?:_ON|_ONCE|_ON_ONCE)?\(/u.test(e.text);
const countsReferences = (e: Event): boolean => e.access === 'rmw' && /\b(?:refcount|kref|atomic\w*)_(?:inc|dec|add|sub)/u.test(e.text);
const writesTheSame = (e: Event): boolean => (e.access === 'write' || e.access === 'rmw') && !changes(e);
const explainsNothing = (e: Event): boolean => walksList(e) || checksForWarning(e) || countsReferences(e) || writesTheSame(e);

const cellOf = (e: Event): string | null => (e.location === null ? null : `${e.location.object}+${e.location.offset}`);

/** The event is of the instruction that a frame stands at. */
function isAt(e: Event, frame: FrameRef | undefined): boolean {
  const own = e.frames.at(-1);
  return own !== undefined && own.functionIndex === frame?.functionIndex && own.pc === frame.pc;
}

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

  /** Indices with their ranks, best rank first, latest first within a rank. */
  inOrder(): { index: number; rank: number }[] {
    return [...this.ranked].sort(([a, x], [b, y]) => x - y || b - a).map(([index, rank]) => ({ index, rank }));
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

  rows(linesMax: number): Event[] {
    this.choose();
    const kept = new Set([this.at.index]);
    for (const entry of this.entriesOf([this.at.index])) kept.add(entry);
    for (const { index, rank } of this.choice.inOrder()) {
      const wanted = [...new Set([...kept, index, ...this.entriesOf([index])])];
      if (actionsOf(this.shown(wanted)).length <= (rank >= FILLER ? Math.min(linesMax, FILLED_MAX) : linesMax)) for (const i of wanted) kept.add(i);
    }
    return this.shown([...kept]);
  }

  /** Events as rows, in order, each said once. */
  private shown(indices: readonly number[]): Event[] {
    const rows = this.inOrder(indices);
    const once = rows.filter((e, i) => e === this.at || !saysTheSame(rows[i - 1], e));
    // Another violation on the way is a question of its own.
    return once.map((e) => (e === this.at || e.note === '' ? e : { ...e, note: '' }));
  }

  private choose(): void {
    const { events } = this.trace;
    const putOff = this.stillPutOff();
    this.add(1, [...putOff, ...putOff.flatMap((e) => this.wentFirst(e))]);
    const atEnd = !isAccess(this.at);
    const ofProperty = this.ofProperty();
    // What changed irqs or locks says it all: how the code came there is in the statements.
    if (atEnd && ofProperty.length > 0) return this.add(1, ofProperty);
    const direct = accessesBehind(events, this.at);
    const decisive = this.decisive(this.own);
    const refused = atEnd ? this.withoutEffect() : [];
    const read = [...direct, ...decisive, ...refused];
    const written = read.flatMap((e) => [e, ...this.writersOf(e).filter((w) => !this.isRestored(w, e))]).filter((e) => this.spanOf(e) !== this.spanOf(this.at));
    const foreign = written.filter((e) => isOther(e, this.at));
    const stands = this.interrupted().flatMap((contexts) => contexts.filter(isAccess).slice(-1));
    const readOfForeign = decisive.filter((e) => this.writersOf(e).some((w) => foreign.includes(w)));
    this.add(1, [...direct, ...foreign, ...stands, ...readOfForeign, ...ofProperty], [...direct, ...stands]);
    this.add(1, refused);
    this.add(2, readOfForeign.flatMap((e) => this.expectedIn(e)));
    const stale = this.clobbered();
    const clobbered = stale.length > 0 || readOfForeign.length > 0 ? stale : this.overwritten();
    this.add(atEnd ? 0 : 5, clobbered, clobbered);
    for (const pair of this.links([...direct, ...foreign, ...stands, ...readOfForeign, ...refused, ...clobbered])) this.add(1, pair);
    this.add(atEnd ? 4 : 2, decisive.filter((e) => this.isMade(e)).slice(-DECISIVE_MAX));
    this.add(FILLER, decisive.slice(-DECISIVE_MAX));
    this.add(3, [...written, ...this.interrupted().flatMap((e) => this.changedByInnermost(e))]);
    this.add(4, direct.flatMap((e) => accessesBehind(events, e)));
  }

  /** Accesses that were put off and not performed when it came to the violation. */
  private stillPutOff(): Event[] {
    const same = (a: Event, b: Event): boolean => a.actor === b.actor && a.frames.at(-1)?.functionIndex === b.frames.at(-1)?.functionIndex && a.frames.at(-1)?.pc === b.frames.at(-1)?.pc;
    return this.past.filter((e) => e.access === 'putOff' && !this.past.some((late) => late.index > e.index && late.access !== 'putOff' && late.remark !== undefined && same(e, late)));
  }

  /** What went before an access that is put off, and was seen by others: the write and the last read of it. */
  private wentFirst(putOff: Event): Event[] {
    const reads = this.past.filter((e) => isAccess(e) && isOther(e, putOff));
    return this.past.filter((e) => e.index > putOff.index && !isOther(e, putOff) && changes(e)).flatMap((write) => {
      const seen = reads.findLast((e) => e.uses.includes(write.index));
      return seen ? [write, seen] : [];
    });
  }

  /** Candidates of the running part; what explains nothing only where the violation itself is about it. */
  private add(rank: number, events: readonly Event[], about: readonly Event[] = []): void {
    this.choice.add(rank, this.running(events).filter((e) => about.includes(e) || !explainsNothing(e)));
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

  /** What decided the branches of an operation whose events these are, in order. */
  private decisive(own: readonly Event[]): Event[] {
    const found = new Set(own.filter((e) => e.access === 'branch').flatMap((e) => accessesBehind(this.trace.events, e)));
    return own.filter((e) => found.has(e));
  }

  /** It has its value from the execution: a result of a call, or a cell that was written, not what the scenario gives. */
  private isMade(e: Event): boolean {
    return e.access === 'call' || this.writersOf(e).length > 0;
  }

  /**
   * A write that only gives the reader back what its context had: the value read is the one that the context's own last
   * access of the cell left, whatever came in between.
   */
  private isRestored(write: Event, read: Event): boolean {
    if (!isOther(write, read)) return false;
    const cell = cellOf(read);
    const own = this.past.findLast((e) => e.index < write.index && !isOther(e, read) && isAccess(e) && cell !== null && cellOf(e) === cell);
    return own !== undefined && (own.newValue ?? own.oldValue) === read.oldValue;
  }

  /** The write by which the reader's own context had left the cell, before others changed it. */
  private expectedIn(read: Event): Event[] {
    const cell = cellOf(read);
    const own = this.past.findLast((e) => e.index < read.index && cell !== null && cellOf(e) === cell && changes(e) && !isOther(e, read));
    return own ? [own] : [];
  }

  /**
   * Where something is missing at the end: what decided the operation that ends with it, or else the first of the operations
   * that changed nothing shared, though another of the same label did. That is the one that was refused.
   */
  private withoutEffect(): Event[] {
    if (!/lost|missing/u.test(this.violation.property)) return [];
    if (!this.own.some(changes)) return this.decisive(this.own);
    const spans = this.trace.operations.filter((o) => !o.setUp && o.completed && o.began !== null && o.ended !== null && o.ended < this.at.index);
    const eventsOf = (span: OperationSpan): Event[] => this.past.filter((e) => this.spanOf(e) === span);
    const acted = spans.map((span) => ({ span, events: eventsOf(span) })).map((s) => ({ ...s, acts: s.events.some(changes) }));
    const refused = acted.find((s) => !s.acts && acted.some((o) => o.acts && o.events[0]?.function === s.events[0]?.function));
    return refused ? this.decisive(refused.events) : [];
  }

  /** Who gave a cell the value that was read; a write of the value it had already gives way to the one that changed it. */
  private writersOf(read: Event): Event[] {
    const written = read.uses.flatMap((i) => this.trace.events[i] ?? []).filter((e) => e.access === 'write' || e.access === 'rmw' || e.op === 'copy');
    return written.map((e) => {
      const cell = cellOf(e);
      if (cell === null || e.op === 'copy' || changes(e)) return e;
      return this.trace.events.findLast((o) => o.index < e.index && cellOf(o) === cell && changes(o)) ?? e;
    });
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
    const { related } = this.violation;
    if (related) return related.flatMap(({ at }) => this.past.findLast((e) => e.actor === at.actor && isAt(e, at.frames.at(-1))) ?? []);
    const about = `${this.violation.property} ${this.violation.detail}`;
    if (/\birqs?\b|interrupts/u.test(about)) return this.own.filter((e) => e.op === 'irq' || e.op === 'unlock');
    return /preempt|lock/u.test(about) ? this.own.filter((e) => e.access === 'lock') : [];
  }

  /**
   * For each context of which nothing is among some events: its latest write that decided a branch elsewhere, with the read.
   * A simplest schedule has no context without a part in it.
   */
  private links(shown: readonly Event[]): Event[][] {
    const contextOf = (e: Event): string => `${e.actor}.${e.activation}`;
    const known = new Set([this.at, ...this.running(shown)].map(contextOf));
    const missing = [...new Set(this.past.map(contextOf))].filter((context) => !known.has(context));
    if (missing.length === 0) return [];
    const pairs = this.decisive(this.past).flatMap((read) => this.writersOf(read).filter((write) => isOther(write, read)).map((write) => ({ write, read })));
    return missing.flatMap((context) => {
      const own = pairs.filter(({ write }) => contextOf(write) === context);
      const pair = own.findLast(({ write, read }) => this.firstWrite(write)?.oldValue !== read.oldValue) ?? own.at(-1);
      return pair ? [[pair.write, pair.read]] : [];
    });
  }

  /** The first change of a cell by the context that wrote it. */
  private firstWrite(write: Event): Event | undefined {
    return this.past.find((e) => !isOther(e, write) && changes(e) && cellOf(e) === cellOf(write));
  }

  /** Writes by a context that had read the cell before another one wrote it, with that read and write: lost updates. Of what is left behind, also where the read only decided. */
  private clobbered(): Event[] {
    const found: Event[] = [];
    const writers = new Map<string, Event>();
    const readers = new Map<string, Event>();
    const decisive = new Set(this.violation.property === 'leak' ? this.decisive(this.past) : []);
    for (const e of this.past) {
      const cell = cellOf(e);
      if (cell === null || e.access === 'lock' || e.access === 'call') continue;
      const own = `${cell} ${e.actor}.${e.activation}`;
      const [before, read] = [writers.get(cell), readers.get(own)];
      const isStale = before !== undefined && read !== undefined && isOther(before, e) && read.index < before.index;
      if (e.access === 'write' && isStale && (decisive.has(read) || accessesBehind(this.trace.events, e).includes(read))) found.push(before, e, read);
      if (e.access === 'read') readers.set(own, e);
      else writers.set(cell, e);
    }
    return found;
  }

  /** Of what is missing or left behind, where no value of another context explains it: what was written and written over unread, by whom. */
  private overwritten(): Event[] {
    if (!/lost|missing|leak/u.test(this.violation.property)) return [];
    return overwrittenIn(this.trace.events.filter((e) => e.index < this.at.index)).flatMap(({ write, by }) => [write, by]);
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
export function foldTrace(trace: Trace, marked: Marked, linesMax: number = LINES_MAX): Folded {
  const at = marked.event === null ? undefined : trace.events[marked.event];
  const rows = at ? new Folder(trace, at, marked.violation).rows(linesMax) : [];
  const first = Math.min(trace.events.length, ...rows.map((e) => e.index));
  return { after: completedBefore(trace.operations, first), rows };
}
