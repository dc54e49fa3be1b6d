/**
 * @module Who has each CPU, row by row: what interrupts what, what goes on afterwards. Told from the order of the rows and from what
 * may interrupt what, so that a trace that leaves rows out is read the same way.
 */
import { rankOf, type Lane } from './lane.js';

/** Why another lane moves than before: `beside` is another CPU, `begins` what nothing in view leads to. */
export type Change = 'begins' | 'interrupts' | 'returns' | 'switches' | 'beside';

/** The change right before a row. */
export interface Turn {
  readonly change: Change;
  /** The lane that is interrupted, or that ended; null for `begins` and `beside`. */
  readonly from: number | null;
  /** A lane that was interrupted all the time and is seen only now: from when the lane above it began. */
  readonly unseen?: true;
}

/** One CPU: the contexts on it, the one that runs last, and what tasks that the scheduler took off it have. */
interface Cpu {
  stack: number[];
  readonly parked: Map<string, number[]>;
}

export class Turns {
  private readonly cpus = new Map<number, Cpu>();
  private last: number | null = null;

  constructor(private readonly lanes: readonly Lane[]) {}

  /** The lane moves; null when it is the one that moved before. */
  move(lane: number): Turn | null {
    const before = this.last;
    this.last = lane;
    const to = this.lane(lane);
    const cpu = this.cpus.get(to.cpu) ?? { stack: [], parked: new Map<string, number[]>() };
    this.cpus.set(to.cpu, cpu);
    const turn = this.turnOn(cpu, lane);
    if (turn !== null) return turn;
    return before !== null && before !== lane ? { change: 'beside', from: null } : null;
  }

  /** Lanes that have their CPU now. */
  running(): number[] {
    return [...this.cpus.values()].flatMap(({ stack }) => stack.slice(-1));
  }

  /** Lanes that something interrupts now, or whose task the scheduler took off its CPU. */
  waiting(): number[] {
    return [...this.cpus.values()].flatMap(({ stack, parked }) => [...stack.slice(0, -1), ...[...parked.values()].flat()]);
  }

  private lane(index: number): Lane {
    const lane = this.lanes[index];
    if (!lane) throw new RangeError(`lane ${index} of ${this.lanes.length}`);
    return lane;
  }

  private turnOn(cpu: Cpu, lane: number): Turn | null {
    const top = cpu.stack.at(-1);
    if (top === lane) return null;
    if (top === undefined) {
      cpu.stack.push(lane);
      return { change: this.cpus.size > 1 ? 'beside' : 'begins', from: null };
    }
    const other = this.switched(cpu, lane, top);
    if (other !== null) return other;
    if (cpu.stack.includes(lane)) {
      while (cpu.stack.at(-1) !== lane) cpu.stack.pop();
      return { change: 'returns', from: top };
    }
    return this.nested(cpu, lane, top);
  }

  /** Another task gets the CPU; null when it is the same one. */
  private switched(cpu: Cpu, lane: number, top: number): Turn | null {
    const bottom = cpu.stack[0];
    const [of, to] = [bottom === undefined ? null : this.lane(bottom).task, this.lane(lane).task];
    if (of === null || to === null || of === to) return null;
    // Hardirqs and NMIs are of no task: they have ended before it was switched.
    cpu.parked.set(of, cpu.stack.filter((one) => this.lane(one).task === of));
    const parked = cpu.parked.get(to) ?? [];
    cpu.parked.delete(to);
    cpu.stack = parked.includes(lane) ? parked.slice(0, parked.indexOf(lane) + 1) : [...parked.filter((one) => rankOf(this.lane(one)) < rankOf(this.lane(lane))), lane];
    return { change: 'switches', from: top };
  }

  /** A lane that is not on the CPU yet: it interrupts what is below it, after what is not below it has ended. */
  private nested(cpu: Cpu, lane: number, top: number): Turn {
    const rank = rankOf(this.lane(lane));
    while (cpu.stack.length > 0 && rankOf(this.lane(cpu.stack.at(-1) ?? lane)) >= rank) cpu.stack.pop();
    const below = cpu.stack.at(-1);
    for (const [task, parked] of cpu.parked) cpu.parked.set(task, parked.filter((one) => one !== lane));
    cpu.stack.push(lane);
    if (below !== undefined) return { change: 'interrupts', from: below };
    return rankOf(this.lane(top)) > rank ? { change: 'returns', from: top, unseen: true } : { change: 'begins', from: null };
  }
}
