/**
 * @module Which frame of a stack a question is asked at: the innermost one that the diff shows and that is not in a helper
 * shared by several callers, since a window or a lost value belongs to the caller.
 */
import type { Program } from '../../simulator/ir/program.js';
import type { Code } from '../../simulator/machine/code.js';
import type { FrameRef } from '../../simulator/machine/violation.js';
import { frameSpot } from './spot.js';
import type { Images, Spot } from './spot.js';
import { callCount } from './walk.js';

export interface Chain {
  /** Where the question stands. */
  readonly spot: Spot;
  /** The innermost statement; equal to `spot` where that is innermost. */
  readonly inner: Spot;
  /** Outermost first, as "function: statement": for keys that survive moves of lines. */
  readonly canonical: readonly string[];
}

/** Chooses the frame; `frames` outermost first and not empty. */
export function chainOf(images: Images, code: Code, frames: readonly FrameRef[]): Chain {
  const spots = frames.map((frame) => frameSpot(images, code, frame));
  const inner = spots.findLast((s) => !isOfTheModel(s)) ?? spots.at(-1) ?? frameSpot(images, code, { functionIndex: 0, pc: 0 });
  const own = spots.findLast((spot, i) => spot.inDiff && (i === 0 || !isShared(code.program, spot.function)));
  const spot = own ?? spots.findLast((s) => s.inDiff) ?? inner;
  return { spot, inner, canonical: spots.map((s) => `${s.function}: ${s.text}`) };
}

/** A function that the compiler of the simulator puts in the place of one of the kernel's: memcpy(). */
const isOfTheModel = (spot: Spot): boolean => spot.function.startsWith('__kcovet_');

function isShared(program: Program, name: string): boolean {
  return callCount(program, name) > 1;
}
