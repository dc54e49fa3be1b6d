/** @module A store that several processes open before it is there. Needs a build. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { migrationNames } from '../../src/store/migrations.js';
import { newDatabase, noPostgres } from './postgres.js';
import { noSqlite, openStore } from './sqlite.js';

const built = fileURLToPath(new URL('../../dist/src/store/', import.meta.url));
const isBuilt = existsSync(join(built, 'open-store.js')) && readFileSync(join(built, 'migrations.js'), 'utf8').includes(`'${migrationNames.at(-1) ?? ''}'`);
const noBuild = isBuilt ? false : 'dist/ is not there, or older: run npm run build';

/** Opens a store as soon as it reads a line, and notes a delivery in it. */
const program = `
  const { openStoreAt } = await import(process.argv[1] + 'open-store.js');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const opened = await openStoreAt(process.argv[2]);
  if ('failure' in opened) { console.log(opened.failure); process.exit(1); }
  console.log(await opened.store.noteDelivery('one', 1));
  await opened.store.close();
  process.exit(0);
`;

/** What several processes say that begin at once. */
async function openedBy(processes: number, where: string): Promise<string[]> {
  const children = Array.from({ length: processes }, () => spawn(process.execPath, ['--input-type=module', '-e', program, built, where], { stdio: ['pipe', 'pipe', 'inherit'] }));
  const said = children.map(async (child) => {
    let text = '';
    for await (const chunk of child.stdout) text += String(chunk);
    return text.trim();
  });
  for (const child of children) child.stdin.end('\n');
  return (await Promise.all(said)).sort();
}

test.skipIf(noSqlite || noBuild)(`in a file${noSqlite || noBuild ? ` (skipped: ${noSqlite || noBuild})` : ''}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kcovet-at-once-'));
  try {
    expect(await openedBy(6, join(folder, 'new.sqlite'))).toEqual(['false', 'false', 'false', 'false', 'false', 'true']);
    const store = await openStore(join(folder, 'new.sqlite'));
    expect(await store.hasDelivery('one')).toBe(true);
    await store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test.skipIf(noPostgres || noBuild)(`in Postgres${noPostgres || noBuild ? ` (skipped: ${noPostgres || noBuild})` : ''}`, async () => {
  expect(await openedBy(4, await newDatabase())).toEqual(['false', 'false', 'false', 'true']);
}, 60_000);
