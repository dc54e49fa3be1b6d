/**
 * @module The orders in which tasks and interrupts may do what they do, operation by operation: tasks take turns in all ways, an interrupt comes
 * between two operations of its CPU and nests as the kernel's contexts do; others wait until it is over, since a sequence has one
 * line at a time. They are counted and not listed, so that some of them can be taken evenly out of very many.
 */
import { withEnd } from './sequence.js';
import type { Action, Line, Sequence, Who } from './sequence.js';
import type { Strand, Way } from './strands.js';

/** Where everyone stands. */
interface Place {
  /** By strand: operations done, of an interrupt those of its last arrival. */
  readonly done: readonly number[];
  /** By strand: arrivals still to come. */
  readonly left: readonly number[];
  /** Interrupts under way, the innermost last. */
  readonly stack: readonly number[];
  /** By CPU: the strand of the task that ran last. */
  readonly last: readonly (number | undefined)[];
}

/** `step`: the strand's next operation; `arrive`, `leave`: of an interrupt. */
interface Move {
  readonly what: 'step' | 'arrive' | 'leave';
  readonly strand: number;
}

const DEPTH = { task: 0, softirq: 1, hardirq: 2, nmi: 3 } as const;

/** A deed after its task's exit is somebody else's: what is left of files and what interrupts whoever is there then. */
const AFTER_EXIT: Who = 'm';

export class Orders {
  private readonly counts = new Map<string, number>();
  private readonly begin: Place;

  constructor(private readonly way: Way) {
    const { strands } = way;
    this.begin = { done: strands.map(() => 0), left: strands.map(({ kind, times }) => (kind === 'task' ? 0 : times)), stack: [], last: [] };
  }

  get count(): number {
    return this.countFrom(this.begin);
  }

  /** The order of that number, of `count`. */
  sequence(index: number): Sequence {
    const text = new Writer(this.way);
    let [place, rest] = [this.begin, index];
    for (let moves = this.moves(place); moves.length > 0; moves = this.moves(place)) {
      for (const move of moves) {
        const next = this.after(place, move);
        const behind = this.countFrom(next);
        if (rest >= behind) {
          rest -= behind;
          continue;
        }
        text.write(move, this.host(place, move.strand));
        place = next;
        break;
      }
    }
    return withEnd(text.lines);
  }

  private countFrom(place: Place): number {
    const key = JSON.stringify(place);
    const known = this.counts.get(key);
    if (known !== undefined) return known;
    const moves = this.moves(place);
    const count = moves.length === 0 ? 1 : moves.reduce((sum, move) => sum + this.countFrom(this.after(place, move)), 0);
    this.counts.set(key, count);
    return count;
  }

  private moves({ done, left, stack }: Place): Move[] {
    const { strands } = this.way;
    const top = stack.at(-1);
    const inner = top === undefined ? undefined : strands[top];
    const arrivals = strands.flatMap((strand, i): Move[] => {
      const fits = !inner || (strand.cpu === inner.cpu && DEPTH[strand.kind] > DEPTH[inner.kind]);
      return strand.kind !== 'task' && (left[i] ?? 0) > 0 && fits ? [{ what: 'arrive', strand: i }] : [];
    });
    if (top !== undefined) return [{ what: (done[top] ?? 0) < (inner?.atoms.length ?? 0) ? 'step' : 'leave', strand: top }, ...arrivals];
    const tasks = strands.flatMap((strand, i): Move[] => (strand.kind === 'task' && (done[i] ?? 0) < strand.atoms.length && this.isBorn(done, strand) ? [{ what: 'step', strand: i }] : []));
    return [...tasks, ...arrivals];
  }

  private after(place: Place, { what, strand }: Move): Place {
    const put = (list: readonly number[], value: number): number[] => list.map((old, i) => (i === strand ? value : old));
    switch (what) {
      case 'arrive': return { ...place, done: put(place.done, 0), left: put(place.left, (place.left[strand] ?? 0) - 1), stack: [...place.stack, strand] };
      case 'leave': return { ...place, stack: place.stack.slice(0, -1) };
      case 'step': {
        const { kind = 'task', cpu = 0 } = this.way.strands[strand] ?? {};
        const last = kind === 'task' ? Object.assign([...place.last], { [cpu]: strand }) : place.last;
        return { ...place, done: put(place.done, (place.done[strand] ?? 0) + 1), last };
      }
    }
  }

  /** A child whose birth is one of the operations is there after it. */
  private isBorn(done: readonly number[], { by }: Strand): boolean {
    return this.way.strands.every(({ atoms }, i) => {
      const birth = atoms.findIndex((atom) => atom.some((deed) => 'fork' in deed && deed.fork === by));
      return birth < 0 || birth < (done[i] ?? 0);
    });
  }

  private isOver(done: readonly number[], strand: number): boolean {
    return this.way.strands[strand]?.atoms.slice(0, done[strand]).some((atom) => atom.some((deed) => 'exit' in deed)) ?? false;
  }

  /** The task that the strand's operation is on: itself, or the one that it interrupts. */
  private host({ done, last }: Place, strand: number): Who {
    const { strands } = this.way;
    const { kind, cpu, by } = strands[strand] ?? {};
    if (kind === 'task') return by === undefined || by === null || this.isOver(done, strand) ? AFTER_EXIT : by;
    const there = strands.flatMap((s, i) => (s.kind === 'task' && s.cpu === cpu && this.isBorn(done, s) && !this.isOver(done, i) ? [i] : []));
    const chosen = there.find((i) => i === last[cpu ?? 0]) ?? there[0];
    return strands[chosen ?? -1]?.by ?? AFTER_EXIT;
  }
}

const STATE: Action = { act: 'state' };

/** Writes moves as lines: an interrupt as what is between its brackets, in one line of the task that it interrupts. */
class Writer {
  readonly lines: Line[];
  private readonly bodies: Action[][] = [];

  constructor(private readonly way: Way) {
    this.lines = [...way.setUp];
  }

  private readonly at: number[] = [];

  write({ what, strand: index }: Move, host: Who): void {
    const strand = this.way.strands[index];
    if (!strand) return;
    if (what === 'arrive') {
      this.bodies.push([]);
      this.at[index] = 0;
      return;
    }
    if (what === 'leave' && strand.kind !== 'task') return this.put({ act: strand.kind, body: this.bodies.pop() ?? [] }, host);
    const place = this.at[index] ?? 0;
    this.at[index] = place + 1;
    for (const deed of strand.atoms[place] ?? []) {
      if (!('actions' in deed)) this.lines.push({ by: host, deed });
      // What a task runs in the kernel once it has exited nobody else does.
      else if (strand.kind !== 'task' || host !== AFTER_EXIT) for (const action of deed.actions) this.put(action, host);
    }
  }

  private put(action: Action, host: Who): void {
    const body = this.bodies.at(-1);
    if (body) body.push(action);
    else this.lines.push({ by: host, deed: { actions: [action, STATE] } });
  }
}
