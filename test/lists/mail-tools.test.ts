/**
 * @module Our replies in the tools of maintainers: b4 makes the same mbox of a thread with and without them, and git send-email
 * sends the file of the outbox as it is. The replies are the golden ones, on the threads of the examples.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { renderMbox } from '../../src/render/mail.js';
import { caseNames, readCase } from '../reviews/case.js';
import { startMailServer } from './mail-server.js';

const folder = mkdtempSync(join(tmpdir(), 'kcovet-tools-'));
afterAll(() => rmSync(folder, { recursive: true }));
const env = { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org', LC_ALL: 'C.UTF-8' };
writeFileSync(join(folder, '.gitconfig'), '[user]\n\tname = A\n\temail = a@example.org\n');

function works(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const present = works('b4', ['--version']) && works('perl', ['-MMail::Address', '-e', '1']) && works('sh', ['-c', 'test -e "$(git --exec-path)/git-send-email"']);
const required = process.env['KCOVET_REQUIRE_MAIL_TOOLS'] === '1';

/** Cases whose thread is an mbox and that have a reply. */
const cases = caseNames().flatMap((name) => {
  const { patch = 'patch.mbox' } = readCase(name);
  const reply = readFileSync(join('test', 'reviews', name, 'review.mail.txt'), 'utf8');
  return patch.endsWith('.mbox') && reply.startsWith('From: ') ? [{ name, thread: readFileSync(join('test', 'reviews', name, patch), 'utf8'), reply }] : [];
});

/** All files that b4 makes of a thread, by name; trailers of anybody are taken. */
function b4(name: string, thread: string): Record<string, string> {
  const id = /^Message-ID: <(.+)>$/imu.exec(thread)?.[1] ?? '';
  const out = join(folder, name);
  mkdirSync(out);
  writeFileSync(`${out}.mbox`, thread);
  execFileSync('b4', ['--offline-mode', 'am', '-C', '-S', '-t', '-m', `${out}.mbox`, '-o', out, id], { env, cwd: folder, stdio: 'ignore' });
  return Object.fromEntries(readdirSync(out).map((file) => [file, readFileSync(join(out, file), 'utf8')]));
}

test('there are replies to try', () => {
  expect(cases.map(({ name }) => name)).toEqual(expect.arrayContaining(['irq-coverage', 'irq-coverage-v2']));
});

describe.skipIf(!present && !required)(present || required ? 'b4 and git send-email' : 'skipped: b4 or git send-email is not installed: .ci/mail-tools', () => {
  test.each(cases)('b4 am makes the same of $name with our reply in the thread', ({ name, thread, reply }) => {
    const without = b4(`${name}-without`, thread);
    expect(Object.keys(without).some((file) => file.endsWith('.mbx'))).toBe(true);
    expect(b4(`${name}-with`, `${thread.trimEnd()}\n\n${renderMbox([reply])}`)).toEqual(without);
  }, 60_000);

  test('b4 am would take a trailer from it, if there were one', () => {
    const { thread, reply } = cases[0] ?? { thread: '', reply: '' };
    const without = b4('control-without', thread);
    const trailer = reply.replace('\nHi,\n', '\nReviewed-by: A <a@example.org>\n');
    expect(b4('control-with', `${thread.trimEnd()}\n\n${renderMbox([trailer])}`)).not.toEqual(without);
  }, 60_000);

  test.each(cases)('git send-email sends the reply to $name as it is', async ({ name, reply }) => {
    const server = await startMailServer();
    try {
      const file = join(folder, `${name}.eml`);
      writeFileSync(file, reply);
      await new Promise<void>((resolve, reject) => {
        execFile('git', ['send-email', '--confirm=never', '--suppress-cc=self', '--from=kcovet <kcovet@example.org>', '--smtp-server=127.0.0.1', `--smtp-server-port=${server.port}`, file], { env, cwd: folder }, (error) => { if (error) reject(error); else resolve(); });
      });
      const [mail] = server.mails;
      const text = (raw: string): string => raw.slice(raw.indexOf('\n\n') + 2);
      const field = (raw: string, key: string): string => (new RegExp(`^${key}: (.*(?:\\n[ \\t].*)*)`, 'imu').exec(raw)?.[1] ?? '').replace(/\s+/gu, ' ');
      const sent = mail?.raw.replaceAll('\r\n', '\n') ?? '';
      expect(text(sent).trimEnd()).toBe(text(reply).trimEnd());
      for (const key of ['From', 'Subject', 'Message-ID', 'In-Reply-To', 'References', 'Auto-Submitted', 'X-Kcovet-Review']) expect(field(sent, key), key).toBe(field(reply, key));
      expect([...mail?.to ?? []].sort()).toEqual([...new Set([...`${field(reply, 'To')}, ${field(reply, 'Cc')}`.matchAll(/[^\s<>,"]+@[^\s<>,"]+/gu)].map(([address]) => address))].sort());
    } finally {
      await server.stop();
    }
  }, 60_000);
});
