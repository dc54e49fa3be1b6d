/**
 * @module A sequence as a scenario, and whose move is next: an actor for each task and for each bracket, its operations those of
 * simulator/kcov, each beginning with a move of its own so that nothing is done before its turn.
 */
import { compare, compareSwitch, close, disable, enable, exit, fork, hit, initTrace, mmap, open, readCommonHandle, remoteEnable, remoteStart, remoteStop, unknownIoctl } from '../../../simulator/kcov/operations.js';
import type { KcovView } from '../../../simulator/kcov/contract.js';
import { device, setDevice, who } from '../../../simulator/kcov/contract.js';
import type { Ghost } from '../../../simulator/kcov/ghost.js';
import { LABEL_FIRST, isLabel } from '../../../simulator/kcov/ghost.js';
import type { Step } from '../../../simulator/kcov/operation.js';
import { locate } from '../../../simulator/machine/address.js';
import type { ContextKind } from '../../../simulator/machine/state.js';
import { canonical, U64 } from '../../../simulator/machine/value.js';
import type { Value } from '../../../simulator/machine/value.js';
import { NotModelledReached } from '../../../simulator/machine/violation.js';
import type { Actor, Scenario } from '../../../simulator/scenario/scenario.js';
import { deedsIn } from './sequence.js';
import type { Action, Call, Line, OwnDeed, Part, Sequence, Who } from './sequence.js';

/** `length`: how many directions are its body's and its end's. */
export type Direction =
  | { readonly what: 'operate' | 'leave'; readonly actor: number }
  | { readonly what: 'interrupt'; readonly actor: number; readonly length: number }
  /** From here to `disarm` the interrupt may come before any move: `body` is what it does, its end included. */
  | { readonly what: 'arm'; readonly actor: number; readonly body: readonly Direction[] }
  | { readonly what: 'disarm' | 'live' }
  /** What is done at the same time. */
  | { readonly what: 'race'; readonly parts: readonly RacingPart[] };

/** What one does at the same time as others, on a CPU of its own. */
export interface RacingPart extends Directed {
  readonly cpu: number;
}

/** What is done in a line, and the actor of the task that does it. */
export interface Directed {
  readonly by: number;
  readonly directions: readonly Direction[];
}

export interface Directions {
  readonly scenario: Scenario<Ghost>;
  readonly lines: readonly Directed[];
  /** What came of the operations made so far; whoever follows the directions empties it. */
  readonly tokens: string[];
  /** `met`: the kernel was misused, and the contract promises nothing from then on. `taints`: in a way that later sequences of the boot may feel. */
  readonly misuse: { met: boolean; taints: boolean };
}

/** Of the kernel under test; all that a sequence does is on the first, but for what is done at the same time. */
export const CPUS = 2;

const ARGUMENT_BYTES = 24 + 8 * 512;
/** Of the kernel under test. */
const PAGE_WORDS = 512;
const TABLE_BYTES = 8 * 16;

/** Contexts in which no version takes a section. */
const REFUSED_IN: ReadonlySet<ContextKind> = new Set(['hardirq', 'nmi']);

/** An operation that begins in its turn, and says its result if it is given how. */
function inTurn(step: Step, tokens: string[], says?: (result: bigint) => string): Step {
  return {
    ...step, begin: () => null, ways: () => [{ begin: (view) => step.begin(view) }],
    end(view, result) {
      if (says) tokens.push(says(BigInt(result)));
      step.end(view, result);
    },
  };
}

/** True while user space has a descriptor of a device, or is about to get one. */
const isThere = (view: KcovView, name: string): boolean => device(view, name).state !== 'closed' && !device(view, name).abandoned;

/** A call on a file: what is done on one that is not there is nothing, and so is opening one that is. */
function onDevice(name: string, step: Step, tokens: string[]): Step {
  const called = inTurn(step, tokens, (result) => String(BigInt.asIntN(32, result)));
  const begin = (view: KcovView): ReturnType<Step['begin']> => {
    const invocation = device(view, name).abandoned ? null : step.begin(view);
    if (!invocation) tokens.push('-');
    return invocation;
  };
  return { ...called, ways: () => [{ begin }] };
}

