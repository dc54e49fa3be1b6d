/**
 * @module Sequences that run on the simulator and on a kernel: one operation after the other, each by a task, in an order that is
 * fixed but for a line in which several do something at the same time. Their text is what the kernel side reads (./init.c, ./driver.c); docs/conformance.md lists the words.
 */

/** Tasks of user space t0 to t3, kernel threads k0 to k3, and m, which reads the text and closes what is left. */
export type Who = `t${number}` | `k${number}` | 'm';

/** What user space asks of a kcov file, and may do to its area. */
export type Call =
  | { readonly call: 'open' | 'close' | 'read' | 'ioctl'; readonly device: string }
  | { readonly call: 'init'; readonly device: string; readonly words: number }
  | { readonly call: 'mmap'; readonly device: string; readonly words: number; readonly page: number }
  | { readonly call: 'enable' | 'disable'; readonly device: string; readonly arg: number }
  | { readonly call: 'remote'; readonly device: string; readonly mode: number; readonly areaWords: number; readonly common: bigint; readonly count: number; readonly handles: readonly bigint[] }
  | { readonly call: 'poke'; readonly device: string; readonly word: number; readonly value: bigint };

export type InterruptKind = 'softirq' | 'hardirq' | 'nmi';

/** What runs in the kernel: instrumented code, sections, interrupts with what they run. */
export type Action =
  | { readonly act: 'hit'; readonly label: number }
  | { readonly act: 'hits'; readonly times: number; readonly label: number }
  | { readonly act: 'cmp' | 'const'; readonly label: number; readonly bytes: 1 | 2 | 4 | 8; readonly operands: readonly [bigint, bigint] }
  | { readonly act: 'switch'; readonly label: number; readonly bits: number; readonly value: bigint; readonly cases: readonly bigint[] }
  | { readonly act: 'start'; readonly handle: bigint }
  | { readonly act: 'stop' | 'handle' | 'state' | 'disarm' }
  /** An interrupt that waits at an instruction, as function and offset, from here to `disarm`. */
  | { readonly act: 'at'; readonly point: string; readonly kind: InterruptKind; readonly body: readonly Action[] }
  | { readonly act: InterruptKind; readonly body: readonly Action[] };

/** What one task does. `live`: it looks how many objects and areas of kcov there are. */
export type OwnDeed = Call | { readonly fork: Who } | { readonly exit: true } | { readonly live: true } | { readonly actions: readonly Action[] };

/** One of those that do something at the same time. */
export interface Part {
  readonly by: Who;
  readonly cpu: number;
  /** What it waits for: so many turns of a loop once all are there; or, at an instruction as function and offset, for the others to be over, who begin when it is there. */
  readonly start: number | string;
  readonly deeds: readonly OwnDeed[];
}

export type Deed = OwnDeed | { readonly both: readonly Part[] };

export interface Line {
  readonly by: Who;
  readonly deed: Deed;
}

export type Sequence = readonly Line[];

const hex = (value: bigint): string => `0x${value.toString(16)}`;

export function actionText(action: Action): string {
  switch (action.act) {
    case 'hit': return `hit ${action.label}`;
    case 'hits': return `hits ${action.times} ${action.label}`;
    case 'cmp': case 'const': return `${action.act} ${action.label} ${action.bytes} ${action.operands.map(hex).join(' ')}`;
    case 'switch': return ['switch', action.label, action.bits, hex(action.value), action.cases.length, ...action.cases.map(hex)].join(' ');
    case 'start': return `start ${hex(action.handle)}`;
    case 'stop': case 'handle': case 'state': case 'disarm': return action.act;
    case 'at': return `at ${action.point} ${actionText({ act: action.kind, body: action.body })}`;
    default: return `${action.act} [ ${action.body.map(actionText).join(' ; ')} ]`;
  }
}

function callText(call: Call): string {
  const head = `${call.call} ${call.device}`;
  switch (call.call) {
    case 'init': return `${head} ${call.words}`;
    case 'mmap': return `${head} ${call.words} ${call.page}`;
    case 'enable': case 'disable': return `${head} ${call.arg}`;
    case 'remote': return [head, call.mode, call.areaWords, hex(call.common), call.count, ...call.handles.map(hex)].join(' ');
    case 'poke': return `${head} ${call.word} ${hex(call.value)}`;
    default: return head;
  }
}

function deedText(deed: OwnDeed): string {
  if ('call' in deed) return callText(deed);
  if ('fork' in deed) return `fork ${deed.fork}`;
  if ('live' in deed) return 'live';
  return 'exit' in deed ? 'exit' : deed.actions.map(actionText).join(' ; ');
}

function partText({ by, cpu, start, deeds }: Part): string {
  const waits = typeof start === 'string' ? `!${start}` : start === 0 ? '' : `+${start}`;
  return `${by}@${cpu}${waits} ${deeds.map(deedText).join(' , ')}`;
}

