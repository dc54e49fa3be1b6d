/** @module One Program of several: what the linker and the preprocessor's #include do together, by name. */
import type { Program, Prototype } from './program.js';

/** The list with one item per key, the last of each, at the place of the last. Items without a key are all kept. */
function lastByKey<T>(items: readonly T[], key: (item: T) => string | null): T[] {
  const last = new Map<string, T>();
  for (const item of items) {
    const k = key(item);
    if (k !== null) last.set(k, item);
  }
  return items.filter((item) => {
    const k = key(item);
    return k === null || last.get(k) === item;
  });
}

/** Name and #ifdef: the two sides of an #ifdef are different items until configure() has picked one. */
function keyOf(item: { readonly name: string; readonly ifdef?: string }): string | null {
  return item.name === '' ? null : `${item.name} ${item.ifdef ?? ''}`;
}

/**
 * All of `programs` as one, with the path of the last, which is the main one. Where two define the same name under the
 * same condition the later one wins. Initcalls run in order; the includes are those of the main Program. Places stay.
 */
export function link(...programs: readonly [Program, ...Program[]]): Program {
  const main = programs.at(-1) ?? programs[0];
  const prototypes: Prototype[] = programs.flatMap((p) => p.prototypes ?? []);
  return {
    path: main.path,
    structs: lastByKey(programs.flatMap((p) => p.structs), keyOf),
    enums: lastByKey(programs.flatMap((p) => p.enums), keyOf),
    typedefs: lastByKey(programs.flatMap((p) => p.typedefs), (t) => t.name),
    macros: lastByKey(programs.flatMap((p) => p.macros), keyOf),
    globals: lastByKey(programs.flatMap((p) => p.globals), (g) => g.name),
    functions: lastByKey(programs.flatMap((p) => p.functions), keyOf),
    prototypes: lastByKey(prototypes, keyOf),
    initcalls: [...new Set(programs.flatMap((p) => p.initcalls))],
    exports: [...new Set(programs.flatMap((p) => p.exports))],
    includes: main.includes,
    notModelled: programs.flatMap((p) => p.notModelled),
  };
}
