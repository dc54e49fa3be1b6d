/**
 * @module The base a review runs on, and the patched images: the printed model, the hunks put on it, both read as C
 * again. The same way for pre- and post-image, so that nothing differs but the patch.
 */
import { alignWith, reverseApplies } from '../apply/align.js';
import type { Image, PlacedHunk } from '../apply/image.js';
import { imageOf } from '../apply/model-image.js';
import { loadFrontEnd } from '../c/front-end.js';
import type { FrontEnd } from '../c/front-end.js';
import type { Submission } from '../mail/submission.js';
import { link } from '../../simulator/ir/link.js';
import { assumeSetUp, unseenFunctions } from './unseen.js';
import { printProgram } from '../../simulator/ir/print.js';
import type { Config, NotModelled, Program } from '../../simulator/ir/program.js';
import { kcovModels } from '../../simulator/kcov/index.js';
import type { KcovModel } from '../../simulator/kcov/index.js';
import { environment } from '../../simulator/kernel/environment.js';

export type Images = ReadonlyMap<string, Image>;

export interface Base {
  readonly model: KcovModel;
  readonly config: Config;
  readonly before: Images;
  readonly after: Images;
  readonly hunks: readonly PlacedHunk[];
  /** Share of the hunks of Program files that were placed or rightly ignored, 0 to 1. */
  readonly fit: number;
  readonly pre: Program;
  readonly post: Program;
  /** What the front end did not understand in the patched image and did in the base. */
  readonly notModelled: readonly NotModelled[];
  readonly alreadyApplied: boolean;
  /** No hunk changes the code of a Program. */
  readonly unchanged: boolean;
  /** Functions that a cut-off part of the patch may change: no finding rests on them. */
  readonly unseen: readonly string[];
  /** What stands in for the cut-off part, as sentences. */
  readonly assumed: readonly string[];
  /** Integer Kconfig symbols the patched Program uses, without CONFIG_. */
  readonly integers: readonly string[];
}

/** The configuration a review runs with; comparisons on, so that all of kcov.c is there. */
export const CONFIG: Config = { KCOV: true, KCOV_ENABLE_COMPARISONS: true, SMP: true };

/** Other texts of the model's files, by path; lines without newlines. */
export type Texts = ReadonlyMap<string, readonly string[]>;

/** The base is the model as printed, or `texts` where they name a file of it. */
export async function buildBase(submission: Submission, texts: Texts = new Map()): Promise<Base> {
  const model = kcovModels[kcovModels.length - 1];
  if (!model) throw new Error('there is no model');
  const frontEnd = await loadFrontEnd();
  const before: Images = new Map(model.files.map((file) => [file.path, imageOf(file.path, texts.get(file.path) ?? printProgram(file).lines)]));
  const { after, hunks } = applyAll(submission, before, frontEnd);
  const pre = lowerAll(frontEnd, model, before);
  const unchanged = !hunks.some((h) => h.placed !== 'ignored' && h.placed !== 'failed');
  const lowered = unchanged ? pre : lowerAll(frontEnd, model, after);
  const unseen = unseenFunctions(submission, after, lowered);
  const { program: post, assumptions: assumed } = unseen.length > 0 ? assumeSetUp(pre, lowered) : { program: lowered, assumptions: [] };
  const known = new Set(pre.notModelled.map((n) => n.text));
  const placed = hunks.filter((h) => h.placed !== 'failed').length;
  return {
    model, config: CONFIG, before, after, hunks, fit: hunks.length === 0 ? 0 : placed / hunks.length, pre, post, unchanged, unseen, assumed,
    notModelled: post.notModelled.filter((n) => !known.has(n.text)), alreadyApplied: isApplied(submission, before), integers: integersOf(post),
  };
}

function applyAll(submission: Submission, before: Images, frontEnd: FrontEnd): { after: Images; hunks: PlacedHunk[] } {
  const after = new Map(before);
  const hunks: PlacedHunk[] = [];
  const apply = alignWith({ parses: (text) => frontEnd.parses(text) });
  for (const patch of submission.patches) {
    for (const file of patch.diff.files) {
      const image = after.get(file.path);
      if (image) {
        const applied = apply(image, file, patch.n);
        after.set(file.path, applied.image);
        hunks.push(...applied.hunks);
      } else hunks.push(...file.hunks.map((h) => foreign(file.path, patch.n, h)));
    }
  }
  return { after, hunks };
}

function foreign(path: string, patch: number, hunk: { index: number; oldStart: number; newStart: number }): PlacedHunk {
  return { patch, index: hunk.index, path, oldStart: hunk.oldStart, newStart: hunk.newStart, placed: 'ignored', note: 'the model has no such file' };
}

/** The patch is in the base already: its reverse fits wherever it touches the model. */
function isApplied(submission: Submission, before: Images): boolean {
  const files = submission.patches.flatMap((p) => p.diff.files).filter((f) => before.has(f.path) && f.hunks.length > 0);
  return files.length > 0 && files.every((file) => {
    const image = before.get(file.path);
    return image !== undefined && reverseApplies(image, file);
  });
}

function lowerAll(frontEnd: FrontEnd, model: KcovModel, images: Images): Program {
  const programs = model.files.map((file) => frontEnd.lower(file.path, `${(images.get(file.path)?.lines ?? []).join('\n')}\n`, CONFIG));
  return link(environment, ...programs);
}

/** Names beginning with CONFIG_ that expressions use as numbers. */
function integersOf(program: Program): string[] {
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    const { kind, name } = node as { kind?: unknown; name?: unknown };
    if (kind === 'name' && typeof name === 'string' && name.startsWith('CONFIG_')) found.add(name.slice('CONFIG_'.length));
    Object.values(node).forEach(walk);
  };
  walk(program.functions);
  walk(program.globals);
  walk(program.macros);
  return [...found].sort();
}
