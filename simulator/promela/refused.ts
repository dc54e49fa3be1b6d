/** @module Why a scenario has no Promela model: what the emitter cannot express ends the whole emission with a reason. */
import type { View } from '../machine/view.js';

/** Ends an emission. The message is a whole reason, for people. */
export class Refused extends Error {}

/** A view that refuses whatever is asked of it: for operations and contracts that must not look at the state. */
export function blindView<G>(who: string): View<G> {
  return new Proxy({} as View<G>, {
    get: (_, name) => {
      throw new Refused(`${who} looks at the state or changes the contract's (${String(name)})`);
    },
  });
}
