/**
 * @module Names of objects for people: globals and tasks as they are called, allocated objects after the variable that
 * their address first went to, with a letter or number that says who made them: areaA, area0.
 */
import type { Layout } from '../machine/layout.js';

/** The readable name of an object; `fallback` is what kcovet would call it. */
export type Naming = (object: number, fallback: string) => string;

/** `kcov->area` gives area, `*p` gives p. */
function lastIdentifier(text: string): string {
  return /([A-Za-z_]\w*)\W*$/u.exec(text.replace(/\[[^\]]*\]/gu, ''))?.[1] ?? 'object';
}

/** Gives each object one name for the whole trace, by who allocates it; objects that were never seen allocated get a number. */
export class Names {
  private readonly known = new Map<number, string>();
  private readonly taken = new Map<string, number>();

  constructor(private readonly layout: Layout, private readonly naming?: Naming) {}

  /** The same names so far, and others from here on. */
  fork(): Names {
    const made = new Names(this.layout, this.naming);
    for (const [object, name] of this.known) made.known.set(object, name);
    for (const [name, count] of this.taken) made.taken.set(name, count);
    return made;
  }

  /** Notes an allocation; `maker` is the letter of the device or actor it is for, '' for initcalls. A reused object keeps its name. */
  allocated(object: number, maker: string): void {
    if (!this.known.has(object)) this.give(object, maker);
  }

  name(object: number): string {
    return this.known.get(object) ?? this.give(object, '');
  }

  private give(object: number, maker: string): string {
    const fallback = this.fallback(object, maker);
    const made = this.naming?.(object, fallback) ?? fallback;
    this.known.set(object, made);
    return made;
  }

  private fallback(object: number, maker: string): string {
    const site = this.layout.siteOf(object);
    if (site === null) return (this.layout.names[object] ?? '?').replace(/@(\d+)$/u, ' of CPU$1');
    const spec = this.layout.code.sites[site];
    const base = lastIdentifier(spec?.hint ?? '');
    if (spec?.api === 'stack') return base;
    const name = base + maker;
    const count = this.taken.get(name) ?? 0;
    this.taken.set(name, count + 1);
    return maker === '' ? `${name}${count}` : count === 0 ? name : `${name}${count + 1}`;
  }

  /** Replaces the machine's names of allocated objects in a text, such as `area#0`, by readable ones. */
  rewrite(text: string): string {
    return text.replace(/[^\s:,()]+#\d+|\w+@\d+/gu, (raw) => {
      const object = this.layout.names.indexOf(raw);
      return object < 0 ? raw : this.name(object);
    });
  }
}
