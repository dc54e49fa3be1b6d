/**
 * @module `kcovet rules`: what kcovet can ask, one line a rule.
 */
import { Command } from 'commander';
import { padRight, wrap } from '../render/line.js';
import type { Io } from './io.js';
import { loadRules } from './parts.js';
import { textWidth } from './terminal.js';

/** Names with their sentences in two columns. */
export function twoColumns(entries: readonly { name: string; text: string }[], width: number): string {
  const margin = Math.max(0, ...entries.map(({ name }) => name.length)) + 2;
  const narrow = margin > width / 2;
  const lines = entries.flatMap(({ name, text }) => (narrow
    ? [name, ...wrap(text, { width, first: '    ', rest: '    ' })]
    : wrap(text, { width, first: padRight(name, margin), rest: ' '.repeat(margin) })));
  return lines.map((line) => `${line}\n`).join('');
}

/** `kcovet rules`. */
export function rulesCommand(io: Io): Command {
  return new Command('rules')
    .summary('list the rules: what kcovet can ask')
    .description('Lists the rules, one question each. "kcovet explain RULE" says more.')
    .action(async () => {
      const rules = await loadRules();
      io.stdout.write(twoColumns(rules.map(({ id, summary }) => ({ name: id, text: summary })), textWidth(io)));
    });
}
