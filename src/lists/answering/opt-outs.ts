/** @module Who said stop, as the policy has those whom it names: nothing is said to them. */
import type { Office } from '../office.js';
import type { SaidStore } from '../said-store.js';

/** A policy with all of them in it, read again each time. */
export function withOptOuts(policy: Office['policy'], said: SaidStore): Office['policy'] {
  return async () => {
    const read = await policy();
    return read.ok ? { ok: true, config: { ...read.config, optOut: [...read.config.optOut, ...await said.optedOut()] } } : read;
  };
}
