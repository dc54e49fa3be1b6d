/**
 * @module A scenario of the simulator in the words of sequences: what each of its tasks and interrupts does, in each way in which they
 * may choose. Sizes of areas become pages of a real kernel. What a sequence cannot say is refused with its reason.
 */
import type { Code } from '../../../simulator/machine/code.js';
import type { ContextKind } from '../../../simulator/machine/state.js';
import { hostileValues } from '../../../simulator/scenario/hostile-values.js';
import type { KcovScenario } from '../../../simulator/scenario/kcov-scenario.js';
import { PAGE_WORDS } from '../../../simulator/kcov/operations.js';
import type { Action, Call, Line, OwnDeed, Who } from './sequence.js';

type Operation = KcovScenario['actors'][number]['operations'][number];
type SimulatedDeed = NonNullable<Operation['deed']>;

/** One operation, and what user space does right after it. */
export type Atom = readonly OwnDeed[];

/** What one task or interrupt does, in order. */
export interface Strand {
  /** Null for an interrupt, which runs on whatever task is there. */
  readonly by: Who | null;
  readonly kind: ContextKind;
  readonly cpu: number;
  readonly atoms: readonly Atom[];
  /** How often it comes. */
  readonly times: number;
}

/** One way of a scenario. */
export interface Way {
  readonly setUp: readonly Line[];
  readonly strands: readonly Strand[];
}

/** Why a scenario is no sequence. */
export class CannotBeSaid extends Error {}

const REAL_PAGE_WORDS = 512;
/** Words from which on a size is meant as it is. */
const NO_AREA = 1024;

/** Pages of the largest area that the simulator has. */
const PAGES_MAX = 4;

/** Sizes of a scenario's areas as a kernel's: in the same order, and of whole pages. Those that kcov refuses stay. */
export function pagesFor(sizes: readonly number[]): ReadonlyMap<number, number> {
  const areas = [...new Set(sizes)].filter((words) => words >= 2 && words < NO_AREA).sort((a, b) => a - b);
  if (areas.some((words) => words % PAGE_WORDS !== 0)) throw new CannotBeSaid('an area that ends within a page');
  if (areas.length > PAGES_MAX) throw new CannotBeSaid(`areas of more than ${PAGES_MAX} sizes`);
  return new Map(areas.map((words, i) => [words, (i + 1) * REAL_PAGE_WORDS]));
}

/** What of a scenario as a whole no sequence says. */
function checkSayable({ rt, switchReturnAddress, actors }: KcovScenario): void {
  if (rt !== undefined) throw new CannotBeSaid('PREEMPT_RT');
  if (switchReturnAddress !== undefined) throw new CannotBeSaid('instrumented code in a context switch');
  if (actors.some((a) => a.early && a.times > 0)) throw new CannotBeSaid('early irq code');
}

/** What is said of a scenario, and something of it is not. */
export const asideOf = ({ allocationsFail }: KcovScenario): string[] => (allocationsFail ? ['allocations that fail'] : []);

/** Modes by device: how many words its records have. */
type RecordWords = ReadonlyMap<string, number>;

const deedsOf = ({ setUp, actors }: KcovScenario): SimulatedDeed[] => [...setUp, ...actors].flatMap(({ operations }) => operations.flatMap(({ deed }) => deed ?? []));

function recordWordsOf(scenario: KcovScenario): RecordWords {
  const modes = deedsOf(scenario).flatMap((deed): [string, number][] => {
    if (deed.does === 'enable') return [[deed.device, deed.arg === 1 ? 4 : 1]];
    return deed.does === 'remote' ? [[deed.device, deed.remote.mode === 'KCOV_TRACE_CMP' || deed.remote.mode === 1 ? 4 : 1]] : [];
  });
  return new Map(modes.reverse());
}

const MODES = { KCOV_TRACE_PC: 0, KCOV_TRACE_CMP: 1 } as const;

