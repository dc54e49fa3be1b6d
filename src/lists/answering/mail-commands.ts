/**
 * @module Commands in mails: lines that begin with #kcovet, among the sender's own. What is quoted, below a signature or in a diff
 * is none, and HTML is not read. The words mean what they mean in comments (../../service/commands/parse-command.ts).
 */
import type { InputLine } from '../../patch/input-line.js';
import { startsFile } from '../../patch/diff-header.js';
import { commandOf, type Command } from '../../service/commands/parse-command.js';

/** What can be said in a mail. `upstream`: it is merged, or over. `stop`: no mail any more. */
export type MailCommand = Exclude<Command, { readonly kind: 'review' | 'replay' }> | { readonly kind: 'upstream' } | { readonly kind: 'stop' };

/** A command where it stands. */
export interface WrittenCommand {
  readonly command: MailCommand;
  /** As it was written, on one line. */
  readonly line: string;
  /** Index of its line in the body. */
  readonly at: number;
}

/** Commands of one mail that are followed; the others are counted. */
export const COMMANDS_MAX = 10;
/** Lines of a mail that commands are looked for in. */
const LINES_MAX = 20_000;
/** Characters of a command. */
const COMMAND_MAX = 400;
/** Lines that a reason may go on for. */
const REASON_LINES_MAX = 8;

const LINE = /^#kcovet(?:[ \t]+([^\s:]{1,40}):?(?:[ \t]+(\S.*))?)?[ \t]*$/u;
/** Said about a draft that waits (../moderation-reply.ts). */
const MODERATION = /^(?:approve|reject)$/u;

/** The lines that may hold commands: up to a signature or a diff. */
function ownPart(body: readonly InputLine[]): readonly InputLine[] {
  const lines = body.slice(0, LINES_MAX);
  const end = lines.findIndex(({ text }, i) => /^-- ?$/u.test(text) || startsFile(lines, i));
  return end < 0 ? lines : lines.slice(0, end);
}

/** Whether a mail may hold a command: cheap, and true for too much rather than too little. */
export function mayCommand(body: readonly InputLine[]): boolean {
  return body.slice(0, LINES_MAX).some(({ text }) => /^#kcovet\b/u.test(text));
}

/** The commands of a mail in their order, and how many more there are than are followed. */
export function mailCommands(body: readonly InputLine[]): { readonly commands: readonly WrittenCommand[]; readonly more: number } {
  const lines = ownPart(body);
  const all = lines.flatMap(({ text }, at): number[] => (/^#kcovet(?:\s|$)/u.test(text) ? [at] : []));
  const read = all.slice(0, COMMANDS_MAX).flatMap((at): WrittenCommand[] => {
    const line = wholeCommand(lines, at);
    const command = readCommand(line);
    return command === null ? [] : [{ command, line, at }];
  });
  return { commands: read.filter(isFirst), more: all.length - Math.min(all.length, COMMANDS_MAX) };
}

/** Said twice is said once; two questions may be answered in the same words. */
function isFirst({ command }: WrittenCommand, at: number, all: readonly WrittenCommand[]): boolean {
  return command.kind === 'invalid' || all.findIndex((one) => JSON.stringify(one.command) === JSON.stringify(command)) === at;
}

/** A command on one line; a reason goes on where the mail was wrapped. */
function wholeCommand(lines: readonly InputLine[], at: number): string {
  const first = lines[at]?.text.trimEnd() ?? '';
  if (!/^#kcovet[ \t]+invalid\b/iu.test(first)) return first.slice(0, COMMAND_MAX);
  const rest = lines.slice(at + 1, at + 1 + REASON_LINES_MAX);
  const end = rest.findIndex(({ text }) => text.trim() === '' || /^\s?[>#|]/u.test(text));
  return [first, ...(end < 0 ? rest : rest.slice(0, end)).map(({ text }) => text.trim())].join(' ').slice(0, COMMAND_MAX);
}

/** The command of a line; null where it is for somebody else. */
function readCommand(line: string): MailCommand | null {
  const match = LINE.exec(line);
  if (!match) return { kind: 'unknown', why: 'there is no such command' };
  const [word, rest] = [(match[1] ?? 'help').toLowerCase(), (match[2] ?? '').trim()];
  if (MODERATION.test(word)) return null;
  if (word === 'stop' || word === 'upstream') return { kind: word };
  const command = commandOf(word, rest);
  return command.kind === 'review' || command.kind === 'replay' ? { kind: 'unknown', why: `\`${word}\` is no command in mails` } : command;
}
