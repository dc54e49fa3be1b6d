/** @module A contract that asks nothing and keeps nothing, so that a state is what the machine has and no more. */
import type { Contract } from '../machine/view.js';

export const silent: Contract<null> = {
  initial: null,
  labelStored: () => undefined,
  isLabel: () => false,
  service: () => 0,
  allocationFailed: () => undefined,
  entered: () => undefined,
  left: () => undefined,
  quiescent: () => undefined,
};
