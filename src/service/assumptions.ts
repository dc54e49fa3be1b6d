/**
 * @module What `/kcovet assume` takes: bounds, such as nmi=0, and Kconfig symbols, such as KCOV_ENABLE_COMPARISONS=n. Each is
 * checked when it is said; a review that is made with it lists it.
 */
import type { Config } from '../../simulator/ir/program.js';
import { ARRIVALS_MAX, BOUND_NAMES } from '../../simulator/scenario/bounds.js';
import { parseConfig } from '../c/config.js';

/** What assumptions make of a review. */
export interface Assumed {
  readonly bounds: Readonly<Record<string, number>>;
  /** Left out where nothing is said about it. */
  readonly config?: Config;
}

export type ParsedAssumption =
  /** `text`: the assumption as it is kept, one form for each. */
  | { readonly ok: true; readonly text: string; readonly assumed: Assumed }
  | { readonly ok: false; readonly why: string };

const known: readonly string[] = BOUND_NAMES;

/** Reads one assumption. */
export function parseAssumption(text: string): ParsedAssumption {
  const bound = /^([a-z][\w-]*)\s*=\s*(\d{1,7})$/u.exec(text.trim());
  if (bound) {
    const [name = '', value] = [bound[1], Number(bound[2])];
    if (!known.includes(name)) return { ok: false, why: `there is no bound of that name: the bounds are ${known.join(', ')}` };
    return value > ARRIVALS_MAX ? { ok: false, why: `a bound is at most ${ARRIVALS_MAX}` } : { ok: true, text: `${name}=${value}`, assumed: { bounds: { [name]: value } } };
  }
  const symbol = /^(?:CONFIG_)?([A-Z][A-Z0-9_]*=(?:y|n|m|\d+))$/u.exec(text.trim())?.[1];
  const parsed = symbol === undefined ? null : parseConfig(symbol);
  if (symbol !== undefined && parsed?.ok) return { ok: true, text: symbol, assumed: { bounds: {}, config: parsed.config } };
  return { ok: false, why: `that cannot be assumed: give a bound such as nmi=0 (${known.join(', ')}), or a Kconfig symbol such as KCOV_ENABLE_COMPARISONS=n` };
}

/** All assumptions of a pull request together; a later one replaces an earlier one about the same. */
export function assumedBy(texts: readonly string[]): Assumed {
  const all = texts.map(parseAssumption).flatMap((one) => (one.ok ? [one.assumed] : []));
  const configs = all.flatMap((one) => (one.config ? [one.config] : []));
  return {
    bounds: Object.assign({}, ...all.map((one) => one.bounds)) as Record<string, number>,
    ...(configs.length === 0 ? {} : { config: Object.assign({}, ...configs) as Config }),
  };
}
