/**
 * @module What a diff is about, by its paths: kcov or not, the kernel or another project. Pure. Top folders and files are those of Linux
 * v5.5 to v6.18.
 */
import type { FileDiff } from '../../patch/diff.js';

export interface Touched {
  /** It changes a file of kcov's, or lines that call kcov. */
  readonly kcov: boolean;
  /** One of its files cannot be of the kernel. */
  readonly foreign: boolean;
}

const kcovFile = /^(?:kernel\/kcov\.c|include\/(?:uapi\/)?linux\/kcov\.h)$/u;
const folders = new Set([
  'Documentation', 'LICENSES', 'arch', 'block', 'certs', 'crypto', 'drivers', 'fs', 'include', 'init', 'io_uring', 'ipc', 'kernel', 'lib', 'mm', 'net', 'rust', 'samples',
  'scripts', 'security', 'sound', 'tools', 'usr', 'virt',
]);
const topFiles = new Set(['.clang-format', '.gitignore', '.mailmap', '.rustfmt.toml', 'COPYING', 'CREDITS', 'Kbuild', 'Kconfig', 'MAINTAINERS', 'Makefile', 'README']);
const call = /\bkcov_\w+\s*\(/u;

export function touches(files: readonly FileDiff[]): Touched {
  return {
    kcov: files.some((file) => kcovFile.test(file.path) || (file.oldPath !== null && kcovFile.test(file.oldPath)) || callsKcov(file)),
    foreign: files.some(({ path }) => !(path.includes('/') ? folders.has(path.slice(0, path.indexOf('/'))) : topFiles.has(path))),
  };
}

/** A line that is added or removed in a C file calls kcov. */
function callsKcov({ path, hunks }: FileDiff): boolean {
  return /\.[ch]$/u.test(path) && hunks.some(({ lines }) => lines.some(({ kind, text }) => kind !== 'context' && call.test(text)));
}
