/** @module Names of variables in the Promela text: objects by their C names with the offset in bytes, registers by number. */
import type { Layout } from '../machine/layout.js';

/** Names each variable once; different ones differently. */
export class Names {
  private readonly names = new Map<string, string>();
  private readonly taken = new Set<string>();

  constructor(private readonly layout: Layout, private readonly locals: ReadonlyMap<string, number>) {}

  of(variable: string): string {
    const known = this.names.get(variable);
    if (known !== undefined) return known;
    const wanted = this.wanted(variable);
    if (variable.startsWith('reg:')) return wanted;
    let name = wanted;
    for (let i = 2; this.taken.has(name); i += 1) name = `${wanted}_${i}`;
    this.taken.add(name);
    this.names.set(variable, name);
    return name;
  }

  private wanted(variable: string): string {
    const [kind = '', first = '', second = ''] = variable.split(':');
    const object = (this.layout.names[Number(first)] ?? 'object').replace(/\W+/g, '_');
    switch (kind) {
      case 'reg': return `r${this.locals.get(variable) ?? 0}`;
      case 'cell': return `${object}_${Number(second) * 4}`;
      case 'life': return `${object}_life`;
      case 'irqs': return `irqs_on_${first}`;
      case 'bh': return `bh_off_${first}`;
      case 'preempt': return `preempt_count_${first}`;
      case 'active': return `active_${first}`;
      case 'left': return `budget_${first}`;
      default: return `${kind}_irqs_${first}`;
    }
  }
}
