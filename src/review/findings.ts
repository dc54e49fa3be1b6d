/**
 * @module Hazards that rules found, as findings of the review: one for each cause, replayed, quoted, with a fingerprint that
 * the next version of the patch keeps.
 */
import { createHash } from 'node:crypto';
import { anchored } from '../analysis/anchor.js';
import type { Hazard, Rule, Support } from '../analysis/rule.js';
import { replayOf } from '../analysis/replays.js';
import type { Images } from '../analysis/spot.js';
import type { Subject } from '../analysis/subject.js';
import type { Submission } from '../mail/submission.js';
import { programOf } from '../repro/program.js';
import { minimise } from '../../simulator/explore/minimise.js';
import { formatSchedule } from '../../simulator/explore/schedule.js';
import { contractOf } from '../analysis/contract-of.js';
import { configOf } from '../../simulator/scenario/bounds.js';
import { foldTrace } from '../../simulator/trace/fold.js';
import { CanonicalCauses } from './canonical-cause.js';
import { quoteOf } from './quote.js';
import type { Evidence, Finding } from './review.js';
import { devicesSeen, placeOf, setUpText, traceRows } from './trace-rows.js';

export interface RuleFailure {
  readonly rule: string;
  readonly what: string;
}

type Counterexample = Support & { readonly kind: 'counterexample' };

const SEVERITIES = ['high', 'medium', 'low', 'note'];

/** Runs the rules; a rule that throws loses only itself. */
export function runRules(rules: readonly Rule[], subject: Subject): { hazards: { rule: Rule; hazard: Hazard }[]; failures: RuleFailure[] } {
  const hazards: { rule: Rule; hazard: Hazard }[] = [];
  const failures: RuleFailure[] = [];
  for (const rule of rules) {
    try {
      for (const hazard of rule.check(subject)) hazards.push({ rule, hazard: anchored(subject, hazard) });
    } catch (error) {
      failures.push({ rule: rule.id, what: error instanceof Error ? error.message : String(error) });
    }
  }
  return { hazards, failures };
}

export interface Asked {
  readonly rule: Rule;
  readonly hazard: Hazard;
}

/** What speaks for each cause, with all that is of the cause. */
export function causesOf(found: readonly Asked[]): { speaker: Asked; group: readonly Asked[] }[] {
  return groupsOf(found).map((group) => ({ speaker: speaker(group), group }));
}

/** One finding for each cause, plain ones at one statement taken together; the gravest hazard speaks, the others add labels. */
export function toFindings(found: readonly Asked[], subject: Subject, submission: Submission): Finding[] {
  const groups = groupsOf(found);
  const prints = fingerprints(groups.map(speaker), subject);
  return groups.map((group, i) => toFinding(group, { subject, submission, fingerprint: prints[i] ?? '' }));
}

function groupsOf(found: readonly Asked[]): Asked[][] {
  const causes = grouped(found, ({ rule, hazard }) => `${rule.id} ${hazard.status} ${hazard.cause}`);
  return grouped(causes, (group) => statementKey(speaker(group))).map((groups) => groups.flat());
}

/** One for each, different ones: what is told apart by nothing that lasts is counted in its order. */
function fingerprints(found: readonly Asked[], { pre, post }: Subject): string[] {
  const [after, before] = [new CanonicalCauses(post.program, pre.program), new CanonicalCauses(pre.program, pre.program)];
  const seen = new Map<string, number>();
  return found.map(({ rule, hazard }) => {
    const { status, property, cause, spot } = hazard;
    const key = [rule.id, property, ...(status === 'fixed' ? ['fixed', before.of(cause, spot.function)] : [after.of(cause, spot.function)])].join('\n');
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    return digest(n === 1 ? key : `${key}\n${n}`, 16);
  });
}

/** Items of equal key together, in the order of their first. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const byKey = new Map<string, T[]>();
  for (const item of items) byKey.set(keyOf(item), [...(byKey.get(keyOf(item)) ?? []), item]);
  return [...byKey.values()];
}

/** Plain violations at one statement have one cause, whatever rule they fall under. */
function statementKey({ rule, hazard }: Asked): string {
  const { spot } = hazard;
  const shared = hazard.plain && hazard.status === 'new' && spot.inDiff;
  return shared ? `plain ${spot.path} ${spot.function} ${spot.line} ${spot.text}` : `${rule.id} ${hazard.status} ${hazard.cause}`;
}

/** The gravest; of those one that stands at an added line; of those the one with the shortest schedule. */
function speaker(group: readonly Asked[]): Asked {
  const rank = ({ hazard }: Asked): number[] => [SEVERITIES.indexOf(hazard.severity), hazard.spot.added ? 0 : 1, lengthOf(hazard)];
  return group.reduce((a, b) => (compareRanks(rank(b), rank(a)) < 0 ? b : a));
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((value, at) => value !== b[at]);
  return i < 0 ? 0 : (a[i] ?? 0) - (b[i] ?? 0);
}