export function lineText({ by, deed }: Line): string {
  return 'both' in deed ? `both ${deed.both.map(partText).join(' | ')}` : `${by} ${deedText(deed)}`;
}

export const sequenceText = (sequence: Sequence): string => `${sequence.map(lineText).join('\n')}\n`;

/** Words of a text, taken from the front; brackets and semicolons are words. */
class Words {
  private readonly words: string[];

  constructor(text: string) {
    this.words = text.split(/\s+/u).filter((word) => word !== '');
  }

  get peek(): string | undefined {
    return this.words[0];
  }

  word(): string {
    return this.words.shift() ?? fail('a word is missing');
  }

  big(): bigint {
    const word = this.word();
    return /^(?:0x[0-9a-f]+|\d+)$/u.test(word) ? BigInt(word) : fail(`"${word}" is no number`);
  }

  number(): number {
    return Number(this.big());
  }

  /** The rest, or up to a semicolon or bracket. */
  bigs(): bigint[] {
    const found: bigint[] = [];
    while (this.peek !== undefined && ![';', ']'].includes(this.peek)) found.push(this.big());
    return found;
  }
}

function fail(why: string): never {
  throw new Error(why);
}

function bytesOf(value: number): 1 | 2 | 4 | 8 {
  return value === 1 || value === 2 || value === 4 || value === 8 ? value : fail(`${value} is no width`);
}

function parseAction(words: Words): Action {
  const act = words.word();
  switch (act) {
    case 'hit': return { act, label: words.number() };
    case 'hits': return { act, times: words.number(), label: words.number() };
    case 'cmp': case 'const': return { act, label: words.number(), bytes: bytesOf(words.number()), operands: [words.big(), words.big()] };
    case 'switch': {
      const [label, bits, value] = [words.number(), words.number(), words.big()];
      words.word();
      return { act, label, bits, value, cases: words.bigs() };
    }
    case 'start': return { act, handle: words.big() };
    case 'stop': case 'handle': case 'state': case 'disarm': return { act };
    case 'at': {
      const point = words.word();
      const inner = parseAction(words);
      return 'body' in inner && inner.act !== 'at' ? { act, point, kind: inner.act, body: inner.body } : fail('what comes at an instruction is an interrupt');
    }
    case 'softirq': case 'hardirq': case 'nmi': {
      if (words.word() !== '[') fail(`${act} has no list`);
      return { act, body: parseActions(words, true) };
    }
    default: return fail(`"${act}" is no action`);
  }
}

function parseActions(words: Words, bracketed: boolean): Action[] {
  const found: Action[] = [];
  for (;;) {
    if (words.peek === ';') words.word();
    else if (bracketed && words.peek === ']') break;
    else if (words.peek === undefined) return bracketed ? fail('a bracket is open') : found;
    else found.push(parseAction(words));
  }
  words.word();
  return found;
}

function parseCall(word: string, words: Words): Call | null {
  const device = (): string => words.word();
  switch (word) {
    case 'open': case 'close': case 'read': case 'ioctl': return { call: word, device: device() };
    case 'init': return { call: word, device: device(), words: words.number() };
    case 'mmap': return { call: word, device: device(), words: words.number(), page: words.peek === undefined ? 0 : words.number() };
    case 'enable': case 'disable': return { call: word, device: device(), arg: words.peek === undefined ? 0 : words.number() };
    case 'remote': {
      const [name, mode, areaWords, common, count] = [device(), words.number(), words.number(), words.big(), words.number()];
      return { call: word, device: name, mode, areaWords, common, count, handles: words.bigs() };
    }
    case 'poke': return { call: word, device: device(), word: words.number(), value: words.big() };
    default: return null;
  }
}

function whoOf(word: string): Who {
  return /^(?:[tk][0-3]|m)$/u.test(word) ? (word as Who) : fail(`"${word}" is nobody`);
}

function parseDeed(text: string): OwnDeed {
  const words = new Words(text);
  const first = words.peek ?? fail('nothing is done');
  const call = parseCall(first, new Words(text.replace(/^\s*\S+/u, '')));
  if (call) return call;
  if (first === 'exit') return { exit: true };
  if (first === 'live') return { live: true };
  if (first !== 'fork') return { actions: parseActions(words, false) };
  words.word();
  return { fork: whoOf(words.word()) };
}

function parsePart(text: string): Part {
  const [, by = '', cpu, waits = '', deeds = ''] = /^\s*(\w+)@([01])(\+\d+|!\S+)?\s(.*)$/u.exec(text) ?? fail(`"${text.trim()}" is nobody on a CPU`);
  return { by: whoOf(by), cpu: Number(cpu), start: waits.startsWith('!') ? waits.slice(1) : Number(waits), deeds: deeds.split(' , ').map(parseDeed) };
}

