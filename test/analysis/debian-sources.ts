/**
 * @module Kernel sources as Debian ships them, for tests that hold a model against the real file: a directory with
 * linux-source-6.12/ in it, named by KCOVET_LINUX_SOURCES. They are never part of the repository.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The files of kcov in linux-source-`version`, by kernel path; a reason when they are not there. */
export function debianSources(version: string): ReadonlyMap<string, string> | string {
  const root = process.env['KCOVET_LINUX_SOURCES'];
  if (root === undefined || root === '') return 'KCOVET_LINUX_SOURCES names no directory';
  const tree = path.join(root, `linux-source-${version}`);
  const paths = ['include/uapi/linux/kcov.h', 'include/linux/kcov.h', 'include/linux/sched.h', 'kernel/kcov.c'].filter((p) => existsSync(path.join(tree, p)));
  if (!paths.includes('kernel/kcov.c')) return `${tree} has no kernel/kcov.c`;
  return new Map(paths.map((p) => [p, readFileSync(path.join(tree, p), 'utf8')]));
}
