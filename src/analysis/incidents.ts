/**
 * @module Violations of both images, each with its status: what the base violates in the same statement and context is
 * pre-existing, what only the base violates is fixed.
 */
import { printStatementHead } from '../../simulator/ir/print.js';
import type { Found } from '../../simulator/explore/explore.js';
import { isLockProperty } from '../../simulator/explore/lock-graph.js';
import type { Code } from '../../simulator/machine/code.js';
import type { Violation } from '../../simulator/machine/violation.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { replayOf } from './replays.js';
import type { Status } from './rule.js';
import type { Subject } from './subject.js';

export interface Incident {
  readonly scenario: KcovScenario;
  readonly code: Code;
  readonly found: Found;
  readonly violation: Violation;
  readonly status: Status;
}

/** What makes violations of two images the same: property, context and innermost statement, or the operation. */
export function coarseKey(code: Code, scenario: KcovScenario, violation: Violation): string {
  // What lockdep reports is a matter of classes: the same report may be completed elsewhere.
  if (isLockProperty(violation.property)) return `${violation.property} ${violation.detail}`;
  const { at } = violation;
  const frame = at.frames.at(-1);
  const f = frame ? code.functions[frame.functionIndex] : undefined;
  const statement = f?.statements[f.instructions[frame?.pc ?? 0]?.statement ?? 0];
  const where = f && statement ? `${f.name}: ${printStatementHead(statement)}` : operationOf(scenario, violation);
  return `${violation.property} ${at.kind} ${where}`;
}

/** Label of the operation a violation was met in; '' at the end of an execution. */
export function operationOf(scenario: KcovScenario, violation: Violation): string {
  return scenario.actors[violation.at.actor]?.operations[violation.at.operation]?.label ?? '';
}

const cache = new WeakMap<Subject, Incident[]>();

/** All violations, those of the patched image first, in the order found. */
export function incidents(subject: Subject): readonly Incident[] {
  const known = cache.get(subject);
  if (known) return known;
  const made = [...sideIncidents(subject, 'post'), ...sideIncidents(subject, 'pre')];
  cache.set(subject, made);
  return made;
}

function keysOf(subject: Subject, side: 'pre' | 'post'): Set<string> {
  const keys = new Set<string>();
  for (const result of subject.results) {
    const searched = result[side];
    for (const { violation } of searched?.exploration.found ?? []) if (searched) keys.add(coarseKey(searched.code, result.scenario, violation));
  }
  return keys;
}

function sideIncidents(subject: Subject, side: 'pre' | 'post'): Incident[] {
  const others = keysOf(subject, side === 'pre' ? 'post' : 'pre');
  return subject.results.flatMap((result) => {
    const searched = result[side];
    if (!searched || (side === 'pre' && (!complete(result.post) || subject.unseen.size > 0))) return [];
    return searched.exploration.found.flatMap((found): Incident[] => {
      const shared = others.has(coarseKey(searched.code, result.scenario, found.violation));
      if (side === 'pre' && shared) return [];
      if (side === 'post' && restsOnUnseen(subject, { scenario: result.scenario, code: searched.code, found })) return [];
      const status: Status = side === 'pre' ? 'fixed' : shared ? 'pre-existing' : 'new';
      return [{ scenario: result.scenario, code: searched.code, found, violation: found.violation, status }];
    });
  });
}

/** The execution runs code that a cut-off part of the patch may have changed. */
function restsOnUnseen(subject: Subject, of: { scenario: KcovScenario; code: Code; found: Found }): boolean {
  if (subject.unseen.size === 0) return false;
  return replayOf(of.code, of.scenario, of.found).events.some((e) => !e.setUp && e.access !== 'leave' && e.access !== 'enter' && isUnseen(subject, e.function, e.place.line));
}

/** A line of a function that a cut-off part of the patch may change. */
export function isUnseen(subject: Subject, functionName: string, line: number): boolean {
  const after = subject.unseen.get(functionName);
  return after !== undefined && line > after;
}

/** A violation counts as fixed only when the search of the patched image went to its end. */
function complete(searched: Subject['results'][number]['post']): boolean {
  return searched !== null && searched.exploration.gaveUp === null && searched.exploration.notModelled.length === 0;
}
