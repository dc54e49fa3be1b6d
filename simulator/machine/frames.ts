/** @module The innermost frame of a context that is being changed. */
import type { DraftContext, DraftFrame } from './draft.js';

/** The innermost frame as a copy that may be changed; null when the context has none. */
export function stackFrame(context: DraftContext): DraftFrame | null {
  const last = context.frames.length - 1;
  const frame = context.frames[last];
  if (!frame) return null;
  if (!('id' in frame)) return frame;
  const made: DraftFrame = { functionIndex: frame.functionIndex, pc: frame.pc, registers: [...frame.registers] };
  context.frames[last] = made;
  return made;
}
