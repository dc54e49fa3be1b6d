/**
 * @module What a patch to other code does to remote sections: the functions that its hunks show and that begin or end
 * sections, before and after, each judged on every path that is seen. With the file at hand whole functions are read;
 * without it, as much of them as the hunks show.
 */
import { alignWith } from '../../apply/align.js';
import type { Image } from '../../apply/image.js';
import { treeImageOf } from '../../apply/model-image.js';
import type { FrontEnd } from '../../c/front-end.js';
import type { FileDiff } from '../../patch/diff.js';
import type { Config, FunctionDef } from '../../../simulator/ir/program.js';
import type { Images } from '../spot.js';
import { ANNOTATION_TEXT } from './annotation.js';
import { judgeDefinition } from './judge-definition.js';
import type { JudgedFunction } from './judge-definition.js';
import { imageOfFunctions, readFunctions } from './shown-functions.js';
import type { ShownFunction } from './shown-functions.js';

export interface AnnotatedFunction {
  readonly path: string;
  readonly name: string;
  /** Number of the last patch that shows it. */
  readonly patch: number;
  /** All of it is seen after the patch. */
  readonly whole: boolean;
  /** Null where it does not exist on that side. */
  readonly pre: JudgedFunction | null;
  readonly post: JudgedFunction | null;
}

export interface Annotations {
  /** In the order of the patches and files. */
  readonly functions: readonly AnnotatedFunction[];
  readonly pre: Images;
  readonly post: Images;
  /** Text of the files as far as it is seen after the patches, for what is registered where. */
  readonly texts: ReadonlyMap<string, string>;
  /** All patches of the series are here: what kcov allows may be the work of another one. */
  readonly seriesComplete: boolean;
  /** Which kcov the patches are for is known: the base is a tree, they change kcov themselves, or they are of its time. */
  readonly versionKnown: boolean;
}

export interface AnnotatedInput {
  /** In the order of the series. */
  readonly patches: readonly { readonly n: number; readonly of: number; readonly files: readonly FileDiff[]; readonly whitespaceDamaged: boolean; readonly truncated: boolean }[];
  /** Text of files of the tree, by path; none when there is no tree. */
  readonly files: ReadonlyMap<string, string>;
  /** Files that a Program is made of: they are not judged here. */
  readonly own: ReadonlySet<string>;
  readonly versionKnown: boolean;
  readonly config: Config;
}

/** Functions of one submission that are judged at most. */
const FUNCTIONS_MAX = 500;

/** Whether a file's diff says anything about sections or handles. */
function mentions(file: FileDiff): boolean {
  return /\.[ch]$/u.test(file.path) && file.hunks.some((h) => ANNOTATION_TEXT.test(h.section) || h.lines.some((l) => ANNOTATION_TEXT.test(l.text)));
}

/** What the patches do to sections in other code; null when they do nothing of the kind. */
export function annotationsOf(frontEnd: FrontEnd, input: AnnotatedInput): Annotations | null {
  const paths = [...new Set(input.patches.flatMap((p) => p.files.filter(mentions).map((f) => f.path)))].filter((path) => !input.own.has(path));
  if (paths.length === 0) return null;
  const [pre, post] = [new Map<string, Image>(), new Map<string, Image>()];
  const functions = paths.flatMap((path) => {
    const shown = fromTree(input, path, frontEnd) ?? fromHunks(input, path, frontEnd);
    pre.set(path, shown.pre.image);
    post.set(path, shown.post.image);
    return pairUp(path, shown);
  });
  const of = input.patches[0]?.of ?? 1;
  return {
    functions: functions.slice(0, FUNCTIONS_MAX), pre, post, texts: new Map([...post].map(([path, image]) => [path, textSeen(input, path, image)])),
    seriesComplete: input.patches.length >= of, versionKnown: input.versionKnown,
  };
}

