/**
 * @module Names of objects for people: globals and tasks as they are called, allocated objects after the variable that
 * their address first went to, with a letter for their order of allocation: areaA, areaB.
 */
import type { Layout } from '../machine/layout.js';

/** The readable name of an object; `fallback` is what kcovet would call it. */
export type Naming = (object: number, fallback: string) => string;

/** A, B, … Z, then numbers: what tells objects of one name apart. */
function letter(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
}

/** `kcov->area` gives area, `*p` gives p. */
function lastIdentifier(text: string): string {
  return /([A-Za-z_]\w*)\W*$/u.exec(text.replace(/\[[^\]]*\]/gu, ''))?.[1] ?? 'object';
}

/** Gives each object one name for the whole trace, in the order in which objects are first allocated or mentioned. */
export class Names {
  private readonly known = new Map<number, string>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly layout: Layout, private readonly naming?: Naming) {}

  /** Notes an allocation, so that letters follow the order of allocation. A reused object of the stack keeps its name. */
  name(object: number): string {
    const known = this.known.get(object);
    if (known !== undefined) return known;
    const fallback = this.fallback(object);
    const made = this.naming?.(object, fallback) ?? fallback;
    this.known.set(object, made);
    return made;
  }

  private fallback(object: number): string {
    const site = this.layout.siteOf(object);
    if (site === null) return (this.layout.names[object] ?? '?').replace(/@(\d+)$/u, ' of CPU$1');
    const spec = this.layout.code.sites[site];
    const base = lastIdentifier(spec?.hint ?? '');
    if (spec?.api === 'stack') return base;
    const count = this.counts.get(base) ?? 0;
    this.counts.set(base, count + 1);
    return base + letter(count);
  }

  /** Replaces the machine's names of allocated objects in a text, such as `area#0`, by readable ones. */
  rewrite(text: string): string {
    return text.replace(/[^\s:,()]+#\d+|\w+@\d+/gu, (raw) => {
      const object = this.layout.names.indexOf(raw);
      return object < 0 ? raw : this.name(object);
    });
  }
}
