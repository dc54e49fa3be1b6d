/**
 * @module typeof: the types that expressions give to declarations, casts and sizeof. Found by compiling the expression and
 * throwing away what was emitted.
 */
import type { Argument, CType } from '../ir/program.js';
import type { Emitter } from './emitter.js';
import { typeOf } from './expressions.js';

/** `type` with every typeof in it replaced by the type that its expression has here. Throws UnknownName. */
export function settled(e: Emitter, type: CType): CType {
  switch (type.kind) {
    case 'typeof': return typeOfArgument(e, type.of);
    case 'pointer': {
      const to = settled(e, type.to);
      return to === type.to ? type : { ...type, to };
    }
    case 'array': {
      const of = settled(e, type.of);
      return of === type.of ? type : { ...type, of };
    }
    default: return type;
  }
}

function typeOfArgument(e: Emitter, of: Argument): CType {
  return of.kind === 'type' ? settled(e, of.type) : typeOf(e, of);
}
