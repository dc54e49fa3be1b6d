/** @module What refcount_t does beyond a counter: lib/refcount.c and include/linux/refcount.h of Linux 6.1. */
import type { Location } from './address.js';
import type { Draft } from './draft.js';
import type { Value } from './value.js';

/** Where a refcount_t goes when it is misused, and stays: include/linux/refcount.h. */
const REFCOUNT_SATURATED = 0xc000_0000;
/** Counts from here on are negative as int: saturated already, and reported when they became so. */
const REFCOUNT_NEGATIVE = 0x8000_0000;

/** The value of a refcount_t after an addition: a count that was 0, or that refcount_dec() takes to 0, saturates (lib/refcount.c). */
export function auditRefcount<G>(draft: Draft<G>, location: Location, count: { old: number; value: number; tested: boolean }): Value {
  const { old, value, tested } = count;
  if (old >= REFCOUNT_NEGATIVE) return REFCOUNT_SATURATED;
  const up = value === old + 1;
  const wrong = old === 0 ? (up ? 'increment on 0' : 'decrement of 0') : !up && value === 0 && !tested ? 'decrement to 0 that nobody tests' : null;
  if (wrong === null) return value >= REFCOUNT_NEGATIVE ? REFCOUNT_SATURATED : value;
  draft.report('refcount', `${draft.nameOf(location.object)}: ${wrong}`);
  return REFCOUNT_SATURATED;
}
