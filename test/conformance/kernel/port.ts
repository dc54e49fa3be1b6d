/**
 * @module kernel/kcov.c of another time, made to build in the tree of the kernel under test: a patch is put on it as it was mailed, then
 * what the tree calls otherwise is called so. Each change is stated below with its reason; what is not, the compiler says.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { applyByAlignment, reverseApplies } from '../../../src/apply/align.js';
import { blobId, sameBlob } from '../../../src/apply/blob-id.js';
import { applyFileExactly } from '../../../src/apply/exact-file.js';
import { treeImageOf } from '../../../src/apply/model-image.js';
import { readSubmission } from '../../../src/mail/read-submission.js';
import type { FileDiff } from '../../../src/patch/diff.js';

export const KCOV = 'kernel/kcov.c';
export const SCHED = 'include/linux/sched.h';
const KCOV_H = 'include/linux/kcov.h';
const MM_H = 'include/linux/mm.h';
const KCONFIG = 'lib/Kconfig.debug';

/** Files of a patch that are put onto the tree: drivers and documents are not what is compared. */
const OF_KCOV = /^(?:include|kernel|lib)\//u;

/** A file of the tree; '' where it has none of that path. */
export type Tree = (file: string) => string;

/** A change that a tree asks for, wherever its pattern stands in the file. */
interface Change {
  readonly what: string;
  /** Since when, and in which commit of Linux. */
  readonly why: string;
  readonly wanted: (tree: Tree) => boolean;
  readonly pattern: RegExp;
  readonly by: string;
}

