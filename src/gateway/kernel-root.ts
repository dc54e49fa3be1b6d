/** @module Repositories whose kernel is in a folder: paths of the repository and paths of the kernel. */
import type { Diff } from '../patch/diff.js';

/** The path in the kernel; null when it is outside of it. */
export function kernelPath(path: string, root: string): string | null {
  if (root === '') return path;
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
}

/** The path in the repository. */
export function repositoryPath(path: string, root: string): string {
  return root === '' ? path : `${root}/${path}`;
}

/** A diff in paths of the kernel; files outside of it are left out. */
export function inKernel(diff: Diff, root: string): Diff {
  if (root === '') return diff;
  const files = diff.files.flatMap((file) => {
    const path = kernelPath(file.path, root);
    const inside = (one: string | null): string | null => (one === null ? null : kernelPath(one, root));
    return path === null ? [] : [{ ...file, path, oldPath: inside(file.oldPath), newPath: inside(file.newPath) }];
  });
  return { ...diff, files };
}