function parseLine(text: string): Line {
  const [, who = '', rest = ''] = /^\s*(\S+)(.*)$/u.exec(text) ?? [];
  if (who === 'both') return { by: 'm', deed: { both: rest.split('|').map(parsePart) } };
  return { by: whoOf(who), deed: parseDeed(rest) };
}

/** What is done and by whom, one deed each; of those that do something at the same time in the order of the text. */
export function deedsIn(sequence: Sequence): { by: Who; deed: OwnDeed }[] {
  return sequence.flatMap(({ by, deed }) => ('both' in deed ? deed.both.flatMap((part) => part.deeds.map((own) => ({ by: part.by, deed: own }))) : [{ by, deed }]));
}

/** Reads a sequence; lines that are empty or begin with # are left out. Throws with the line that is wrong: sequences are written by us. */
export function parseSequence(text: string): Sequence {
  return text.split('\n').filter((line) => !/^\s*(?:#|$)/u.test(line)).map((line) => {
    try {
      return parseLine(line);
    } catch (error) {
      throw new Error(`${line.trim()}: ${error instanceof Error ? error.message : 'unreadable'}`);
    }
  });
}

const devicesIn = ({ deeds }: Part, which: (call: Call) => boolean): string[] => deeds.flatMap((deed) => ('call' in deed && which(deed) ? [deed.device] : []));

/** Why tasks cannot do something at the same time: a descriptor that is opened or closed meanwhile is nobody's to call. */
function objectionToParts(parts: readonly Part[]): string | null {
  if (parts.length !== 2 || new Set(parts.map(({ by }) => by)).size < 2 || new Set(parts.map(({ cpu }) => cpu)).size < 2) return 'two tasks on two CPUs do something at the same time';
  if (parts.every(({ start }) => typeof start === 'string')) return 'both wait at an instruction';
  for (const { by, deeds } of parts) {
    if (by === 'm') return 'm waits for both';
    if (deeds.some((deed, i) => 'live' in deed || ('exit' in deed && (by.startsWith('k') || i < deeds.length - 1)))) return `${by} cannot end there`;
    if (deeds.some((deed) => 'actions' in deed && deed.actions.some(({ act }) => act === 'at' || act === 'disarm'))) return 'one interrupt waits at an instruction, or a task does';
  }
  const others = (part: Part): string[] => parts.filter((one) => one !== part).flatMap((one) => devicesIn(one, () => true));
  const shared = parts.flatMap((part) => devicesIn(part, ({ call }) => call === 'open' || call === 'close').filter((name) => others(part).includes(name)));
  return shared.length > 0 ? `${shared[0] ?? ''} is opened or closed while another calls it` : null;
}

/** Why a sequence cannot run: a device is opened once, a task that is over does nothing more, one that exists is not born. */
export function objectionTo(sequence: Sequence): string | null {
  const parts = sequence.flatMap(({ deed }) => ('both' in deed ? (objectionToParts(deed.both) ?? []) : []));
  if (parts[0] !== undefined) return parts[0];
  const [opened, gone, known] = [new Set<string>(), new Set<Who>(), new Set<Who>()];
  for (const { by, deed } of deedsIn(sequence)) {
    if (gone.has(by)) return `${by} is over`;
    known.add(by);
    if ('exit' in deed) gone.add(by);
    if ('fork' in deed && (known.has(deed.fork) || !deed.fork.startsWith('t') || !by.startsWith('t'))) return `${deed.fork} is no child`;
    if ('fork' in deed) known.add(deed.fork);
    if ('call' in deed && by.startsWith('k')) return `${by} has no files`;
    if ('call' in deed && deed.call === 'open' && opened.has(deed.device)) return `${deed.device} is opened twice`;
    if ('call' in deed && deed.call === 'open') opened.add(deed.device);
  }
  return null;
}

/** The sequence with an end at which nothing is left: every task exits, then every device is closed, and what lives then is counted. */
export function withEnd(sequence: Sequence): Sequence {
  const all = deedsIn(sequence);
  const gone = new Set(all.flatMap(({ by, deed }) => ('exit' in deed ? [by] : [])));
  const tasks = new Set(all.flatMap(({ by, deed }) => ('fork' in deed ? [by, deed.fork] : [by])));
  const devices = new Set(all.flatMap(({ deed }) => ('call' in deed ? [deed.device] : [])));
  return [
    ...sequence, ...[...devices].sort().map((device): Line => ({ by: 'm', deed: { call: 'read', device } })),
    ...[...tasks].filter((who) => who !== 'm' && !gone.has(who)).sort().map((by): Line => ({ by, deed: { exit: true } })),
    ...[...devices].sort().map((device): Line => ({ by: 'm', deed: { call: 'close', device } })), { by: 'm', deed: { live: true } },
  ];
}
