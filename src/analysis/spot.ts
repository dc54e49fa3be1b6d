/**
 * @module Spots: statements of a Program as places on the diff. A line of an image knows which hunk covers it, so a frame
 * of an execution can be shown under the line of the patch that it belongs to.
 */
import type { Image } from '../apply/image.js';
import { printStatementHead } from '../../simulator/ir/print.js';
import type { SourcePlace } from '../../simulator/ir/program.js';
import type { Code } from '../../simulator/machine/code.js';
import type { FrameRef } from '../../simulator/machine/violation.js';

/** A statement's place; the fields of the review's Place, and whether the patch added it. */
export interface Spot {
  readonly path: string;
  readonly image: 'diff' | 'model' | 'tree';
  readonly side: 'RIGHT' | 'LEFT';
  /** 1-based in the file of that side; null where only the model knows the line. */
  readonly line: number | null;
  readonly endLine: number | null;
  readonly inDiff: boolean;
  readonly hunk: number | null;
  readonly patch?: number;
  readonly function: string;
  readonly text: string;
  /** A patch added at least one of its lines. */
  readonly added: boolean;
}

export type Images = ReadonlyMap<string, Image>;

/** Maps a place in the text of an image to the diff. `what` names function and statement. */
export function spotOf(images: Images, place: SourcePlace, what: { function: string; text: string }): Spot {
  const image = images.get(place.path);
  const origins = image?.origins.slice(place.line - 1, place.endLine) ?? [];
  const first = origins[0];
  const added = origins.find((o) => o.added);
  const anchor = added ?? origins.find((o) => o.image === 'diff') ?? first;
  const inDiff = anchor?.image === 'diff';
  const lines = origins.filter((o) => o.hunk === anchor?.hunk && o.line !== null && o.image === anchor?.image).map((o) => o.line ?? 0);
  return {
    path: place.path, image: anchor?.image ?? 'model', side: 'RIGHT', line: lines[0] ?? anchor?.line ?? null, endLine: lines.at(-1) ?? anchor?.line ?? null,
    inDiff, hunk: anchor?.hunk ?? null, ...(anchor?.patch ? { patch: anchor.patch } : {}), ...what, added: added !== undefined,
  };
}

/** The head of the statement a frame is at: for an if only its condition. */
export function frameSpot(images: Images, code: Code, frame: FrameRef): Spot {
  const f = code.functions[frame.functionIndex];
  const instruction = f?.instructions[frame.pc];
  const statement = instruction ? f?.statements[instruction.statement] : undefined;
  const place = statement?.place ?? { path: f?.path ?? '', line: 0, endLine: 0 };
  return spotOf(images, headOf(place, statement?.kind), { function: f?.name ?? '', text: statement ? printStatementHead(statement) : '' });
}

/** A compound statement is shown at its head, not over its whole body. */
function headOf(place: SourcePlace, kind: string | undefined): SourcePlace {
  const compound = ['if', 'while', 'for', 'forEach', 'switch', 'doWhile', 'block'].includes(kind ?? '');
  return compound ? { ...place, endLine: place.line } : place;
}
