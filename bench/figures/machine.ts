/** @module On what the figures were taken. */
import { execFileSync } from 'node:child_process';
import os from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  /** Null where there is none. */
  readonly gcc: string | null;
  readonly spin: string | null;
  /** Year, month and day. */
  readonly date: string;
  /** Processes that wanted to run in the minute before; above 1 others were measured too. */
  readonly load: number;
}

function firstLine(command: string, argument: string): string | null {
  try {
    return execFileSync(command, [argument], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0]?.trim() ?? null;
  } catch {
    return null;
  }
}

export function machine(): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown', cores: cpus.length, memoryGb: Math.round(os.totalmem() / 2 ** 30), node: process.version,
    gcc: firstLine('gcc', '--version'), spin: firstLine('spin', '-V'), date: new Date().toISOString().slice(0, 10), load: os.loadavg()[0] ?? 0,
  };
}

export function machineText({ cpu, cores, memoryGb, node, gcc, spin, date }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB; Node ${node}; ${gcc ?? 'no gcc'}; ${spin ?? 'no SPIN'}; ${date}`;
}

/** Said where the figures were taken beside other work; null on an idle machine. */
export const loadText = ({ load, cores }: Machine): string | null => (load < 0.75 * cores ? null : `The machine was busy: its load was ${load.toFixed(1)} on ${cores} cores when this began.`);
