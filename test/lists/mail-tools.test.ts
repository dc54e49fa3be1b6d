/**
 * @module Our replies in the tools of maintainers: b4 makes the same mbox of a thread with and without them, and git send-email
 * sends the file of the outbox as it is. The replies are the golden ones, on the threads of the examples.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { renderMbox } from '../../src/render/mail.js';
import { caseNames, readCase } from '../reviews/case.js';
import { InboxServer, noPublicInbox } from './inbox-server.js';
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

function idOf(thread: string): string {
  return /^Message-ID: <(.+)>$/imu.exec(thread)?.[1] ?? '';
}

/** All files that b4 am makes with these arguments, by name; trailers of anybody are taken. */
function am(name: string, before: readonly string[], after: readonly string[]): Record<string, string> {
  const out = join(folder, name);
  mkdirSync(out);
  execFileSync('b4', [...before, 'am', '-C', '-S', '-t', '-o', out, ...after], { env, cwd: folder, stdio: 'ignore', timeout: 60_000 });
  return Object.fromEntries(readdirSync(out).map((file) => [file, readFileSync(join(out, file), 'utf8')]));
}

/** What b4 makes of a thread in a file. */
function b4(name: string, thread: string): Record<string, string> {
  const file = join(folder, `${name}.mbox`);
  writeFileSync(file, thread);
  return am(name, ['--offline-mode'], ['-m', file, idOf(thread)]);
}

/** The mails of a thread in an mbox, each as it came. */
function mailsIn(thread: string): string[] {
  return thread.split(/^From [^\n]*\n/mu).filter((mail) => mail !== '').map((mail) => mail.replace(/^>(>*From )/gmu, '$1'));
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

  test.skipIf(noPublicInbox).each(cases)('b4 am fetches the thread of $name with our reply in it from a public-inbox, and makes the same', async ({ name, thread, reply }) => {
    const inbox = await InboxServer.make(join(folder, `${name}-inbox`));
    try {
      const mails = mailsIn(thread);
      inbox.add(mails);
      await inbox.start();
      writeFileSync(join(folder, '.gitconfig'), `[user]\n\tname = A\n\temail = a@example.org\n[b4]\n\tmidmask = ${inbox.url}/%s\n`);
      const without = am(`${name}-fetched-without`, [], [idOf(thread)]);
      await inbox.stop();
      inbox.add([reply]);
      await inbox.start();
      const id = idOf(reply);
      const page = await (await fetch(`${inbox.url}/${encodeURIComponent(idOf(thread))}/t.mbox.gz`)).arrayBuffer();
      expect(gunzipSync(Buffer.from(page)).toString('utf8')).toContain(`\nMessage-ID: <${id}>\n`);
      expect(await (await fetch(`${inbox.url}/${encodeURIComponent(id)}/raw`)).text()).toContain(reply.slice(reply.indexOf('\n\nHi,')).trimEnd().replace(/^From /gmu, '>From '));
      expect(am(`${name}-fetched-with`, [], [idOf(thread)])).toEqual(without);
    } finally {
      await inbox.stop();
    }
  }, 120_000);

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
