/**
 * @module What a file must be to be part of a base: text, Linux's kcov, without a merge conflict left in it. Also the
 * version that a kernel's Makefile states.
 */
import { linesOf } from '../apply/series-check.js';

/** The file without which a tree is no base. */
export const KCOV = 'kernel/kcov.c';

/** Files that belong to a base whenever they are there. */
export const KCOV_FILES: readonly string[] = [KCOV, 'include/linux/kcov.h', 'include/uapi/linux/kcov.h', 'include/linux/sched.h'];

/** Why the files are no base; null when they can be one. `KCOV` must be among them. */
export function objection(files: ReadonlyMap<string, string>): string | null {
  const kcov = files.get(KCOV);
  if (kcov === undefined) return `no ${KCOV} there: not a kernel tree, or one before v4.6, or a sparse one without it`;
  if (!/\b__sanitizer_cov_trace_pc\b/u.test(kcov)) return `${KCOV} there is not Linux's: it has no __sanitizer_cov_trace_pc()`;
  for (const [path, text] of files) {
    const line = conflictLine(text);
    if (line !== null) return `${path}:${line}: a merge conflict is left in the file`;
  }
  return null;
}

/** Whether the front end reads a file throughout; what is proved by ids may be beyond it, everything else may not. */
export async function isC(text: string): Promise<boolean> {
  const { loadFrontEnd } = await import('../c/front-end.js');
  return (await loadFrontEnd()).parses(text);
}

/** 1-based line at which a conflict begins; null without both of its ends. */
export function conflictLine(text: string): number | null {
  const lines = linesOf(text);
  const start = lines.findIndex((line) => /^<{7}(?: |$)/u.test(line));
  return start >= 0 && lines.slice(start).some((line) => /^>{7}(?: |$)/u.test(line)) ? start + 1 : null;
}

/** Such as "v6.1.176" or "v6.12-rc3"; null when the Makefile is no kernel's. */
export function versionOf(makefile: string | undefined): string | null {
  const head = (makefile ?? '').slice(0, 2_000);
  const value = (name: string): string | null => new RegExp(`^${name}\\s*=[ \\t]*(\\S*)[ \\t]*$`, 'mu').exec(head)?.[1] ?? null;
  const [major, minor, sub, extra] = [value('VERSION'), value('PATCHLEVEL'), value('SUBLEVEL'), value('EXTRAVERSION')];
  if (!/^\d{1,3}$/u.test(major ?? '') || !/^\d{1,3}$/u.test(minor ?? '')) return null;
  const third = /^[1-9]\d{0,3}$/u.test(sub ?? '') ? `.${sub}` : '';
  return `v${major}.${minor}${third}${/^-rc\d{1,2}$/u.test(extra ?? '') ? extra : ''}`;
}
