/** @module Values that wait for a load: what is computed from them is put off with it, as an expression over the loaded value. */
import type { Pure } from './code.js';
import type { Awaited } from './orders.js';
import { closure } from './prepare.js';
import type { PureEnvironment } from './prepare.js';
import type { Value } from './value.js';

/** The loaded value itself. */
export const LOADED: Pure = { k: 'reg', reg: 0 };

interface Known {
  readonly registers: readonly Value[];
  readonly environment: PureEnvironment;
}

/** `pure` over the loaded value: registers that wait for it are what they will be, all others what they are now. */
export function over(pure: Pure, awaited: readonly Awaited[], known: Known): Pure {
  const inner = (part: Pure): Pure => over(part, awaited, known);
  switch (pure.k) {
    case 'const': return pure;
    case 'reg': {
      const found = awaited.find(({ reg }) => reg === pure.reg);
      return found ? found.value : { k: 'const', value: known.registers[pure.reg] ?? 0 };
    }
    case 'environment': return { k: 'const', value: closure(pure)(known.registers, known.environment) };
    case 'convert': case 'unary': return { ...pure, a: inner(pure.a) };
    case 'binary': return { ...pure, a: inner(pure.a), b: inner(pure.b) };
    case 'choose': return { ...pure, test: inner(pure.test), then: inner(pure.then), else: inner(pure.else) };
  }
}

/** True if an expression divides, which may fail and is not put off. */
export function divides(pure: Pure): boolean {
  switch (pure.k) {
    case 'binary': return pure.op === '/' || pure.op === '%' || divides(pure.a) || divides(pure.b);
    case 'convert': case 'unary': return divides(pure.a);
    case 'choose': return [pure.test, pure.then, pure.else].some(divides);
    default: return false;
  }
}

/** What a register gets once the value is loaded. */
export function valueOf({ value }: Awaited, loaded: Value, environment: PureEnvironment): Value {
  return closure(value)([loaded], environment);
}
