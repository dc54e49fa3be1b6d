/** @module A process that is killed while it sends: the next one knows that it does not know. Needs a build. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { moderate } from '../../src/lists/moderate.js';
import { prepareDrafts } from '../../src/lists/prepare-drafts.js';
import { startMailServer } from '../lists/mail-server.js';
import { officeOf, onlyDraft, OPEN_POLICY, readySeries, review } from '../lists/post.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { kcovet } from './fake-io.js';

const bin = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const migrations = fileURLToPath(new URL('../../dist/src/store/migrations.js', import.meta.url));
/** Names of the migrations in a text: a store that this version makes is none for a build without the last of them. */
const migrationsIn = (file: string): string => [...readFileSync(file, 'utf8').matchAll(/'\d{3}-[\w-]+'/gu)].join(' ');
const isBuilt = existsSync(migrations) && migrationsIn(migrations) === migrationsIn('src/store/migrations.ts');
const skipped = noSqlite !== false ? noSqlite : isBuilt ? false : 'dist/ is not there, or older: run npm run build';

describe.skipIf(skipped)(skipped ? `skipped: ${skipped}` : 'killed', () => {
  test('after the text of the mail, before the answer: unsure, and never sent again by itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kcovet-killed-'));
    const server = await startMailServer();
    try {
      mkdirSync(join(folder, 'data'));
      writeFileSync(join(folder, 'policy.yml'), OPEN_POLICY);
      writeFileSync(join(folder, 'watch.yml'), `data: data\npolicy: policy.yml\noutbox: {smtp: {host: 127.0.0.1, port: ${server.port}}}\nsources: [{name: one, kind: mirror, path: list, lists: [linux-test@vger.example.org]}]\n`);
      const store = await openStore(join(folder, 'data', 'kcovet.sqlite'));
      await prepareDrafts(officeOf(store.drafts), { ready: readySeries(), review, nowMs: 1 });
      server.fault('silent-after-text');
      const child = spawn(process.execPath, [bin, 'outbox', 'send', '--config', join(folder, 'watch.yml')], { stdio: 'ignore' });
      const ended = new Promise((resolve) => { child.on('exit', (_, signal) => resolve(signal)); });
      expect(await Promise.race([server.text, ended.then(() => 'ended too early')])).toBeUndefined();
      child.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
      expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'claimed', attempts: 1 });
      server.fault('none');
      const { stdout } = await kcovet(['outbox', 'send', '--config', join(folder, 'watch.yml')]);
      expect(stdout).toBe('1 sent, 0 later, 0 refused, 1 unsure, 0 dropped\n');
      const draft = await onlyDraft(store.drafts);
      expect(draft.state).toBe('unsure');
      expect(server.mails.map((one) => one.to)).toEqual([['mod@example.org']]);
      // Somebody looked, and it is not there.
      expect(await moderate(store.drafts, draft.id, { verb: 'retry', by: 'me', why: '', nowMs: 1 })).toBeNull();
      await kcovet(['outbox', 'send', '--config', join(folder, 'watch.yml')]);
      expect(server.mails.map((one) => one.to[0])).toEqual(['mod@example.org', 'joerg@example.net']);
      await store.close();
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