function callOf(deed: SimulatedDeed, scaled: (words: number) => number = (words) => words): Call | null {
  switch (deed.does) {
    case 'open': case 'close': return { call: deed.does, device: deed.device };
    case 'unknown': return { call: 'ioctl', device: deed.device };
    case 'init': return { call: 'init', device: deed.device, words: scaled(deed.words) };
    case 'mmap': return { call: 'mmap', device: deed.device, words: scaled(deed.words), page: deed.page };
    case 'enable': case 'disable': return { call: deed.does, device: deed.device, arg: deed.arg };
    case 'remote': {
      const { areaWords, handles, common = 0n, mode = 'KCOV_TRACE_PC', count = handles.length } = deed.remote;
      return { call: 'remote', device: deed.device, mode: typeof mode === 'number' ? mode : MODES[mode], areaWords, common, count, handles };
    }
    case 'read': return { call: 'read', device: deed.device };
    default: return null;
  }
}

function actionOf(deed: SimulatedDeed): Action | null {
  switch (deed.does) {
    case 'hit': return { act: 'hit', label: deed.label };
    case 'compare': return { act: deed.constant ? 'const' : 'cmp', label: deed.label, bytes: deed.bytes, operands: deed.operands };
    case 'switch': return { act: 'switch', label: deed.label, bits: 8 * deed.bytes, value: BigInt(deed.value), cases: deed.cases.map(BigInt) };
    case 'start': return { act: 'start', handle: deed.handle };
    case 'stop': return { act: 'stop' };
    case 'common-handle': return { act: 'handle' };
    default: return null;
  }
}

/** Names of the scenario's tasks as a sequence has them: threads of user space where they call anything, else kernel threads. */
function namesOf(scenario: KcovScenario): Map<string, Who> {
  const parts = [...scenario.setUp, ...scenario.actors.filter((a) => a.kind === 'task')].map(({ task, operations }) => ({ task: task ?? '', operations }));
  const deeds = (name: string): SimulatedDeed[] => parts.filter(({ task }) => task === name).flatMap(({ operations }) => operations.flatMap(({ deed }) => deed ?? []));
  const children = new Set(scenario.tasks.flatMap((name) => deeds(name).flatMap((deed) => (deed.does === 'fork' ? [deed.child] : []))));
  const isUser = (name: string): boolean => children.has(name) || deeds(name).some((deed) => callOf(deed) !== null || ['fork', 'exit', 'scribble', 'change-handles'].includes(deed.does));
  const names = new Map<string, Who>();
  for (const [letter, list] of [['t', scenario.tasks.filter(isUser)], ['k', scenario.tasks.filter((name) => !isUser(name))]] as const) list.forEach((name, i) => names.set(name, `${letter}${i}` as Who));
  return names;
}

const toCall = (call: Call | null): Call[] => (call ? [call] : []);

class Translator {
  private readonly names: Map<string, Who>;
  private readonly recordWords: RecordWords;
  /** By device: words of its area. */
  private readonly words: ReadonlyMap<string, number>;
  private readonly pages: ReadonlyMap<number, number>;
  private readonly scaled = (words: number): number => this.pages.get(words) ?? words;

  /** `full`: areas are filled but for the room that the scenario's have. */
  constructor(private readonly code: Code, scenario: KcovScenario, private readonly full: boolean) {
    this.names = namesOf(scenario);
    this.recordWords = recordWordsOf(scenario);
    this.pages = pagesFor(deedsOf(scenario).flatMap((deed) => (deed.does === 'init' || deed.does === 'mmap' ? [deed.words] : [])));
    this.words = new Map(deedsOf(scenario).flatMap((deed): [string, number][] => (deed.does === 'init' ? [[deed.device, deed.words]] : [])));
  }

  who(task: string | undefined): Who {
    const name = this.names.get(task ?? '');
    if (name === undefined) throw new Error(`${task ?? 'nobody'} is no task`);
    return name;
  }

