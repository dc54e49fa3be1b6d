/** @module What one kind of comparison found. */
import type { Disagreement } from './compare.js';
import type { Row } from './table.js';

export interface Held {
  readonly row: Row;
  readonly disagreements: readonly Disagreement[];
}
