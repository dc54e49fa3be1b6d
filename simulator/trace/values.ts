/**
 * @module Values as people write them: members of enums without their common prefix, pointers as names of objects, labels
 * of hits as PC, sizes decimal, large numbers hexadecimal.
 */
import type { CType, EnumDef, Program } from '../ir/program.js';
import { functionAt, locate } from '../machine/address.js';
import type { Code } from '../machine/code.js';
import { shownFlags } from '../machine/irq-flags.js';
import { UNINITIALISED } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import type { Names } from './names.js';

/** From here on numbers are written in hexadecimal: handles and the like. */
const HEX_FROM = 2 ** 32;
/** Most typedefs that are followed. */
const TYPEDEFS_MAX = 40;

/** What the common prefix of an enum's members is, up to an underscore: KCOV_MODE_. '' when there is none. */
export function commonPrefix(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  if (rest.length === 0) return '';
  let length = first.length;
  for (const name of rest) while (!name.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, first.lastIndexOf('_', length - 1) + 1);
}

const lastWord = (name: string): string => name.slice(name.lastIndexOf('_') + 1);

/** The last field or variable of an access: `t->kcov_mode` gives kcov_mode. */
function fieldOf(text: string): string {
  return /([A-Za-z_]\w*)\W*$/u.exec(text)?.[1] ?? '';
}

/** Writes the values of one Program's executions. */
export class Values {
  private readonly program: Program;

  constructor(private readonly code: Code, private readonly names: Names, private readonly isLabel: (value: Value) => boolean) {
    this.program = code.program;
  }

  /** `shown` is the C type of the access, `text` the access as C: fields of type int often hold members of an enum of their name. */
  write(value: Value, shown: CType | undefined, text: string): string {
    if (value === UNINITIALISED) return 'uninitialised';
    const type = shown === undefined ? undefined : this.resolve(shown);
    if (type?.kind === 'pointer' || type?.kind === 'array' || type?.kind === 'function') return this.pointer(value);
    if (type?.kind === 'bool') return String(value);
    const member = type?.kind === 'enum' ? this.member(this.enumNamed(type.name), value) : this.memberByField(type, value, text);
    return member ?? this.number(value);
  }

  /** A pointer: NULL, the name of an object, with the distance from its start. */
  pointer(value: Value): string {
    if (value === 0) return 'NULL';
    const location = locate(value);
    if (location) return this.names.name(location.object) + (location.offset === 0 ? '' : `+${location.offset}`);
    const index = functionAt(value);
    const called = index === null ? undefined : this.code.functions[index]?.name;
    return called === undefined ? this.number(value) : `${called}()`;
  }

  private number(of: Value): string {
    const value = shownFlags(of);
    if (this.isLabel(value)) return 'PC';
    if (locate(value) !== null || (typeof value === 'number' && functionAt(value) !== null)) return this.pointer(value);
    if (value >= 0) return value >= HEX_FROM ? `0x${value.toString(16)}` : String(value);
    return value > -HEX_FROM ? String(value) : `-0x${(-value).toString(16)}`;
  }

  private resolve(type: CType): CType {
    let found = type;
    for (let i = 0; i < TYPEDEFS_MAX && found.kind === 'named'; i += 1) {
      const { name } = found;
      const to = this.program.typedefs.findLast((t) => t.name === name)?.type;
      if (!to) break;
      found = to;
    }
    return found;
  }

  private enumNamed(name: string): EnumDef | undefined {
    return this.program.enums.findLast((e) => e.name === name);
  }

  private member(def: EnumDef | undefined, value: Value): string | null {
    const found = def?.members.find((m) => m.value === BigInt(value));
    return def && found ? found.name.slice(commonPrefix(def.members.map((m) => m.name)).length) : null;
  }

  /** An int field called kcov_mode or saved_mode holds members of enum kcov_mode, where only one enum's name ends so. */
  private memberByField(type: CType | undefined, value: Value, text: string): string | null {
    if (type?.kind !== 'int' || type.bytes !== 4) return null;
    const word = lastWord(fieldOf(text));
    const matching = this.program.enums.filter((e) => e.name !== '' && lastWord(e.name) === word);
    const distinct = new Set(matching.map((e) => e.name));
    return word !== '' && distinct.size === 1 ? this.member(matching.at(-1), value) : null;
  }
}