/** An operation that only looks, or writes as user space does. */
function seen(label: string, look: (view: KcovView) => void): Step {
  return {
    label, begin: () => null, end: () => undefined, calls: [],
    ways: () => [{
      begin(view) {
        look(view);
        return null;
      },
    }],
  };
}

/** The upper bits of what points into a kernel. */
const KERNEL_BITS = 0x1ffffn;
/** More objects than any sequence has. */
const OBJECTS_MAX = 100_000;

/** Labels that ./driver.c has functions for. */
const LABELS = 24;

/** A word as ./init.c says it; where something is in memory tells nothing, and a PC of which a half was overwritten is none. */
function wordText(value: Value | null): string {
  if (value === null) return '?';
  if (isLabel(value)) return Number(value) - LABEL_FIRST < LABELS ? `PC${Number(value) - LABEL_FIRST}` : 'ptr';
  const word = BigInt.asUintN(64, BigInt(value));
  const object = locate(value)?.object ?? Infinity;
  return word >> 47n === KERNEL_BITS || object < OBJECTS_MAX ? 'ptr' : word.toString(16);
}

/** Pages that are mapped outlive the area of the kernel that they are of; the simulator has them no longer. */
function assertLives(view: KcovView, area: number): void {
  if (view.objectAt(view.addressOfObject(area)) === null) throw new NotModelledReached('user space looks at an area that is freed');
}

/** Records one after the other in which nothing is, as how many they are. */
function withoutBlanks(records: readonly string[]): string[] {
  const said: string[] = [];
  let blank = 0;
  for (const record of [...records, '']) {
    if (/^0(?:\/0)*$/u.test(record)) {
      blank += 1;
      continue;
    }
    if (blank > 0) said.push(`0*${blank}`);
    if (record !== '') said.push(record);
    blank = 0;
  }
  return said;
}

function areaText(view: KcovView, name: string): string {
  // The mode is that in which it was enabled last.
  const { area, words, mode } = device(view, name);
  if (area === null || !isThere(view, name)) return '-';
  assertLives(view, area);
  const base = view.addressOfObject(area);
  const count = BigInt.asUintN(64, BigInt(view.read(base, U64) ?? 0));
  const each = mode === 1 ? 4 : 1;
  const shown = Math.min(Number(count), Math.floor((words - 1) / each));
  const records = Array.from({ length: shown }, (_, i) => Array.from({ length: each }, (__, w) => wordText(view.read(base + 8 * (1 + i * each + w), U64))).join('/'));
  return [wordText(canonical(count)), ...withoutBlanks(records)].join(' ');
}

/** A field of the running task; 0 where its struct has none of that name. */
function taskField(view: KcovView, name: string, bytes: 4 | 8): bigint {
  const offset = view.offsetOf('task_struct', name);
  return offset === null ? 0n : BigInt(view.read(view.addressOf(view.task) + offset, { bytes, signed: false }) ?? 0);
}

/** kcov's fields of the running task, in the order of ./driver.c. */
function stateText(view: KcovView): string {
  const field = (name: string, bytes: 4 | 8): bigint => taskField(view, name, bytes);
  const is = (name: string): number => (field(name, 8) === 0n ? 0 : 1);
  const int = (name: string): bigint => BigInt.asIntN(32, field(name, 4));
  return [
    `mode:${field('kcov_mode', 4)} size:${field('kcov_size', 4)} area:${is('kcov_area')} kcov:${is('kcov')} seq:${int('kcov_sequence')} handle:${field('kcov_handle', 8).toString(16)} softirq:${field('kcov_softirq', 4)}`,
    `saved:${field('kcov_saved_mode', 4)}/${field('kcov_saved_size', 4)}/${is('kcov_saved_area')}/${is('kcov_saved_kcov')}/${int('kcov_saved_sequence')} irqs:${view.irqsOn ? 1 : 0}`,
  ].join(' ');
}

class Director {
  private readonly tokens: string[] = [];
  private readonly misuse = { met: false, taints: false };
  private readonly actors: (Actor<Ghost> & { readonly operations: Step[] })[] = [];
  private readonly tasks = new Set<Who>();
  /** Where interrupts come. */
  private cpu = 0;
  private readonly tables: string[] = [];

