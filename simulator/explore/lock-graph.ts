/**
 * @module What lockdep concludes from its facts (Documentation/locking/lockdep-design.rst, Linux 6.1): recursion, inversion,
 * irq-safe against irq-unsafe, wait types. Sets go in and sets come out: the order in which facts were learnt does not matter.
 */
import { factKey } from './lock-facts.js';
import type { IrqKind, LockFact } from './lock-facts.js';

/** A rule that is broken, and the facts that break it. */
export interface LockReport {
  readonly property: LockProperty;
  /** One line with the classes. */
  readonly detail: string;
  readonly facts: readonly LockFact[];
}

export const LOCK_PROPERTIES = ['lock-recursion', 'lock-inversion', 'irq-unsafe-lock', 'irq-unsafe-dependency', 'invalid-wait-context'] as const;
export type LockProperty = (typeof LOCK_PROPERTIES)[number];

/** True for what lockdep reports. */
export function isLockProperty(property: string): property is LockProperty {
  return (LOCK_PROPERTIES as readonly string[]).includes(property);
}

const ARTICLES: Readonly<Record<IrqKind, string>> = { softirq: 'a softirq', hardirq: 'a hardirq', nmi: 'an NMI' };

/** "with hardirqs on". */
const enabledText = (irq: IrqKind): string => (irq === 'nmi' ? 'outside of one' : `with ${irq}s on`);

/** A fact as people say it. */
export function factText(fact: LockFact): string {
  switch (fact.k) {
    case 'order': return `${fact.to} is taken with ${fact.from} held`;
    case 'recursion': return `${fact.lock} is taken with one of its class held`;
    case 'used-in': return `${fact.lock} is taken in ${ARTICLES[fact.irq]}`;
    case 'enabled': return `${fact.lock} is held ${fact.irq === 'nmi' ? 'outside of an NMI' : enabledText(fact.irq)}`;
    case 'wait': return `${fact.lock} is taken ${fact.where}`;
  }
}

type Order = LockFact & { readonly k: 'order' };

/** The facts of a search or an execution. */
export class LockGraph {
  private readonly facts: Map<string, LockFact>;
  private reported: readonly LockReport[] | null = null;

  constructor(from?: LockGraph) {
    this.facts = new Map(from?.facts ?? []);
  }

  /** True where the fact is new. */
  learn(fact: LockFact): boolean {
    const key = factKey(fact);
    if (this.facts.has(key)) return false;
    this.facts.set(key, fact);
    this.reported = null;
    return true;
  }

  /** Every rule that is broken, sorted by property and classes; the consequences of another one left out. */
  reports(): readonly LockReport[] {
    this.reported ??= this.conclude();
    return this.reported;
  }

  private conclude(): LockReport[] {
    const all = [...this.facts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact);
    const direct = all.flatMap((fact): LockReport[] => (fact.k === 'recursion' ? [{ property: 'lock-recursion', detail: factText(fact), facts: [fact] }]
      : fact.k === 'wait' ? [{ property: 'invalid-wait-context', detail: factText(fact), facts: [fact] }] : []));
    const after = new Map<string, Order[]>();
    for (const fact of all) if (fact.k === 'order') after.set(fact.from, [...(after.get(fact.from) ?? []), fact]);
    const unsafe = this.unsafeLocks(all);
    return [...direct, ...inversions(after), ...unsafe, ...this.unsafeDependencies(all, { after, unsafe })];
  }

  private known(fact: LockFact): LockFact | null {
    return this.facts.get(factKey(fact)) ?? null;
  }

  /** A class that interrupts take is held where they may come. A softirq adds nothing to what a hardirq shows. */
  private unsafeLocks(all: readonly LockFact[]): LockReport[] {
    const found = all.flatMap((fact): (LockReport & { lock: string; irq: IrqKind })[] => {
      if (fact.k !== 'used-in') return [];
      const { lock, irq } = fact;
      const enabled = this.known({ k: 'enabled', lock, irq });
      return enabled ? [{ property: 'irq-unsafe-lock', detail: `${factText(fact)}, and ${enabledText(irq)}`, facts: [fact, enabled], lock, irq }] : [];
    });
    return found.filter(({ lock, irq }) => irq !== 'softirq' || !found.some((other) => other.lock === lock && other.irq === 'hardirq'))
      .map(({ property, detail, facts }) => ({ property, detail, facts }));
  }

  /** A class that interrupts take leads to one that is held where they may come: the shortest way for each pair. */
  private unsafeDependencies(all: readonly LockFact[], known: { after: ReadonlyMap<string, readonly Order[]>; unsafe: readonly LockReport[] }): LockReport[] {
    const own = new Set(known.unsafe.flatMap(({ facts }) => facts.flatMap((fact) => ('lock' in fact ? [fact.lock] : []))));
    const seen = new Set<string>();
    return (['hardirq', 'softirq'] as const).flatMap((irq) => all.flatMap((safe): LockReport[] => {
      if (safe.k !== 'used-in' || safe.irq !== irq || own.has(safe.lock)) return [];
      return ways(known.after, safe.lock, (lock) => this.known({ k: 'enabled', lock, irq }) !== null).flatMap((way): LockReport[] => {
        const to = way.at(-1)?.to ?? '';
        const enabled = this.known({ k: 'enabled', lock: to, irq });
        if (!enabled || own.has(to) || seen.has(`${safe.lock} ${to}`)) return [];
        seen.add(`${safe.lock} ${to}`);
        return [{ property: 'irq-unsafe-dependency', detail: `${to}, held ${enabledText(irq)}, is taken behind ${safe.lock}, which ${ARTICLES[irq]} takes`, facts: [safe, ...way, enabled] }];
      });
    }));
  }
}

/** Shortest ways from a class to each class that `ends`; none goes on behind such a one. */
function ways(after: ReadonlyMap<string, readonly Order[]>, from: string, ends: (lock: string) => boolean): Order[][] {
  const found: Order[][] = [];
  const seen = new Set([from]);
  const queue: Order[][] = [[]];
  for (let way = queue.shift(); way; way = queue.shift()) {
    for (const order of after.get(way.at(-1)?.to ?? from) ?? []) {
      const closes = order.to === from && ends(from);
      if (!closes && seen.has(order.to)) continue;
      seen.add(order.to);
      const longer = [...way, order];
      if (ends(order.to)) found.push(longer);
      else queue.push(longer);
    }
  }
  return found;
}

/** Circular dependencies: each pair that is taken in both orders, and longer circles in which there is no such pair. */
function inversions(after: ReadonlyMap<string, readonly Order[]>): LockReport[] {
  const orders = [...after.values()].flat();
  const found = orders.flatMap((one): Order[][] => {
    const other = one.from < one.to ? after.get(one.to)?.find((o) => o.to === one.from) : undefined;
    return other ? [[one, other]] : [];
  });
  const pairs = [...found];
  for (const from of [...after.keys()].sort()) {
    const [circle] = ways(after, from, (lock) => lock === from);
    if (!circle || pairs.some((pair) => pair.every((p) => circle.some((o) => o.from === p.from)))) continue;
    // The same circle is met from each of its classes.
    const isKnown = found.some((known) => known.length === circle.length && known.every((k) => circle.some((o) => o.from === k.from)));
    if (!isKnown) found.push(circle);
  }
  return found.map((circle) => ({ property: 'lock-inversion', detail: circle.map(factText).join(', and '), facts: circle }));
}
