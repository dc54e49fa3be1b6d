/** @module The functions that hunks show, put together as one text for each side of a file, and read as C. */
import type { Image } from '../../apply/image.js';
import type { FrontEnd } from '../../c/front-end.js';
import type { FileDiff } from '../../patch/diff.js';
import type { Config, FunctionDef, Stmt } from '../../../simulator/ir/program.js';
import { ANNOTATION_TEXT, SECTION_TEXT } from './annotation.js';
import { GAP } from './marks.js';
import { reconstruct } from './reconstruct.js';
import type { OutLine } from './reconstruct.js';
import { seenFunctions } from './seen-function.js';
import type { SeenFunction, Side } from './seen-function.js';

/** A function of one side, as far as it is seen. */
export interface ShownFunction {
  readonly name: string;
  /** Null when its text could not be read. */
  readonly def: FunctionDef | null;
  readonly patch: number;
  readonly whole: boolean;
  /** What is not seen of it neither begins nor ends a section on balance. */
  readonly neutral: boolean;
  readonly unclear: string | null;
}

interface Part {
  readonly seen: SeenFunction;
  readonly patch: number;
  readonly neutral: boolean;
  /** 1-based lines of the image, inclusive; null where nothing could be put together. */
  readonly range: { readonly from: number; readonly to: number } | null;
  readonly why: string | null;
}

export interface FunctionImage {
  readonly image: Image;
  readonly parts: readonly Part[];
}

interface Diffed {
  readonly n: number;
  readonly file: FileDiff;
  readonly truncated: boolean;
}

/** One side of all annotated functions of a file's diffs. */
export function imageOfFunctions(path: string, diffs: readonly Diffed[], side: Side): FunctionImage {
  const lines: OutLine[] = [];
  const parts: Part[] = [];
  for (const { seen, patch, neutral } of chosen(diffs, side)) {
    const made = reconstruct(seen, { patch, side });
    const from = lines.length + 1;
    if ('lines' in made) lines.push(...made.lines);
    parts.push({ seen, patch, neutral, range: 'lines' in made ? { from, to: lines.length } : null, why: 'lines' in made ? null : made.why });
  }
  return { image: { path, lines: lines.map((l) => l.text), origins: lines.map((l) => l.origin) }, parts };
}

/** Annotated functions, each once: on the new side as the last patch shows it, on the old side as the first does. */
function chosen(diffs: readonly Diffed[], side: Side): { seen: SeenFunction; patch: number; neutral: boolean }[] {
  const found = new Map<string, { seen: SeenFunction; patch: number; neutral: boolean }>();
  for (const { n, file, truncated } of diffs) {
    const annotated = new Set([...seenFunctions(file, 'old'), ...seenFunctions(file, 'new')].filter(isAnnotated).map((f) => f.name));
    for (const seen of seenFunctions(file, side)) {
      if (!annotated.has(seen.name)) continue;
      const before = found.get(seen.name);
      if (before && side === 'old') continue;
      found.set(seen.name, { seen, patch: n, neutral: !before && !truncated && isNeutral(file, seen) });
    }
  }
  return [...found.values()];
}

function isAnnotated(seen: SeenFunction): boolean {
  return seen.pieces.some((piece) => piece.some((l) => ANNOTATION_TEXT.test(l.text)));
}

/**
 * The patch brings starts and stops to the function and takes none away, and the lines around have none: then what is not
 * shown of it is as it was before there were sections.
 */
function isNeutral(file: FileDiff, seen: SeenFunction): boolean {
  const hunks = new Set(seen.pieces.flatMap((p) => p.map((l) => l.hunk)));
  const shown = seen.pieces.flatMap((p) => p.map((l) => l.line));
  const removed = file.hunks.some((h) => hunks.has(h.index) && h.lines.some((l) => l.kind === 'removed' && SECTION_TEXT.test(l.text)));
  const kept = shown.some((l) => l.kind === 'context' && SECTION_TEXT.test(l.text));
  const adds = (what: RegExp): boolean => shown.some((l) => l.kind === 'added' && what.test(l.text));
  return !removed && !kept && adds(/kcov_remote_start/u) && adds(/kcov_remote_stop/u);
}

/** The functions of an image as statements. */
export function readFunctions(frontEnd: FrontEnd, { image, parts }: FunctionImage, config: Config): ShownFunction[] {
  const program = frontEnd.lower(image.path, `${image.lines.join('\n')}\n`, config);
  return parts.map(({ seen, patch, neutral, range, why }) => {
    const def = range ? program.functions.find((f) => f.place.line >= range.from && f.place.line <= range.to) : undefined;
    const whole = seen.opened && seen.closed && seen.pieces.length === 1;
    const unclear = def ? null : why ?? 'what is shown of it is not understood';
    return { name: seen.name, def: def ? withoutDeclarationGap(def) : null, patch, whole, neutral, unclear };
  });
}

/** Only declarations can stand before a declaration: a gap at the beginning is none then. */
function withoutDeclarationGap(def: FunctionDef): FunctionDef {
  const [first, second] = def.body;
  const isDeclaration = second?.kind === 'declaration' && !second.attributes?.some((a) => a.startsWith('__free') || a.startsWith('__cleanup'));
  return first && isGap(first) && isDeclaration ? { ...def, body: def.body.slice(1) } : def;
}

function isGap(s: Stmt): boolean {
  return s.kind === 'expression' && s.expr.kind === 'call' && s.expr.callee.kind === 'name' && s.expr.callee.name === GAP;
}
