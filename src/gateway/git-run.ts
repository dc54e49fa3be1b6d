/**
 * @module Runs git on object stores of others. Objects are read through an empty repository of our own that borrows the
 * mirror's object directory, so the mirror's config, hooks, attributes and promisor remotes are never in force; only its
 * refs are listed with it. No shell, no pager, no prompt, no network; every process has a time and an output limit.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { GatewayFailure, inSeconds, reasonOf, timeLeft } from './limits.js';
import type { Limits } from './limits.js';

/** One git process. */
export interface GitCall {
  readonly args: readonly string[];
  /** Standard input; nothing when left out. */
  readonly input?: string;
  /** Limit of its own instead of limits.gitMs. */
  readonly ms?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** Settings that win over those of any repository. */
const CONFIG = [
  'core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.alternateRefsCommand=true', 'protocol.allow=never', 'log.showSignature=false',
  'core.pager=cat', 'gc.auto=0', 'maintenance.auto=false', 'core.useReplaceRefs=false',
];

/** The whole environment of git: nothing of the caller's GIT_* variables gets through. */
export function gitEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1', ...more,
  };
}

export interface GitProcess extends GitCall {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Such as "git". */
  readonly program: string;
}

function argumentsOf(call: GitCall): string[] {
  return ['--no-pager', ...CONFIG.flatMap((one) => ['-c', one]), ...call.args];
}

/** Runs git; standard output as bytes. Rejects with GatewayFailure: not installed, too slow, too much, or git's own words. */
export function runGit(call: GitProcess, limits: Limits): Promise<Buffer> {
  const ms = call.ms ?? limits.gitMs;
  const options = {
    cwd: call.cwd, env: { ...call.env }, encoding: 'buffer' as const, timeout: ms, killSignal: 'SIGKILL' as const,
    maxBuffer: limits.gitBytes, windowsHide: true, ...(call.signal ? { signal: call.signal } : {}),
  };
  return new Promise((resolveWith, reject) => {
    const child = execFile(call.program, argumentsOf(call), options, (error, stdout, stderr) => {
      if (error === null) resolveWith(stdout);
      else reject(whyGit(error, stderr.toString('utf8'), { ms, what: call.args.find((arg) => !arg.startsWith('-')) ?? 'git' }));
    });
    // A process that ended early does not read its input; its exit says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(call.input ?? '');
  });
}

/** The failure in words; final when asking again, or less, would not help. */
function whyGit(error: Error & { code?: unknown; killed?: boolean }, stderr: string, { ms, what }: { ms: number; what: string }): GatewayFailure {
  if (error.code === 'ENOENT') return new GatewayFailure('git is not installed, or the directory is gone', true);
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return new GatewayFailure(`git ${what}: more output than is read`, true);
  if (error.name === 'AbortError') return new GatewayFailure(`git ${what}: ended early`, true);
  if (error.killed) return new GatewayFailure(`git ${what}: stopped after ${inSeconds(ms)}`, true);
  const said = stderr.split('\n').find((line) => /^(?:fatal|error):/u.test(line)) ?? stderr;
  return new GatewayFailure(`git ${what}: ${said.trim() === '' ? 'failed' : reasonOf(said.replace(/^(?:fatal|error): /u, ''))}`);
}

/** A repository of others, opened for reading. */
export interface Repository {
  readonly shallow: boolean;
  /** Objects were left out when it was cloned. */
  readonly partial: boolean;
  /** Runs git on its objects. */
  readonly run: (call: GitCall) => Promise<Buffer>;
  /** Starts git on its objects, for output of any length: whoever starts it bounds each wait, and ends it. */
  readonly start: (args: readonly string[]) => ChildProcessWithoutNullStreams;
  /** Runs git with its own refs; for listing them only. */
  readonly listRefs: (args: readonly string[]) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

/** Opens a bare repository or the one of a work tree; rejects with GatewayFailure when there is none. */
export async function openRepository(dir: string, limits: Limits, program = 'git'): Promise<Repository> {
  const deadline = Date.now() + limits.wayMs;
  const gitDir = await gitDirOf(resolve(dir));
  const own = (args: readonly string[]): Promise<Buffer> => runGit({ args: [`--git-dir=${gitDir}`, ...args], cwd: gitDir, env: gitEnvironment(), program }, limits);
  const told = (await own(['rev-parse', '--path-format=absolute', '--show-object-format', '--is-shallow-repository', '--git-path', 'objects', '--git-path', 'shallow']))
    .toString('utf8').split('\n');
  const [format, shallow, objects, shallowFile] = told;
  if (format !== 'sha1') throw new GatewayFailure(`object ids are ${format}, those of patches are sha1`);
  const scratch = await emptyRepository(shallow === 'true' ? shallowFile ?? null : null);
  const env = gitEnvironment({ GIT_DIR: scratch, GIT_OBJECT_DIRECTORY: objects ?? '' });
  return {
    shallow: shallow === 'true', partial: await hasPromisorPacks(objects ?? ''),
    run: async (call) => runGit({ ...call, ms: timeLeft(deadline, call.ms ?? limits.gitMs, limits), cwd: scratch, env, program }, limits),
    start: (args) => spawn(program, argumentsOf({ args }), { cwd: scratch, env, windowsHide: true }),
    listRefs: own,
    close: () => rm(scratch, { recursive: true, force: true }),
  };
}

async function gitDirOf(dir: string): Promise<string> {
  const inside = join(dir, '.git');
  const kind = await stat(inside).then((s) => (s.isDirectory() ? 'directory' : s.isFile() && s.size < 10_000 ? 'file' : 'none'), () => 'none');
  if (kind === 'directory') return inside;
  if (kind === 'file') {
    const named = /^gitdir: (.+)$/mu.exec(await readFile(inside, 'utf8'))?.[1];
    if (named) return resolve(dirname(inside), named);
  }
  const isBare = await stat(join(dir, 'HEAD')).then((s) => s.isFile(), () => false);
  if (isBare) return dir;
  const there = await stat(dir).then((s) => s.isDirectory(), () => false);
  throw new GatewayFailure(there ? 'is no git repository' : 'no such directory');
}

/** A repository without objects, refs and config; `shallow` is the file that says where the history ends. */
async function emptyRepository(shallow: string | null): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'kcovet-git-'));
  await mkdir(join(dir, 'refs'));
  await mkdir(join(dir, 'objects'));
  await writeFile(join(dir, 'HEAD'), 'ref: refs/heads/none\n');
  if (shallow !== null) await copyFile(shallow, join(dir, 'shallow')).catch(() => undefined);
  return dir;
}

async function hasPromisorPacks(objects: string): Promise<boolean> {
  const names = await readdir(join(objects, 'pack')).catch(() => []);
  return names.some((name) => name.endsWith('.promisor'));
}