  /** Every list of atoms that the operations may come to. */
  ways(operations: readonly Operation[], from = 0): Atom[][] {
    const operation = operations[from];
    if (!operation) return [[]];
    const { deed } = operation;
    const rest = (skipped = 0): Atom[][] => this.ways(operations, from + 1 + skipped);
    if (deed?.does === 'choose') return (operation.ways?.(this.code) ?? []).flatMap(({ skips }) => rest(skips));
    if (deed?.does === 'fork' && operation.ways) {
      const { child } = deed;
      const others = operations.slice(from + 1).filter((o) => o.deed?.does !== 'fork' || o.deed.child !== child);
      return [...rest(), ...this.ways(others).map((way) => [[{ fork: this.who(child) }], ...way])];
    }
    const atoms = this.atoms(deed);
    return rest().flatMap((way) => (atoms.length === 0 ? [way] : atoms.map((atom) => [atom, ...way])));
  }

  /** An operation in each of its ways; none where a sequence says it with another. */
  private atoms(deed: SimulatedDeed | undefined): Atom[] {
    if (!deed) throw new CannotBeSaid('an operation that does not say what it is');
    switch (deed.does) {
      case 'exec': throw new CannotBeSaid('execve()');
      case 'change-handles': throw new CannotBeSaid('an argument that is written while a call reads it');
      case 'bottom-halves': throw new CannotBeSaid('PREEMPT_RT');
      case 'read': return deed.word === 0 ? [[{ call: 'read', device: deed.device }]] : [];
      case 'scribble': return this.scribbled(deed.device, deed.word);
      case 'fork': return [[{ fork: this.who(deed.child) }]];
      case 'exit': return [[{ exit: true }]];
      case 'mmap': return [[...toCall(callOf(deed, this.scaled)), ...(this.full && deed.page === 0 && deed.words < NO_AREA ? [this.fillUp(deed.device, deed.words)] : [])]];
      default: {
        const [calls, action] = [toCall(callOf(deed, this.scaled)), actionOf(deed)];
        return calls.length > 0 ? [calls] : action ? [[{ actions: [action] }]] : [];
      }
    }
  }

  /** The count with which a kernel's area has room for as many records as the scenario's has. */
  private fillUp(device: string, words: number): Call {
    const room = (size: number): number => Math.floor((size - 1) / (this.recordWords.get(device) ?? 1));
    return { call: 'poke', device, word: 0, value: BigInt(room(this.scaled(words)) - room(words)) };
  }

  private scribbled(device: string, word: number): Atom[] {
    return hostileValues(this.code, this.scaled(this.words.get(device) ?? 0)).map((value) => [{ call: 'poke', device, word, value: BigInt.asUintN(64, BigInt(value)) }]);
  }
}

/** One list out of each, in all combinations, the last running fastest. */
function combined<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((before) => list.map((one) => [...before, one])), [[]]);
}

/** A child that is not born in this way does nothing. */
function withoutUnborn(strands: readonly Strand[], unborn: readonly Who[]): Strand[] {
  const born = new Set(strands.flatMap(({ atoms }) => atoms.flat()).flatMap((deed) => ('fork' in deed ? [deed.fork] : [])));
  return strands.filter(({ by }) => by === null || !unborn.includes(by) || born.has(by));
}

/** All ways of a scenario, with roomy areas and with full ones. Throws CannotBeSaid. */
export function waysOf(code: Code, scenario: KcovScenario): Way[] {
  checkSayable(scenario);
  return [false, true].flatMap((full) => {
    const translator = new Translator(code, scenario, full);
    const setUp = scenario.setUp.flatMap(({ task, operations }) => (translator.ways(operations)[0] ?? []).flat().map((deed): Line => ({ by: translator.who(task), deed })));
    const actors = scenario.actors.filter(({ times }) => times > 0);
    const children = actors.flatMap(({ operations }) => operations.flatMap(({ deed }) => (deed?.does === 'fork' ? [translator.who(deed.child)] : [])));
    return combined(actors.map(({ operations }) => translator.ways(operations))).map((lists): Way => ({
      setUp,
      strands: withoutUnborn(actors.map(({ kind, cpu, task, times }, i) => ({ by: kind === 'task' ? translator.who(task) : null, kind, cpu, atoms: lists[i] ?? [], times })), children),
    }));
  });
}
