/**
 * @module Commands in comments: a line that begins with /kcovet. Quoted lines and code blocks are no commands, but the block
 * below `/kcovet test` is the patch it is about. Nothing is guessed: what is not understood is answered with what is. Commands
 * in mails (../../lists/answering/mail-commands.ts) have the same words.
 */

/** A command as it was written. */
export type Command =
  | { readonly kind: 'review' }
  | { readonly kind: 'help' }
  /** `id`: of a finding, where the comment is not an answer below it; null when none is named. */
  | { readonly kind: 'invalid'; readonly id: string | null; readonly reason: string }
  | { readonly kind: 'assume'; readonly text: string }
  | { readonly kind: 'unassume'; readonly text: string }
  /** `patch`: the text of the code block, '' when there is none. */
  | { readonly kind: 'test'; readonly patch: string }
  /** `id` as of invalid; a schedule will do, too. */
  | { readonly kind: 'replay'; readonly id: string | null }
  /** Not understood; `why` says what is wrong with it. */
  | { readonly kind: 'unknown'; readonly why: string };

const LINE = /^[ \t]{0,3}\/kcovet(?:[ \t]+(\S+))?(?:[ \t]+(.*))?$/u;
/** How a question is named in comments: by its schedule, the hash in that, its fingerprint, or its id in the JSON of a review. */
const ID = /^(?:[a-z][a-z-]{1,60}-[0-9a-f]{6}|[0-9a-f]{8,64}|(?:[\w-]{1,80}:)?[0-9a-f]{8}:[\w@:.,+-]{1,400})$/u;
const FENCE = /^ {0,3}(`{3,}|~{3,})/u;

/** True where a text may hold a command: cheap, and true for too much rather than too little. */
export function hasCommand(body: string): boolean {
  return /^[ \t]{0,3}\/kcovet\b/mu.test(body);
}

/** The first command of a comment; null when there is none. */
export function parseCommand(body: string): Command | null {
  const lines = body.split(/\r\n|\n|\r/u);
  const at = commandLine(lines);
  const match = at < 0 ? null : LINE.exec(lines[at] ?? '');
  if (!match) return null;
  const command = commandOf((match[1] ?? 'help').replace(/:$/u, ''), (match[2] ?? '').trim());
  return command.kind === 'test' ? { kind: 'test', patch: blockIn(lines.slice(at + 1)) } : command;
}

/** Index of the first line with a command outside of code blocks; -1 when there is none. */
function commandLine(lines: readonly string[]): number {
  let fence: string | null = null;
  for (const [i, line] of lines.entries()) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === null && mark) fence = mark;
    else if (fence !== null && mark?.startsWith(fence)) fence = null;
    else if (fence === null && LINE.test(line)) return i;
  }
  return -1;
}

/** The command of a word and what stands behind it on its line. */
export function commandOf(word: string, rest: string): Command {
  switch (word) {
    case 'review': return { kind: 'review' };
    case 'help': return { kind: 'help' };
    case 'invalid': return invalid(rest);
    case 'assume': return rest === '' ? { kind: 'unknown', why: '`assume` needs to say what: such as `assume nmi=0`' } : { kind: 'assume', text: rest };
    case 'unassume': return rest === '' ? { kind: 'unknown', why: '`unassume` needs to say what, as it was assumed' } : { kind: 'unassume', text: rest };
    case 'test': return { kind: 'test', patch: '' };
    case 'replay': return replay(rest);
    default: return { kind: 'unknown', why: 'there is no such command' };
  }
}

function replay(rest: string): Command {
  if (rest === '') return { kind: 'replay', id: null };
  return ID.test(rest) ? { kind: 'replay', id: rest } : { kind: 'unknown', why: '`replay` needs the id of a question, or to stand below it' };
}

function invalid(rest: string): Command {
  const [first = '', ...others] = rest.split(/\s+/u);
  const named = first.replace(/:$/u, '');
  const id = ID.test(named) ? named : null;
  const reason = (id === null ? rest : others.join(' ')).replace(/^:\s*/u, '');
  return reason === '' ? { kind: 'unknown', why: '`invalid` needs a reason: it is kept, and may be right about the model' } : { kind: 'invalid', id, reason };
}

/** The text of the first code block; '' when there is none. */
function blockIn(lines: readonly string[]): string {
  const start = lines.findIndex((line) => FENCE.test(line));
  if (start < 0) return '';
  const mark = FENCE.exec(lines[start] ?? '')?.[1] ?? '```';
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => FENCE.exec(line)?.[1]?.startsWith(mark));
  return `${rest.slice(0, end < 0 ? undefined : end).join('\n')}\n`;
}
