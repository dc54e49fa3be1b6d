/**
 * @module `kcovet serve --demo`: a server that keeps nothing, on this machine alone, with the examples of the package as its uploads, so
 * that somebody sees in a minute what it shows.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defaultConfig, type ServeConfig } from './config.js';
import { engineFor } from './engine/child-engine.js';
import type { Log } from './service/log.js';
import { packageRoot } from './service/package.js';
import { ServeFailure } from './serve-failure.js';
import { serve, type Serving } from './serve.js';
import { openSqliteStore } from './store/sqlite-store.js';

/** The examples, those first whose review is there soonest. */
const EXAMPLES = ['lost-unlock.diff', 'cleanup.mbox', 'two-step.mbox', 'annotate-driver.mbox', 'irq-coverage.mbox', 'irq-coverage-v2.mbox'] as const;

export interface Demo {
  readonly serving: Serving;
  /** Where to log in, for uploads of one's own. */
  readonly login: string;
}

/** Starts it; on any free port where the usual one is taken, unless a port is given. Rejects with ServeFailure. */
export async function startDemo({ version, log, port, engine }: { version: string; log: Log; port: number | null; engine?: ReturnType<typeof engineFor> }): Promise<Demo> {
  const opened = await openSqliteStore(':memory:');
  if ('failure' in opened) throw new ServeFailure(opened.failure);
  const token = randomBytes(24).toString('base64url');
  const jobs = Math.max(1, Math.min(4, availableParallelism()));
  const parts = { store: opened.store, engine: engine ?? engineFor({ states: defaultConfig.states, memoryMb: defaultConfig.memoryMb, seconds: 600, jobs, version }), log, version, token };
  const config: ServeConfig = { ...defaultConfig, pages: 'open', graceMs: 0, port: port ?? defaultConfig.port };
  const serving = await serve(config, parts).catch(async (error: unknown) => {
    if (port !== null || !(error instanceof ServeFailure)) throw error;
    return await serve({ ...config, port: 0 }, parts);
  });
  void addExamples(serving).catch((error: unknown) => log('error', 'the examples could not be read', { error: String(error) }));
  return { serving, login: new URL(`/login?token=${token}`, serving.pages).href };
}

async function addExamples({ uploads }: Serving): Promise<void> {
  for (const name of EXAMPLES) await uploads.add(await readFile(join(packageRoot() ?? '.', 'examples', name), 'utf8'), { private: false, ...(name.endsWith('.diff') ? { title: `examples/${name}` } : {}) });
}