interface Sides {
  readonly pre: { readonly image: Image; readonly functions: readonly ShownFunction[] };
  readonly post: { readonly image: Image; readonly functions: readonly ShownFunction[] };
}

function diffsOf(input: AnnotatedInput, path: string): { n: number; file: FileDiff; truncated: boolean; whitespaceDamaged: boolean }[] {
  return input.patches.flatMap((p) => p.files.filter((f) => f.path === path).map((file) => ({ n: p.n, file, truncated: p.truncated, whitespaceDamaged: p.whitespaceDamaged })));
}

/** Both images of a file of the tree; null when there is none or a hunk does not fit. */
function fromTree(input: AnnotatedInput, path: string, frontEnd: FrontEnd): Sides | null {
  const text = input.files.get(path);
  if (text === undefined) return null;
  const before = treeImageOf(path, text.replace(/\n$/u, '').split('\n'));
  const apply = alignWith({ fuzz: false });
  let after = before;
  for (const { n, file } of diffsOf(input, path)) {
    const applied = apply(after, file, n);
    if (applied.hunks.some((h) => h.placed === 'failed')) return null;
    after = applied.image;
  }
  const functionsIn = (image: Image): ShownFunction[] => {
    const program = frontEnd.lower(path, `${image.lines.join('\n')}\n`, input.config);
    return program.functions.map((def) => ({ name: def.name, def, patch: touchedBy(image, def), whole: true, neutral: true, unclear: null }));
  };
  const post = functionsIn(after);
  const touched = new Set(post.filter((f) => f.patch > 0).map((f) => f.name));
  const now = new Set(post.map((f) => f.name));
  const pre = functionsIn(before).filter((f) => touched.has(f.name) || !now.has(f.name));
  return { pre: { image: before, functions: pre }, post: { image: after, functions: post.filter((f) => f.patch > 0) } };
}

/** The last patch a hunk of which covers a line of the function; 0 for none. */
function touchedBy(image: Image, def: FunctionDef): number {
  return Math.max(0, ...image.origins.slice(def.place.line - 1, def.place.endLine).map((o) => o.patch ?? 0));
}

/** Both sides as far as the hunks show them; a function shown by several patches as the last one shows it. */
function fromHunks(input: AnnotatedInput, path: string, frontEnd: FrontEnd): Sides {
  const diffs = diffsOf(input, path).filter((d) => !d.whitespaceDamaged);
  const side = (which: 'old' | 'new'): Sides['pre'] => {
    const image = imageOfFunctions(path, diffs, which);
    return { image: image.image, functions: readFunctions(frontEnd, image, input.config) };
  };
  return { pre: side('old'), post: side('new') };
}

function pairUp(path: string, sides: Sides): AnnotatedFunction[] {
  const judge = (functions: readonly ShownFunction[]): Map<string, JudgedFunction> => new Map(functions.flatMap((f): [string, JudgedFunction][] => {
    const judged = judgeDefinition(f, functions);
    return judged ? [[f.name, judged]] : [];
  }));
  const [pre, post] = [judge(sides.pre.functions), judge(sides.post.functions)];
  const names = [...new Set([...post.keys(), ...pre.keys()])];
  const shown = new Map([...sides.pre.functions, ...sides.post.functions].map((f) => [f.name, f]));
  return names.map((name) => ({
    path, name, patch: shown.get(name)?.patch ?? 1, whole: shown.get(name)?.whole ?? false, pre: pre.get(name) ?? null, post: post.get(name) ?? null,
  }));
}

/** All of the file with a tree, else the new side of its hunks. */
function textSeen(input: AnnotatedInput, path: string, image: Image): string {
  if (input.files.has(path)) return image.lines.join('\n');
  const lines = diffsOf(input, path).flatMap(({ file }) => file.hunks.flatMap((h) => [h.section, ...h.lines.filter((l) => l.kind !== 'removed').map((l) => l.text), '']));
  return lines.join('\n');
}
