/**
 * @module Runs SPIN on a Promela model: spin makes pan.c of it, gcc compiles it without reduction, and pan visits every
 * state. pan prints the arrival in the initial state as a transition too; what is handed out does not count it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface PanOptions {
  /** Memory pan may take, in megabytes. */
  readonly memoryMb?: number;
  /** Assertions are not looked at: for models that state properties of their own. */
  readonly ignoreAssertions?: boolean;
  /** How hard gcc tries; 2 where pan's seconds are asked for. */
  readonly optimise?: 0 | 1 | 2;
  /** Slots of the hash table, as a power of two. */
  readonly hashBits?: number;
  /** How often pan runs, once when left out; the run of the median seconds is handed out. */
  readonly runs?: number;
}

export interface PanRun {
  readonly states: number;
  /** Without the arrival in the initial state. */
  readonly transitions: number;
  /** Assertions violated, and anything else that makes the numbers mean nothing. */
  readonly errors: number;
  readonly seconds: number;
  /** All memory of pan. */
  readonly memoryMb: number;
  /** Bytes of a state, as SPIN lays it out. */
  readonly vectorBytes: number;
}

function works(command: string, argument: string): boolean {
  try {
    execFileSync(command, [argument], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const absent = [['spin', '-V'] as const, ['gcc', '--version'] as const].filter(([command, argument]) => !works(command, argument)).map(([command]) => command);

/** Why SPIN cannot be run here; null where it can. Where KCOVET_REQUIRE_SPIN is 1 it must. */
export const spinMissing: string | null = absent.length === 0 ? null : `no ${absent.join(' and no ')} here (Debian: apt-get install spin gcc)`;
if (spinMissing !== null && process.env['KCOVET_REQUIRE_SPIN'] === '1') throw new Error(`KCOVET_REQUIRE_SPIN: ${spinMissing}`);
if (spinMissing !== null) process.stderr.write(`skipped: ${spinMissing}\n`);

/** Visits every state of a model. Throws where SPIN or gcc does not take it, or pan does not come to its end. */
export function runPan(promela: string, options: PanOptions = {}): PanRun {
  const folder = mkdtempSync(path.join(tmpdir(), 'kcovet-pan-'));
  const run = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
  try {
    writeFileSync(path.join(folder, 'model.pml'), promela);
    run('spin', '-a', '-o1', '-o2', '-o3', 'model.pml');
    run('gcc', `-O${options.optimise ?? 2}`, '-DSAFETY', '-DNOREDUCE', `-DMEMLIM=${options.memoryMb ?? 4000}`, '-o', 'pan', 'pan.c');
    const found: PanRun[] = [];
    do found.push(readPan(run('./pan', ...(options.ignoreAssertions ? ['-A'] : []), '-E', '-m1000000', `-w${options.hashBits ?? 24}`)));
    while (found.length < (options.runs ?? 1) && found.every((one) => one.errors === 0));
    found.sort((a, b) => a.errors - b.errors || a.seconds - b.seconds);
    return found[found.length >> 1] as PanRun;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Numbers of what pan prints. */
export function readPan(output: string): PanRun {
  const number = (form: RegExp): number => {
    const found = form.exec(output)?.[1];
    if (found === undefined) throw new Error(`pan did not come to its end:\n${output}`);
    return Number(found);
  };
  const errors = number(/errors: (\d+)/);
  if (errors === 0 && /max search depth too small|out of memory|Search not completed/.test(output)) throw new Error(`pan did not visit every state:\n${output}`);
  return {
    states: number(/^\s*(\d+) states, stored/m), transitions: number(/^\s*(\d+) transitions \(/m) - 1, errors,
    seconds: number(/pan: elapsed time (\S+) seconds/), memoryMb: number(/^\s*(\S+)\s+total actual memory usage/m), vectorBytes: number(/State-vector (\d+) byte/),
  };
}
