/** @module A scenario of ours on SPIN: emitted, compiled and searched, with wider bounds where the narrow ones did not hold. */
import { EMIT_BOUNDS, emitPromela } from '../simulator/promela/emit.js';
import type { Source } from '../simulator/promela/model.js';
import { runPan } from './spin.js';
import type { PanOptions, PanRun } from './spin.js';

export type Measured = PanRun & { readonly promela: string };

/** What pan finds on the scenario's model, or why there is none. */
export function measure<G>(source: Source<G>, options: PanOptions = {}): Measured | { readonly refused: string } {
  let refused = 'pan finds that the bounds of the model do not hold';
  for (const bounds of EMIT_BOUNDS) {
    const emitted = emitPromela(source, bounds);
    if ('refused' in emitted) {
      ({ refused } = emitted);
      continue;
    }
    const run = runPan(emitted.promela, options);
    if (run.errors === 0) return { ...run, promela: emitted.promela };
  }
  return { refused };
}
