/** @module The comment a program begins with: what it is about, what shows it, what it needs, how it is built. */
import type { Shown } from './sign.js';

/** What a program says of itself. */
export interface Told {
  /** What is asked, or what is violated, as a sentence. */
  readonly question: string;
  /** Subject of the patch. */
  readonly subject: string;
  /** The base it was found on. */
  readonly base: string;
  /** The schedule that it stands for. */
  readonly schedule: string;
}

const WIDTH = 76;

/** Text of others as a line of a comment: printable ASCII, and nothing that ends it. */
const plain = (text: string): string => text.replace(/[^\x20-\x7e]/gu, ' ').replace(/\*\//gu, '* /').replace(/\s+/gu, ' ').trim();

function wrapped(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of plain(text).split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => ` * ${indent}${one}`);
}

/** The SPDX line and the comment. */
export function headingText({ question, subject, base, schedule }: Told, { says, needs }: Shown): string {
  return [
    '// SPDX-License-Identifier: GPL-2.0', '/*',
    ...wrapped(`Shows on a real kernel what kcovet asks about ${subject === '' ? 'a patch' : `"${subject}"`} (base: ${base}):`), ' *', ...wrapped(question, '  '), ' *',
    ...wrapped(`Expected: with the patch, this: ${says} Without it, nothing of the kind.`), ' *',
    ...wrapped(`Needs: CONFIG_KCOV=y, debugfs on /sys/kernel/debug, root. ${needs.length > 0 ? `To show it: ${needs.join(', ')}.` : ''}`),
    ' * It may crash a kernel that has the bug: run it in a virtual machine.', ' *', ' * Build: gcc -Wall -Wextra -O2 -pthread -o repro THIS-FILE', ' * Run: ./repro [SECONDS], where races take that long at most',
    ' * Exit status: 0 shown, 1 not shown, 2 cannot run here.', ' *', ...wrapped(`The same on the model: kcovet replay ${schedule} PATCH`), ' */',
  ].join('\n');
}
