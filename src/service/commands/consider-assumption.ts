/** @module What somebody wants assumed, read, and where it is about a function held against every execution before it is kept. */
import type { Assumed } from '../../review/review.js';
import { parseAssumption } from '../assumptions.js';
import type { Engine, ReviewRequest } from '../../engine/engine.js';

export type Considered =
  | { readonly kind: 'unknown'; readonly why: string }
  /** An execution refutes it, or it cannot be checked. */
  | { readonly kind: 'refused'; readonly checked: Assumed }
  /** `text`: as it is kept. `checked` where it is about a function. */
  | { readonly kind: 'fit'; readonly text: string; readonly checked?: Assumed };

export interface Considering {
  /** What it is checked on; asked for only where it is checked. */
  readonly on: () => Promise<Omit<ReviewRequest, 'scenarios'>>;
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

export async function considerAssumption(said: string, { on, engine, signal }: Considering): Promise<Considered> {
  const parsed = parseAssumption(said);
  if (!parsed.ok) return { kind: 'unknown', why: parsed.why };
  const [checked] = parsed.conditions.assume ? await engine.assumed({ ...await on(), assume: parsed.conditions.assume }, { signal }) : [];
  if (checked?.verdict === 'refuted' || checked?.verdict === 'notChecked') return { kind: 'refused', checked };
  return { kind: 'fit', text: parsed.text, ...(checked === undefined ? {} : { checked }) };
}
