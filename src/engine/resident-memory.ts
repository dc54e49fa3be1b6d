/** @module How much memory a process has, where the system says so: Linux, proc_pid_status(5). */
import { readFileSync, writeFileSync } from 'node:fs';

/** Megabytes that are resident; null where nobody knows, or the process is gone. */
export function residentMb(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}

/** Half of the scale of proc_pid_oom_score_adj(5). */
const FIRST_TO_GO = 500;

/** Has the kernel end this process rather than another one when memory runs out. */
export function offerToOomKiller(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(FIRST_TO_GO));
  } catch {
    // Where there is no such file nobody can be told.
  }
}
