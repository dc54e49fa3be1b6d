/**
 * @module What `assume` takes: bounds, such as nmi=0, Kconfig symbols, such as KCOV_ENABLE_COMPARISONS=n, and what holds in a
 * function, such as "irqs off in kcov_start". A review that is made with it names it; the last kind is checked in each.
 */
import type { Config } from '../../simulator/ir/program.js';
import { ARRIVALS_MAX, BOUND_NAMES } from '../../simulator/scenario/bounds.js';
import { readAssumption } from '../analysis/assumption.js';
import { parseConfig } from '../c/config.js';

/** What assumptions make of a review. */
export interface Conditions {
  readonly bounds: Readonly<Record<string, number>>;
  /** Left out where nothing is said about it. */
  readonly config?: Config;
  /** What holds in functions; left out where nothing is said about any. */
  readonly assume?: readonly string[];
}

export type ParsedAssumption =
  /** `text`: the assumption as it is kept, one form for each. */
  | { readonly ok: true; readonly text: string; readonly conditions: Conditions }
  | { readonly ok: false; readonly why: string };

const known: readonly string[] = BOUND_NAMES;

/** Reads one assumption. */
export function parseAssumption(text: string): ParsedAssumption {
  const bound = /^([a-z][\w-]*)\s*=\s*(\d{1,7})$/u.exec(text.trim());
  if (bound) {
    const [name = '', value] = [bound[1], Number(bound[2])];
    if (!known.includes(name)) return { ok: false, why: `there is no bound of that name: the bounds are ${known.join(', ')}` };
    return value > ARRIVALS_MAX ? { ok: false, why: `a bound is at most ${ARRIVALS_MAX}` } : { ok: true, text: `${name}=${value}`, conditions: { bounds: { [name]: value } } };
  }
  const symbol = /^(?:CONFIG_)?([A-Z][A-Z0-9_]*=(?:y|n|m|\d+))$/u.exec(text.trim())?.[1];
  const parsed = symbol === undefined ? null : parseConfig(symbol);
  if (symbol !== undefined && parsed?.ok) return { ok: true, text: symbol, conditions: { bounds: {}, config: parsed.config } };
  const read = readAssumption(text);
  if (read?.ok) return { ok: true, text: read.assumption.text, conditions: { bounds: {}, assume: [read.assumption.text] } };
  return { ok: false, why: read?.why ?? `that cannot be assumed: give what holds in a function, such as "irqs off in kcov_start", a bound such as nmi=0 (${known.join(', ')}), or a Kconfig symbol such as KCOV_ENABLE_COMPARISONS=n` };
}

/** All assumptions of a pull request together; a later one replaces an earlier one about the same. */
export function assumedBy(texts: readonly string[]): Conditions {
  const all = texts.map(parseAssumption).flatMap((one) => (one.ok ? [one.conditions] : []));
  const configs = all.flatMap((one) => (one.config ? [one.config] : []));
  const assume = all.flatMap((one) => one.assume ?? []);
  return {
    bounds: Object.assign({}, ...all.map((one) => one.bounds)) as Record<string, number>,
    ...(assume.length === 0 ? {} : { assume }),
    ...(configs.length === 0 ? {} : { config: Object.assign({}, ...configs) as Config }),
  };
}