  direct(sequence: Sequence): Directions {
    const lines = sequence.map((line) => ({ by: this.actorOf(line.by), directions: this.line(line) }));
    // A task that has nothing more to do could not have the CPU, and interrupts come on it.
    for (const actor of this.actors) if (actor.kind === 'task') actor.operations.push(seen('nothing', () => undefined));
    const devices = [...new Set(deedsIn(sequence).flatMap(({ deed }) => ('call' in deed ? [deed.device] : [])))];
    const races = sequence.some(({ deed }) => 'both' in deed);
    const scenario: Scenario<Ghost> = {
      name: 'sequence', checks: '', cpus: CPUS, preemptions: Number.MAX_SAFE_INTEGER, ...(races ? { migrations: Number.MAX_SAFE_INTEGER } : {}), tasks: [...this.tasks], setUp: [], actors: this.actors, allocationsFail: false, constants: {},
      objects: [
        { name: 'inode', bytes: 64 }, ...this.tables.map((name) => ({ name, bytes: TABLE_BYTES })),
        ...devices.flatMap((d) => [{ name: `file:${d}`, struct: 'file' }, { name: `vma:${d}`, struct: 'vm_area_struct' }, { name: `arg:${d}`, bytes: ARGUMENT_BYTES }]),
      ],
    };
    return { scenario, lines, tokens: this.tokens, misuse: this.misuse };
  }

  private actorOf(who: Who): number {
    if (this.tasks.has(who)) return this.actors.findIndex((a) => a.task === who);
    this.tasks.add(who);
    return this.add({ name: who, letter: 't', kind: 'task', cpu: 0, task: who, operations: [], times: 1 });
  }

  private add(actor: Director['actors'][number]): number {
    this.actors.push(actor);
    return this.actors.length - 1;
  }

  private operation(actor: number, step: Step): Direction {
    this.actors[actor]?.operations.push(step);
    return { what: 'operate', actor };
  }

  private line({ by, deed }: Line): Direction[] {
    if ('both' in deed) return [{ what: 'race', parts: deed.both.map((part) => this.part(part)) }];
    return this.own(by, deed);
  }

  private part({ by, cpu, deeds }: Part): RacingPart {
    this.cpu = cpu;
    const directions = deeds.flatMap((own) => this.own(by, own));
    this.cpu = 0;
    return { by: this.actorOf(by), cpu, directions };
  }

  private own(by: Who, deed: OwnDeed): Direction[] {
    const actor = this.actorOf(by);
    if ('fork' in deed) this.actorOf(deed.fork);
    if ('live' in deed) return [{ what: 'live' }];
    if ('actions' in deed) return deed.actions.flatMap((action) => this.action(actor, action));
    return [this.operation(actor, this.step(deed))];
  }

  private step(deed: Exclude<OwnDeed, { actions: unknown } | { live: unknown }>): Step {
    if ('call' in deed) return this.call(deed);
    return inTurn('fork' in deed ? fork(deed.fork) : this.exit(), this.tokens);
  }

  private call(call: Call): Step {
    const { device: name } = call;
    const result = (step: Step): Step => onDevice(name, step, this.tokens);
    switch (call.call) {
      case 'open': return result(open(name));
      case 'close': return result(close(name));
      case 'ioctl': return result(unknownIoctl(name));
      case 'init': return result(initTrace(name, call.words));
      case 'mmap': return this.mapping(name, call.words, result(mmap(name, call.words, call.page)));
      case 'enable': return result(enable(name, call.arg));
      case 'disable': return result(disable(name, call.arg));
      case 'remote': {
        const { mode, areaWords, common, count, handles } = call;
        return result(remoteEnable(name, { mode, areaWords, handles, count, ...(common === 0n ? {} : { common }) }));
      }
      case 'read': return seen(`read ${name}`, (view) => this.tokens.push(areaText(view, name)));
      case 'poke': return seen(`poke ${name}`, (view) => this.poke(view, name, call));
    }
  }

