/** @module Small pieces that rules share: evidence from incidents, and words for contexts. */
import type { ContextKind } from '../../simulator/machine/state.js';
import type { Incident } from './incidents.js';
import type { Violation } from '../../simulator/machine/violation.js';
import type { Chain } from './chain.js';
import type { Label, Severity, Support } from './rule.js';

export function counterexample(incident: Incident): Support {
  return { kind: 'counterexample', scenario: incident.scenario, code: incident.code, found: incident.found };
}

const ARTICLES: Readonly<Record<ContextKind, string>> = { task: 'a task', softirq: 'a softirq', hardirq: 'a hardirq', nmi: 'an NMI' };

/** "a hardirq or an NMI". */
export function contextName(kinds: readonly ContextKind[]): string {
  return kinds.map((kind) => ARTICLES[kind]).join(' or ');
}

const ORDER = ['use-after-free', 'double-free', 'out-of-bounds', 'null-dereference', 'wild-access', 'uninitialised-pointer', 'deadlock'];

/** The gravest of some properties. */
export function worst(properties: readonly string[]): string {
  return ORDER.find((p) => properties.includes(p)) ?? properties[0] ?? '';
}

/** The statements inside helpers, where the question itself stands at their caller. */
export function chainLabels(chains: readonly Chain[], text: string): Label[] {
  const [first, ...others] = chains;
  if (!first) return [];
  return others.map((c) => ({ spot: c.spot, text })).filter((l) => l.spot.text !== first.spot.text);
}

/** `t->kcov_sequence` of a target, as people say it. */
export function fieldName(target: string | null): string {
  return target ?? 'state';
}

/** How bad a violation is for whoever meets it. */
export function severityOf(violation: Violation): Severity {
  if (violation.fatal || violation.property === 'refcount') return 'high';
  return 'medium';
}

/** What is said of a violation that only the base has. */
export function fixedText(found: { readonly property: string; readonly detail: string; readonly function: string; readonly operation: string }): string {
  const where = found.function === '' ? found.operation : `${found.function}()`;
  return `Fixed: ${found.property.replace(/-/gu, ' ')}${where === '' ? '' : ` in ${where}`}, which the base has (${found.detail}).`;
}

/** The condition of `if (likely(x))`, without what tells the compiler how likely it is. */
export function conditionOf(text: string): string {
  const condition = /^(?:if|while) \((.*)\)$/u.exec(text)?.[1] ?? text;
  return /^(?:un)?likely\((.*)\)$/u.exec(condition)?.[1] ?? condition;
}