function toFinding(group: readonly Asked[], { subject, submission, fingerprint }: { subject: Subject; submission: Submission; fingerprint: string }): Finding {
  const first = speaker(group);
  const { rule, hazard } = first;
  const place = placeOf(hazard.spot);
  const quote = place.patch === undefined ? null : quoteOf(place, submission, place.patch);
  const asked = hazard.status === 'new' || hazard.status === 'changed';
  return {
    id: `${rule.id}-${fingerprint.slice(0, 6)}`, fingerprint, cause: hazard.cause, rule: rule.id, property: hazard.property, status: hazard.status,
    asked, notAskedWhy: asked ? null : hazard.status === 'fixed' ? 'the patch fixes it' : 'the base has it already', severity: hazard.severity,
    introducedBy: asked ? (place.patch ?? submission.patches[0]?.n ?? null) : null, goneBy: hazard.status === 'fixed' ? (submission.patches.at(-1)?.n ?? null) : null,
    question: rule.question(hazard), place, labels: labelsOf(first.hazard, group), ...(quote ? { quote } : {}),
    evidence: hazard.support.map((support) => evidenceOf(support, subject, hazard)),
  };
}

/** Moves of the shortest schedule that supports a hazard. */
function lengthOf(hazard: Hazard): number {
  return Math.min(...hazard.support.map((s) => (s.kind === 'counterexample' ? s.found.schedule.length : 0)));
}

/** A violated property as a label says it: what else is met is another thing than what the question is about. */
function propertyName(property: string): string {
  const words: Readonly<Record<string, string>> = { warn: 'warning', errno: 'wrong result', refcount: 'wrong reference count' };
  return words[property] ?? property.replace(/-/gu, ' ');
}

/** The hazard's own labels, and the places of the others of its cause. */
function labelsOf(first: Hazard, group: readonly { hazard: Hazard }[]): Finding['labels'] {
  const named = ({ labels, property }: Hazard): Hazard['labels'] => labels.map((l) => (l.text === 'met at' && property !== first.property ? { ...l, text: `${propertyName(property)} at` } : l));
  const others = group.flatMap(({ hazard }) => (hazard === first ? [] : [{ spot: hazard.spot, text: 'here too' }, ...named(hazard)]));
  const spots = [...first.labels, ...others].filter((l) => l.spot.text !== first.spot.text);
  const unique = spots.filter((l, i) => spots.findIndex((o) => o.spot.text === l.spot.text && o.spot.function === l.spot.function) === i);
  return unique.map(({ spot, text }) => ({ place: placeOf(spot), text }));
}

function evidenceOf(support: Support, subject: Subject, hazard: Hazard): Evidence {
  if (support.kind === 'alternative') {
    const { text, edit, scenarios, states } = support;
    return { kind: 'alternative', scenario: null, contexts: [], config: {}, schedule: null, replayed: false, trace: [], text, edit: [...edit], searched: { scenarios: [...scenarios], states } };
  }
  if (support.kind !== 'counterexample') {
    return { kind: support.kind, scenario: support.kind === 'observation' ? support.scenario : null, contexts: [], config: {}, schedule: null, replayed: false, trace: [], text: support.text };
  }
  const evidence = counterexampleOf(support, hazard.status === 'fixed' ? subject.pre.images : subject.post.images);
  return hasProgram(support, subject, hazard) ? { ...evidence, program: true } : evidence;
}

/** Whether a program in user space shows it: told from the side that does not have it, where results of calls at once must tell. */
function hasProgram({ code, scenario, found }: Counterexample, subject: Subject, { status }: Hazard): boolean {
  const result = subject.results.find((one) => one.scenario.name === scenario.name);
  const without = (status === 'fixed' ? result?.post : result?.pre)?.code;
  const { schedule: moves, premises = [], violation: { property } } = found;
  return programOf({ code, scenario, contract: contractOf(code), moves, premises, property }, null, without ? { code: without, contract: contractOf(without) } : null).ok;
}

/** A violation as evidence: its shortest schedule, replayed. */
export function counterexampleOf(support: Counterexample, images: Images): Evidence {
  const { code, scenario } = support;
  const found = minimise(code, scenario, contractOf(code), support.found);
  const run = replayOf(code, scenario, found);
  const met = run.violations.find((m) => m.key === found.key);
  const folded = met ? foldTrace(run, met) : null;
  const contexts = [...new Set([...found.violation.interrupted, found.violation.at].filter((c) => c.frames.length > 0 || c === found.violation.at).map((c) => c.kind))];
  return {
    kind: 'counterexample', scenario: scenario.name, contexts, config: configOf(scenario), schedule: formatSchedule(code, scenario, found.schedule, found.premises),
    replayed: met !== undefined, minimal: found.minimal, trace: folded ? traceRows(folded.rows, code, images) : [],
    setup: setUpText(scenario, folded?.after ?? [], devicesSeen(run, met?.event ?? Infinity)),
  };
}

/** First hex digits of a SHA-256. */
export function digest(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