  /** A mapping that was made without pages, or with too few, is said to be. */
  private mapping(name: string, words: number, step: Step): Step {
    return {
      ...step,
      end: (view, result) => {
        step.end(view, result);
        const { pages } = device(view, name);
        if (Number(result) === 0 && pages * PAGE_WORDS < words) this.tokens.push(`pages:${pages}`);
      },
    };
  }

  private poke(view: KcovView, name: string, { word, value }: Extract<Call, { call: 'poke' }>): void {
    const { area, words } = device(view, name);
    if (area === null || !isThere(view, name) || word >= words) this.tokens.push('-');
    else {
      assertLives(view, area);
      view.write(view.addressOfObject(area) + 8 * word, U64, canonical(value));
      setDevice(view, name, { scribbled: true });
    }
  }

  private action(actor: number, action: Action): Direction[] {
    const plain = (step: Step): Direction[] => [this.operation(actor, inTurn(step, this.tokens))];
    switch (action.act) {
      case 'hit': return plain(hit(action.label));
      case 'hits': return Array.from({ length: action.times }, () => plain(hit(action.label))).flat();
      case 'cmp': case 'const': return plain(compare(action.label, action.bytes, { constant: action.act === 'const', operands: action.operands }));
      case 'switch': return plain(this.switchOf(action));
      case 'start': return plain(remoteStart(action.handle, { mayRefuse: REFUSED_IN.has(this.actors[actor]?.kind ?? 'task') }));
      case 'stop': return plain(this.stop());
      case 'handle': return [this.operation(actor, inTurn(readCommonHandle(), this.tokens, (result) => result.toString(16)))];
      case 'state': return [this.operation(actor, seen('state', (view) => this.tokens.push(stateText(view))))];
      case 'disarm': return [{ what: 'disarm' }];
      case 'at': {
        const [entry, ...body] = this.interrupt(action.kind, action.body);
        return entry?.what === 'interrupt' ? [{ what: 'arm', actor: entry.actor, body }] : [];
      }
      default: return this.interrupt(action.act, action.body);
    }
  }

  /**
   * The end of a section that did not begin. In a task that has coverage enabled it ends that; in an interrupt it should do nothing,
   * and where it does, with what others left behind.
   */
  private stop(): Step {
    const step = remoteStop();
    let before: string | null = null;
    return {
      ...step,
      begin: (view) => {
        const enabled = Object.values(view.ghost.devices).some((d) => d.state === 'enabled' && d.owner === view.task);
        // The user's own area would be kept for other sections, or what is at NULL.
        if (view.kind === 'task' && enabled) [this.misuse.met, this.misuse.taints] = [true, true];
        before = view.kind === 'task' || view.ghost.sections[who(view)] ? null : stateText(view);
        return step.begin(view);
      },
      end: (view, result, ...rest) => {
        if (before !== null && stateText(view) !== before) this.misuse.taints = true;
        step.end(view, result, ...rest);
      },
    };
  }

  /** A task that is over while a softirq's section goes on takes the buffer with it, of which there is one for each CPU. */
  private exit(): Step {
    const step = exit();
    return {
      ...step,
      begin: (view) => {
        if (taskField(view, 'kcov_softirq', 4) !== 0n) this.misuse.taints = true;
        return step.begin(view);
      },
    };
  }

  private switchOf({ label, bits, value, cases }: Extract<Action, { act: 'switch' }>): Step {
    const table = `table${this.tables.length}`;
    this.tables.push(table);
    return compareSwitch(label, table, { bytes: (bits / 8) as 1, value: Number(value), cases: cases.map(Number) });
  }

  private interrupt(kind: Exclude<ContextKind, 'task'>, body: readonly Action[]): Direction[] {
    const actor = this.add({ name: `${kind}${this.actors.length}`, letter: kind.charAt(0), kind, cpu: this.cpu, operations: [], times: 1 });
    const inside = body.flatMap((action) => this.action(actor, action));
    return [{ what: 'interrupt', actor, length: inside.length + 1 }, ...inside, { what: 'leave', actor }];
  }
}

/** Who does what, in which order. */
export function directionsOf(sequence: Sequence): Directions {
  return new Director().direct(sequence);
}

