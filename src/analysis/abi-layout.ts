/**
 * @module Layout of structs as user space has them, on 64 bit and on 32 bit. Unlike the machine's layout (simulator/ir/types.ts)
 * it is that of a C compiler, byte for byte; what it does not know for certain it leaves out. Source: the psABIs of x86-64,
 * i386 (a 64-bit integer in a struct is aligned to 4) and Arm (to 8), and Documentation/driver-api/ioctl.rst.
 */
import { TypeTable, UnknownName } from '../../simulator/ir/types.js';
import type { CType, Program, StructDef } from '../../simulator/ir/program.js';

export interface Abi {
  readonly name: string;
  /** Bytes of a long and of a pointer. */
  readonly word: 4 | 8;
  /** Alignment of a 64-bit integer in a struct. */
  readonly align64: 4 | 8;
}

export const ABI_64: Abi = { name: '64 bit', word: 8, align64: 8 };
export const ABI_I386: Abi = { name: 'i386', word: 4, align64: 4 };
export const ABI_ARM: Abi = { name: '32-bit Arm', word: 4, align64: 8 };

interface Extent {
  readonly size: number;
  readonly align: number;
}

export interface LaidField extends Extent {
  readonly name: string;
  readonly offset: number;
  /** Its size or alignment is not the same everywhere because of this. */
  readonly varies: 'long' | 'pointer' | '64-bit' | null;
  /** 1-based line of the image. */
  readonly line: number;
}

export interface LaidStruct extends Extent {
  /** In the order of the text. */
  readonly fields: readonly LaidField[];
  /** Bytes between fields and at the end that belong to none. */
  readonly holes: readonly { readonly offset: number; readonly bytes: number; readonly after: LaidField }[];
}

const BYTES: Readonly<Record<string, number>> = { bool: 1, _Bool: 1, uint8_t: 1, int8_t: 1, uint16_t: 2, int16_t: 2, uint32_t: 4, int32_t: 4, uint64_t: 8, int64_t: 8 };
const KERNEL_INTEGER = /^(?:__)?[us](8|16|32|64)$|^__(?:le|be)(16|32|64)$/u;
const WORDS = new Set(['size_t', 'ssize_t', 'uintptr_t', '__kernel_size_t', '__kernel_ssize_t', '__kernel_long_t', '__kernel_ulong_t']);

/** Deepest nesting of structs and typedefs that is followed. */
const DEPTH_MAX = 60;

class Layouter {
  private readonly table: TypeTable;
  /** Null while a struct is laid out, and for what is not known. */
  private readonly laid = new Map<string, LaidStruct | null>();

  constructor(private readonly program: Program, private readonly abi: Abi) {
    this.table = new TypeTable(program);
  }

  /** A struct or union; null where something in it is not known. */
  struct(name: string, depth = 0): LaidStruct | null {
    const known = this.laid.get(name);
    if (known !== undefined) return known;
    this.laid.set(name, null);
    const def = this.program.structs.find((s) => s.name === name);
    const made = def && depth <= DEPTH_MAX ? this.lay(def, depth) : null;
    this.laid.set(name, made);
    return made;
  }

  private lay(def: StructDef, depth: number): LaidStruct | null {
    const fields: LaidField[] = [];
    let [end, align] = [0, 1];
    for (const { name: field, type, bits, place } of def.fields) {
      const extent = bits === undefined ? this.extent(type, depth + 1) : null;
      if (!extent) return null;
      const offset = def.union ? 0 : roundUp(end, extent.align);
      fields.push({ name: field, offset, ...extent, varies: this.variesBy(type, depth + 1), line: place.line });
      end = Math.max(end, offset + extent.size);
      align = Math.max(align, extent.align);
    }
    const size = roundUp(end, align);
    return { size, align, fields, holes: def.union ? [] : holesIn(fields, size) };
  }

  private variesBy(type: CType, depth: number): LaidField['varies'] {
    if (depth > DEPTH_MAX) return null;
    if (type.kind === 'array') return this.variesBy(type.of, depth + 1);
    if (type.kind === 'pointer') return 'pointer';
    if (type.kind === 'named' && WORDS.has(type.name)) return 'long';
    if (type.kind === 'int' && isLong(type.name)) return 'long';
    const typedef = type.kind === 'named' ? this.program.typedefs.find((t) => t.name === type.name) : undefined;
    if (typedef) return this.variesBy(typedef.type, depth + 1);
    const extent = this.extent(type, depth + 1);
    return extent?.size === 8 && extent.align !== 8 ? '64-bit' : null;
  }

  extent(type: CType, depth: number): Extent | null {
    if (depth > DEPTH_MAX) return null;
    switch (type.kind) {
      case 'bool': return natural(1);
      case 'int': return isLong(type.name) ? natural(this.abi.word) : this.integer(type.bytes);
      case 'enum': return natural(4);
      case 'pointer': return natural(this.abi.word);
      case 'struct': case 'union': return this.struct(type.name, depth + 1);
      case 'array': return this.array(type, depth);
      case 'named': return this.typedef(type.name, depth);
      default: return null;
    }
  }

  private integer(bytes: number): Extent {
    return { size: bytes, align: bytes === 8 ? this.abi.align64 : bytes };
  }

  private array(type: CType & { kind: 'array' }, depth: number): Extent | null {
    const of = this.extent(type.of, depth + 1);
    const length = type.length === null ? 0 : this.length(type.length);
    return of && length !== null ? { size: of.size * length, align: of.align } : null;
  }

  private length(expr: Parameters<TypeTable['constant']>[0]): number | null {
    // sizeof is the machine's here, not the ABI's.
    if (/"kind":"sizeof"/u.test(JSON.stringify(expr, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v)))) return null;
    try {
      return Number(this.table.constant(expr));
    } catch (error) {
      if (error instanceof UnknownName) return null;
      throw error;
    }
  }

  private typedef(name: string, depth: number): Extent | null {
    if (/^__aligned_(?:[us]|be|le)64$/u.test(name)) return natural(8);
    const known = KERNEL_INTEGER.exec(name);
    const bytes = BYTES[name] ?? (known ? Number(known[1] ?? known[2]) / 8 : undefined);
    if (bytes !== undefined) return this.integer(bytes);
    if (WORDS.has(name)) return natural(this.abi.word);
    const found = this.program.typedefs.find((t) => t.name === name);
    return found ? this.extent(found.type, depth + 1) : null;
  }
}

const natural = (bytes: number): Extent => ({ size: bytes, align: bytes });
const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** `unsigned long` and its kin, `long long` not. */
function isLong(name: string): boolean {
  return (name.match(/\blong\b/gu) ?? []).length === 1;
}

function holesIn(fields: readonly LaidField[], size: number): LaidStruct['holes'] {
  return fields.flatMap((after, i) => {
    const end = after.offset + after.size;
    const bytes = (fields[i + 1]?.offset ?? size) - end;
    return bytes > 0 ? [{ offset: end, bytes, after }] : [];
  });
}

const layouters = new WeakMap<Program, Map<string, Layouter>>();

function layouterOf(program: Program, abi: Abi): Layouter {
  const known = layouters.get(program) ?? new Map<string, Layouter>();
  layouters.set(program, known);
  const made = known.get(abi.name) ?? new Layouter(program, abi);
  known.set(abi.name, made);
  return made;
}

/** The layout of a struct, null where a type or a length in it is not known. Attributes are not looked at. */
export function layOut(program: Program, struct: string, abi: Abi): LaidStruct | null {
  return layouterOf(program, abi).struct(struct);
}