const hasSetter = (tree: Tree): boolean => /\bvm_flags_set\(/u.test(tree(MM_H));
const hasType = (tree: Tree): boolean => /\bkcov_u64;/u.test(tree(KCOV_H));

const CHANGES: readonly Change[] = [
  { what: 'vm_flags is written through a cast', why: 'const since v6.3, "mm: introduce vma->vm_flags wrapper functions"; vm_flags_set() may sleep, which the assignment did not', wanted: hasSetter, pattern: /(\w+)->vm_flags \|= ([^;]+);/gu, by: '*(unsigned long *)&$1->vm_flags |= $2;' },
  { what: 'vm_flags is written directly', why: 'vm_flags_set() is of v6.3', wanted: (tree) => !hasSetter(tree), pattern: /\bvm_flags_set\((\w+), ([^;]+)\);/gu, by: '$1->vm_flags |= $2;' },
  { what: 'comparisons of eight bytes take kcov_u64', why: 'declared so since v6.5, "kcov: add prototypes for helper functions"', wanted: hasType, pattern: /(__sanitizer_cov_trace_(?:const_)?cmp8)\(u64 (\w+), u64 (\w+)\)/gu, by: '$1(kcov_u64 $2, kcov_u64 $3)' },
  { what: 'cases of a switch come as void *', why: 'declared so since v6.5, "kcov: add prototypes for helper functions"', wanted: hasType, pattern: /(__sanitizer_cov_trace_switch)\(u64 (\w+), u64 \*(\w+)\)\s*\{/gu, by: '$1(kcov_u64 $2, void *arg)\n{\n\tu64 *$3 = arg;' },
  { what: 'kcov_u64 is u64', why: 'the type is of v6.5', wanted: (tree) => !hasType(tree), pattern: /\bkcov_u64\b/gu, by: 'u64' },
];

export interface Ported {
  /** Files of the tree that are replaced, with their text. */
  readonly files: ReadonlyMap<string, string>;
  /** What was done, a line each. */
  readonly done: readonly string[];
}

/** Lines that a diff adds to a file, whatever hunk they are in. */
const addedBy = (diff: FileDiff): string[] => diff.hunks.flatMap(({ lines }) => lines.filter((line) => line.kind === 'added').map((line) => line.text));

/** Members of kcov that a patch adds to struct task_struct, as declarations. */
const membersIn = (diff: FileDiff): string[] => addedBy(diff).map((line) => line.trim()).filter((line) => /^[\w\s*]+\bkcov\w*(?:\[\w+\])?;/u.test(line));

/** The part of struct task_struct that kcov has, as declarations and directives. */
export function taskPart(sched: string): string {
  const part = /^#ifdef CONFIG_KCOV\n([\s\S]*?)^#endif/mu.exec(sched)?.[1];
  if (part === undefined) throw new Error(`${SCHED} has no part of CONFIG_KCOV`);
  return part;
}

function withMembers(sched: string, members: readonly string[]): string {
  const part = taskPart(sched);
  const missing = members.filter((member) => !new RegExp(`\\b${/\bkcov\w*/u.exec(member)?.[0] ?? ''}\\b`, 'u').test(part));
  return sched.replace(part, () => `${part}${missing.map((member) => `\t${member}\n`).join('')}`);
}

/** Options that a patch adds to Kconfig and the tree does not have. */
function withOptions(kconfig: string, added: readonly string[]): string {
  const blocks = added.join('\n').split(/^(?=config )/mu).filter((block) => block.startsWith('config '));
  const missing = blocks.filter((block) => !new RegExp(`^${block.split('\n')[0] ?? ''}$`, 'mu').test(kconfig));
  return [kconfig, ...missing.map((block) => `${block.trimEnd()}\n`)].join('\n').replace(/\n+$/u, '\n');
}

/** Headers that the tree does not have are not included: what they declared is elsewhere, or the compiler misses it. */
function withoutMissing(text: string, tree: Tree): { text: string; done: string[] } {
  const done: string[] = [];
  const kept = text.split('\n').filter((line) => {
    const header = /^#include <((?:linux|asm)\/[\w./-]+)>/u.exec(line)?.[1];
    if (header === undefined || ['include', 'include/uapi', 'arch/x86/include'].some((folder) => tree(`${folder}/${header}`) !== '') || header.startsWith('asm/') && tree(`include/${header.replace('asm/', 'asm-generic/')}`) !== '') return true;
    done.push(`<${header}> is not included: the tree has no such file`);
    return false;
  });
  return { text: kept.join('\n'), done };
}

/** Puts a patch of another file of kcov onto the tree's, hunk by hunk as far as they fit; what it has already stays. */
function onTree(diff: FileDiff, text: string, done: string[]): string {
  const image = treeImageOf(diff.path, text.replace(/\n$/u, '').split('\n'));
  if (text === '' || reverseApplies(image, diff)) {
    done.push(`${diff.path} stays: ${text === '' ? 'the tree has no such file' : 'the tree has that change'}`);
    return text;
  }
  const { image: after, hunks } = applyByAlignment(image, diff, 1);
  for (const { index, placed, note } of hunks) done.push(`${diff.path}, hunk ${index}: ${placed}${note === '' ? '' : ` (${note})`}`);
  return `${after.lines.join('\n')}\n`;
}

/** The file as the patch has it, for this tree. */
function ofTree(diff: FileDiff, text: string, done: string[]): string {
  if (diff.path !== SCHED && diff.path !== KCONFIG) return onTree(diff, text, done);
  const after = diff.path === SCHED ? withMembers(text, membersIn(diff)) : withOptions(text, addedBy(diff));
  const had = new Set(text.split('\n'));
  const added = after.split('\n').filter((line) => !had.has(line)).map((line) => line.trim().replace(/\s+/gu, ' '));
  done.push(added.length > 0 ? `${diff.path} has, too: ${added.join(' ')}` : `${diff.path} stays: the tree has that change`);
  return after;
}

/** Makes one kernel/kcov.c build in a tree; `diffs` are of the files that its patch changes. */
export function port(kcov: string, diffs: readonly FileDiff[], tree: Tree): Ported {
  const without = withoutMissing(kcov, tree);
  const done = [...without.done];
  let text = without.text;
  for (const { what, why, wanted, pattern, by } of CHANGES) {
    if (!wanted(tree) || text.search(pattern) < 0) continue;
    text = text.replace(pattern, by);
    done.push(`${what} (${why})`);
  }
  const files = new Map([[KCOV, text]]);
  for (const diff of diffs.filter(({ path: file }) => file !== KCOV && OF_KCOV.test(file))) files.set(diff.path, ofTree(diff, files.get(diff.path) ?? tree(diff.path), done));
  return { files: new Map([...files].filter(([file, after]) => after !== tree(file))), done };
}

export interface PortOptions {
  /** A file to build instead of the tree's kernel/kcov.c. */
  readonly kcov: string;
  /** A mail, an mbox or a diff that is put on it. */
  readonly patch?: string;
  /** The unpacked tree. */
  readonly source: string;
}

/** Puts each patch of a mail on the text, as git apply would. */
function patched(text: string, diffs: readonly FileDiff[], done: string[]): string {
  return diffs.reduce((before, diff) => {
    const base = blobId(before);
    const asked = diff.oldBlob !== null && !sameBlob(base, diff.oldBlob) ? ` (it is of ${diff.oldBlob}, this is ${base.slice(0, 12)})` : '';
    const applied = applyFileExactly(before, diff);
    if (applied.kind === 'refused') throw new Error(`the patch does not fit on that ${KCOV}${asked}: ${applied.why}`);
    const after = blobId(applied.text);
    done.push(`patched from ${base.slice(0, 12)} to ${after.slice(0, 12)}${diff.newBlob !== null && sameBlob(after, diff.newBlob) ? ', as the patch names it' : ''}`);
    return applied.text;
  }, text);
}

/** Reads the files of a user, puts one on the other and makes the result build in the tree. */
export async function portFiles({ kcov, patch, source }: PortOptions): Promise<Ported> {
  const tree: Tree = (file) => (existsSync(path.join(source, file)) ? readFileSync(path.join(source, file), 'utf8') : '');
  const done: string[] = [];
  let [text, diffs]: [string, readonly FileDiff[]] = [readFileSync(kcov, 'utf8'), []];
  if (patch !== undefined) {
    const submission = await readSubmission(patch, readFileSync(patch));
    diffs = submission.patches.flatMap(({ diff }) => diff.files);
    const own = diffs.filter((diff) => diff.path === KCOV);
    if (own.length === 0) throw new Error(`${patch} has no patch of ${KCOV}: ${submission.problems.map(({ what }) => what).join('; ') || 'other files only'}`);
    text = patched(text, own, done);
  }
  const ported = port(text, diffs, tree);
  return { files: ported.files, done: [...done, ...ported.done] };
}
