/**
 * @module How fast mails of a mirror are passed over, against `git cat-file --batch` alone on the same objects in the same
 * run. The mirror is made on the spot, of mails of our own that have the size of mails on kernel lists.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { count, megabytes, percent, seconds } from './figures.js';
import type { Effort, Figures } from './figures.js';
import type { MailReading } from './mail-reading.js';

/** Mails a second that are wanted, and the share of the rate of cat-file alone. */
const RATE_MIN = 10_000;
const SHARE_MIN = 0.5;
/** Memory that a reading may take, whatever the size of the mirror: the large one has more bytes of mails. */
const MEMORY_MAX_MB = 128;
/** One mail of so many has a diff of kernel/kcov.c, one an answer to it. */
const FOUND_EVERY = 200;

const script = fileURLToPath(new URL('./mail-reading.js', import.meta.url));

/** Words that do not repeat: text that packs like text. */
function words(seed: number, length: number): string {
  let [state, text] = [seed * 2_654_435_761 + 1, ''];
  for (let i = 0; text.length < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += `${(state >>> 8).toString(36)}${i % 11 === 10 ? '\n' : ' '}`;
  }
  return `${text}\n`;
}

/** About 1.5 kB of headers and 1 to 7 kB of text. */
function mail(i: number): string {
  const trace = Array.from({ length: 8 }, (_, hop) => `Received: from host${hop}.example.org by host${hop + 1}.example.org\n\twith ESMTP id ${words(i * 8 + hop, 60).trim().replaceAll('\n', ' ')}\n`).join('');
  const references = i % 3 === 0 ? '' : `In-Reply-To: <${i - 1}@example.org>\nReferences: <${i - (i % 3)}@example.org>\n <${i - 1}@example.org>\n`;
  const diff = i % FOUND_EVERY === 0 ? 'diff --git a/kernel/kcov.c b/kernel/kcov.c\n--- a/kernel/kcov.c\n+++ b/kernel/kcov.c\n@@ -1 +1 @@\n-int one;\n+int two;\n' : '';
  return `${trace}From: A Uthor <author@example.org>\nTo: list@example.org\nSubject: [PATCH ${i % 9}/9] mm: ${words(i, 30).trim().replaceAll('\n', ' ')}\nMessage-ID: <${i}@example.org>\n${references}\n${words(i + 7, 1000 + (i * 37) % 6000)}${diff}`;
}

/** Makes a mirror of so many mails; its only epoch. */
function makeMirror(dir: string, mails: number): string {
  const epoch = path.join(dir, 'git', '0.git');
  mkdirSync(epoch, { recursive: true });
  execFileSync('git', ['init', '-q', '--bare', '-b', 'master', epoch]);
  const stream = path.join(dir, 'stream');
  const file = openSync(stream, 'w');
  for (let i = 0; i < mails; i++) {
    const text = mail(i);
    writeSync(file, `commit refs/heads/master\ncommitter A Uthor <author@example.org> ${1_767_225_600 + i} +0000\ndata 4\nmail\ndeleteall\nM 100644 inline m\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  }
  closeSync(file);
  const input = openSync(stream, 'r');
  execFileSync('git', ['-c', 'fastimport.unpackLimit=0', 'fast-import', '--quiet'], { cwd: epoch, stdio: [input, 'ignore', 'inherit'] });
  closeSync(input);
  rmSync(stream);
  return epoch;
}

/** Seconds of git alone for the same names, its output thrown away. */
function alone(epoch: string, names: string): number {
  const [input, output] = [openSync(names, 'r'), openSync('/dev/null', 'w')];
  const began = performance.now();
  execFileSync('git', ['cat-file', '--batch', '--buffer'], { cwd: epoch, stdio: [input, output, 'inherit'] });
  const took = (performance.now() - began) / 1000;
  closeSync(input);
  closeSync(output);
  return took;
}

interface Compared extends MailReading {
  readonly git: number;
}

const middle = <T>(all: readonly T[], by: (one: T) => number): T => {
  const one = [...all].sort((a, b) => by(a) - by(b))[all.length >> 1];
  if (one === undefined) throw new Error('no run');
  return one;
};

/** Medians of some runs, git alone before each of ours. */
function compared(mails: number, runs: number): Compared {
  const dir = mkdtempSync(path.join(tmpdir(), 'kcovet-bench-mails-'));
  try {
    const epoch = makeMirror(dir, mails);
    const names = path.join(dir, 'names');
    const commits = execFileSync('git', ['rev-list', '--reverse', 'master'], { cwd: epoch, encoding: 'utf8', maxBuffer: 1 << 28 });
    writeFileSync(names, commits.replaceAll('\n', ':m\n'));
    const all = Array.from({ length: runs }, () => ({
      git: alone(epoch, names), read: JSON.parse(execFileSync(process.execPath, [script, dir], { encoding: 'utf8' })) as MailReading,
    }));
    return { ...middle(all, ({ read }) => read.seconds).read, git: middle(all, ({ git }) => git).git };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Mails passed over a second, in two sizes of mirror. */
export function mails({ quick, says }: Effort): Figures {
  const sizes = quick ? [500, 4_000] : [5_000, 40_000];
  const all = sizes.map((size) => {
    says(`a mirror of ${count(size)} mails`);
    return { size, ...compared(size, quick ? 1 : 3) };
  });
  const rows = all.map((one) => [
    count(one.size), count(one.found), seconds(one.git), count(Math.round(one.size / one.git)), seconds(one.seconds), count(Math.round(one.size / one.seconds)),
    percent(one.git / one.seconds), megabytes(one.memoryMb),
  ]);
  const large = all.at(-1);
  if (!large) throw new Error('no sizes');
  return {
    title: 'Mails passed over', rows,
    about: 'A public-inbox mirror made on the spot is read from its first mail to its last: git rev-list, one git cat-file --batch, the filter. Beside it git cat-file --batch alone, for the same names, into /dev/null. Medians; the memory is that of Node at its highest.',
    head: ['mails', 'found', 'cat-file alone', 'mails/s', 'kcovet', 'mails/s', 'share', 'memory'],
    wanted: [
      { text: `${count(RATE_MIN)} mails a second`, met: large.size / large.seconds >= RATE_MIN },
      { text: `at least ${percent(SHARE_MIN)} of the rate of cat-file alone`, met: large.git / large.seconds >= SHARE_MIN },
{ text: `memory below ${megabytes(MEMORY_MAX_MB)}`, met: large.memoryMb <= MEMORY_MAX_MB },
    ],
    wrong: all.filter((one) => one.mails !== one.size || one.found < one.size / FOUND_EVERY).map((one) => `${count(one.mails)} of ${count(one.size)} mails read, ${count(one.found)} found`),
  };
}
