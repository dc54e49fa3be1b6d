/**
 * @module Flaws of annotated functions as rules ask about them: one for each function and kind, placed where a reader of
 * the diff can see it, with the decisions of the path as labels, and compared with what the base has.
 */
import type { Flaw, Step } from './paths.js';
import type { AnnotatedFunction, Annotations } from './annotations.js';
import type { JudgedFunction } from './judge-definition.js';
import { isUnseenDecision } from './flow.js';
import type { FlowNode } from './flow.js';
import { spotOf } from '../spot.js';
import type { Images, Spot } from '../spot.js';
import type { Hazard, Label, Status } from '../rule.js';
import type { Subject } from '../subject.js';
import { printExpr, printStatementHead } from '../../../simulator/ir/print-expression.js';

export interface SectionHazard extends Hazard {
  readonly kind: Flaw['kind'] | 'round';
  readonly function: string;
  /** Name of the call that begins the section; '' where none does. */
  readonly start: string;
  /** Name of the call that ends it, or begins the other one; '' for an exit. */
  readonly other: string;
  /** Other ways of the same function that go wrong the same way. */
  readonly more: number;
  /** The question stands at the start, since the diff does not show where the function is left. */
  readonly atStart: boolean;
}

/** A flaw's kind as it is asked about: a start that meets itself is a loop that comes round. */
export function kindOf(flaw: Flaw): SectionHazard['kind'] {
  return flaw.kind === 'nested' && flaw.start === flaw.at ? 'round' : flaw.kind;
}

/** Flaws of the given kinds in all annotated functions, grouped by function and kind. */
export function sectionHazards(subject: Subject, kinds: readonly SectionHazard['kind'][]): SectionHazard[] {
  const { annotations } = subject;
  if (!annotations) return [];
  return annotations.functions.flatMap((f) => kinds.flatMap((kind) => hazardsOf(annotations, f, kind)));
}

function hazardsOf(annotations: Annotations, f: AnnotatedFunction, kind: SectionHazard['kind']): SectionHazard[] {
  const [pre, post] = [flawsOf(f.pre, kind), flawsOf(f.post, kind)];
  const known = new Set(pre.map(keyOf));
  const fresh = post.filter((flaw) => !known.has(keyOf(flaw)));
  const older = post.filter((flaw) => known.has(keyOf(flaw)));
  const judged = f.post !== null && f.post.def !== null && f.post.unclear === null;
  const gone = judged && post.length === 0 ? pre : [];
  return [
    ...hazardOf(annotations.post, f, { kind, flaws: fresh, status: 'new', judged: f.post }),
    ...hazardOf(annotations.post, f, { kind, flaws: older, status: 'pre-existing', judged: f.post }),
    ...hazardOf(annotations.pre, f, { kind, flaws: gone, status: 'fixed', judged: f.pre }),
  ];
}

function flawsOf(judged: JudgedFunction | null, kind: SectionHazard['kind']): Flaw[] {
  return judged?.flaws.filter((flaw) => kindOf(flaw) === kind) ?? [];
}

/** The same for the same flaw of the other side: texts, not lines. */
function keyOf(flaw: Flaw): string {
  return `${flaw.kind}\n${textOf(flaw.start)}\n${textOf(flaw.at)}`;
}

function textOf(node: FlowNode | null): string {
  return node?.statement ? printStatementHead(node.statement) : '';
}

interface Group {
  readonly kind: SectionHazard['kind'];
  readonly flaws: readonly Flaw[];
  readonly status: Status;
  readonly judged: JudgedFunction | null;
}

function hazardOf(images: Images, f: AnnotatedFunction, group: Group): SectionHazard[] {
  const [first, ...others] = group.flaws;
  const def = group.judged?.def;
  if (!first || !def) return [];
  const spots: Spots = { images, path: f.path, function: f.name, end: def.place.endLine };
  const [at, start] = [spotAt(spots, first.at), first.start ? spotAt(spots, first.start) : null];
  const atStart = !at.inDiff && start?.inDiff === true;
  const labels: Label[] = [
    ...(start && !atStart && start !== at ? [{ spot: start, text: 'begins here' }] : []),
    ...decisions(spots, first.path),
    ...(atStart ? [{ spot: at, text: first.at.kind === 'exit' ? 'leaves here' : 'meets it' }] : []),
    ...others.map((o) => ({ spot: spotAt(spots, o.at), text: 'here too' })),
  ];
  return [{
    property: group.kind === 'round' ? 'nested' : group.kind, status: group.status, severity: 'medium', spot: atStart && start ? start : at,
    labels, support: [{ kind: 'static', text: pathInWords(first) }], cause: `${group.kind} ${f.path} ${f.name}`, kind: group.kind, function: f.name,
    start: first.start?.annotation?.name ?? '', other: first.at.annotation?.name ?? '', more: others.length, atStart,
  }];
}

interface Spots {
  readonly images: Images;
  readonly path: string;
  readonly function: string;
  /** Line of the function's end in its image. */
  readonly end: number;
}

function spotAt({ images, path, function: name, end }: Spots, node: FlowNode): Spot {
  const { statement } = node;
  if (!statement) return spotOf(images, { path, line: end, endLine: end }, { function: name, text: 'the end of the function' });
  const compound = ['if', 'while', 'for', 'forEach', 'switch', 'doWhile', 'block'].includes(statement.kind);
  const place = compound ? { ...statement.place, endLine: statement.place.line } : statement.place;
  return spotOf(images, place, { function: name, text: printStatementHead(statement) });
}

/** The decisions on a path that are seen. */
function decided(path: readonly Step[]): Step[] {
  return path.filter(({ node, way }) => node.kind === 'decision' && node.statement !== null && way !== '' && !isUnseenDecision(node));
}

const WAYS: Readonly<Record<string, string>> = { true: 'the condition holds', false: 'the condition does not hold' };

function decisions(spots: Spots, path: readonly Step[]): Label[] {
  return decided(path).map(({ node, way }) => ({ spot: spotAt(spots, node), text: WAYS[way] ?? way }));
}

/** A decision and its outcome: "err is true", "urb->status goes to case 0". */
function outcomeInWords({ node, way }: Step): string {
  const s = node.statement;
  if (s?.kind === 'if') return `${printExpr(s.test)} is ${way}`;
  if (s?.kind === 'switch') return `${printExpr(s.value)} goes to ${way}`;
  return `${textOf(node)} ${way === 'true' ? 'goes on' : 'ends'}`;
}

/** One sentence: the statements of the path that decide, and what is not on it. */
function pathInWords(flaw: Flaw): string {
  const steps = decided(flaw.path).map(outcomeInWords);
  const begin = flaw.start ? textOf(flaw.start).replace(/;$/u, '') : 'the beginning of the function';
  const end = flaw.at.statement ? textOf(flaw.at).replace(/;$/u, '') : 'the end of the function';
  const by = steps.length === 0 ? '' : `, where ${steps.join(', ')}`;
  const lacks = flaw.kind === 'stop-alone' ? 'start' : 'stop';
  const unseen = flaw.path.some(({ node }) => node.kind === 'gap') ? ' in what the patch shows' : '';
  return flaw.kind === 'other-kind' ? `A path leads from ${begin} to ${end}${by}.` : `A path leads from ${begin} to ${end}${by}, and no ${lacks} is on it${unseen}.`;
}
