/**
 * @module Violations of both images, each with its status: what the base violates in the same statement and context,
 * and without more circumstances, is pre-existing; what only the base violates is fixed.
 */
import { printStatementHead } from '../../simulator/ir/print.js';
import type { Found } from '../../simulator/explore/explore.js';
import { isLockProperty } from '../../simulator/explore/lock-graph.js';
import type { Code } from '../../simulator/machine/code.js';
import type { Violation } from '../../simulator/machine/violation.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { circumstancesOf, possibleCircumstances } from './circumstances.js';
import { replayOf } from './replays.js';
import { rewritten } from './rewritten.js';
import type { Status } from './rule.js';
import type { Subject } from './subject.js';

export interface Incident {
  readonly scenario: KcovScenario;
  readonly code: Code;
  readonly found: Found;
  readonly violation: Violation;
  readonly status: Status;
}

/** Properties of what a thread in user space reads: the same whichever read shows it. */
const OF_USER_SPACE = new Set(['published-too-early']);

/** What makes violations of two images the same: property, context and innermost statement, or the operation. */
export function coarseKey(code: Code, scenario: KcovScenario, violation: Violation, kind: string = violation.at.kind): string {
  // What lockdep reports is a matter of classes: the same report may be completed elsewhere.
  if (isLockProperty(violation.property)) return `${violation.property} ${violation.detail}`;
  if (OF_USER_SPACE.has(violation.property)) return `${violation.property} ${kind}`;
  const { at } = violation;
  const frame = at.frames.at(-1);
  const f = frame ? code.functions[frame.functionIndex] : undefined;
  const statement = f?.statements[f.instructions[frame?.pc ?? 0]?.statement ?? 0];
  const where = f && statement ? `${f.name}: ${withoutTexts(printStatementHead(statement))}` : operationOf(scenario, violation);
  return `${violation.property} ${kind} ${where}`;
}

/** A statement without its messages: models have none, and other words make no other violation. */
function withoutTexts(statement: string): string {
  return statement.replace(/"(?:[^"\\]|\\.)*"/gu, '""');
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

/** Early irq code is the same wherever it comes: that more kinds of context meet it is not what makes a violation new. */
function keysOf(code: Code, scenario: KcovScenario, found: Found): string[] {
  const anywhere = circumstancesOf(scenario, found).has('early') ? [coarseKey(code, scenario, found.violation, 'early irq')] : [];
  return [coarseKey(code, scenario, found.violation), ...anywhere];
}

type Keys = (code: Code, scenario: KcovScenario, found: Found) => readonly string[];

/** Keys of the patched image: its own, and those of the base's violations in statements that the patch wrote in another way. */
function patchedKeys(subject: Subject): Keys {
  const known = subject.results.flatMap(({ scenario, pre }) => (pre?.exploration.found ?? []).flatMap((found) => (pre ? [{ code: pre.code, found, keys: keysOf(pre.code, scenario, found) }] : [])));
  const others = rewritten(subject, known);
  return (code, scenario, found) => [...keysOf(code, scenario, found), ...others(code, found)];
}

/** For each key the circumstances under which a side shows it. */
function shownBy(subject: Subject, side: 'pre' | 'post', keys: Keys): Map<string, ReadonlySet<string>[]> {
  const shown = new Map<string, ReadonlySet<string>[]>();
  for (const result of subject.results) {
    const searched = result.unaffected ? result.pre : result[side];
    for (const found of searched?.exploration.found ?? []) {
      for (const key of searched ? keys(searched.code, result.scenario, found) : []) shown.set(key, [...(shown.get(key) ?? []), circumstancesOf(result.scenario, found)]);
    }
  }
  return shown;
}

/** True where the other side shows the same under no other circumstances. */
function isShared(others: readonly ReadonlySet<string>[], own: ReadonlySet<string>): boolean {
  return others.some((other) => [...other].every((one) => own.has(one)));
}

function sideIncidents(subject: Subject, side: 'pre' | 'post'): Incident[] {
  const patched = patchedKeys(subject);
  const before = shownBy(subject, 'pre', keysOf);
  const [own, others] = side === 'pre' ? [keysOf, shownBy(subject, 'post', patched)] : [patched, before];
  return subject.results.flatMap((result) => {
    const searched = result[side];
    if (!searched || result.unaffected || (side === 'pre' && (!complete(result.post) || isCutShort(result) || showsMore(result, before, patched) || subject.unseen.size > 0))) return [];
    return searched.exploration.found.flatMap((found): Incident[] => {
      const shared = isShared(own(searched.code, result.scenario, found).flatMap((key) => others.get(key) ?? []), possibleCircumstances(result.scenario, found));
      if (side === 'pre' && shared) return [];
      if (side === 'post' && restsOnUnseen(subject, { scenario: result.scenario, code: searched.code, found })) return [];
      const status: Status = side === 'pre' ? 'fixed' : shared ? 'pre-existing' : 'new';
      return [{ scenario: result.scenario, code: searched.code, found, violation: found.violation, status }];
    });
  });
}

/** The patched image violates something else in the scenario: what the base violates there it may just not come to. */
function showsMore({ scenario, post }: Subject['results'][number], before: ReadonlyMap<string, ReadonlySet<string>[]>, keys: Keys): boolean {
  return post?.exploration.found.some((found) => !isShared(keys(post.code, scenario, found).flatMap((key) => before.get(key) ?? []), possibleCircumstances(scenario, found))) ?? false;
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

/** Executions of the patched image end where those of the base went on: what would come then is not known. */
function isCutShort({ scenario, pre, post }: Subject['results'][number]): boolean {
  const before = new Set(pre ? pre.exploration.found.flatMap((found) => keysOf(pre.code, scenario, found)) : []);
  return post !== null && post.exploration.found.some((found) => found.violation.fatal && !keysOf(post.code, scenario, found).some((key) => before.has(key)));
}

/** A violation counts as fixed only when the search of the patched image went to its end. */
function complete(searched: Subject['results'][number]['post']): boolean {
  return searched !== null && searched.exploration.gaveUp === null && searched.exploration.notModelled.length === 0;
}
