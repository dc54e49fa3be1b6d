/** @module Sections that begin in a function which certainly runs where this kcov refuses sections. */
import type { ContextKind } from '../../../simulator/machine/state.js';
import { printStatementHead } from '../../../simulator/ir/print-expression.js';
import type { Hazard } from '../rule.js';
import { spotOf } from '../spot.js';
import type { Subject } from '../subject.js';
import type { AnnotatedFunction } from './annotations.js';
import { contextOf } from './contexts.js';
import type { RunsIn } from './contexts.js';
import type { JudgedFunction, Site } from './judge-definition.js';

export interface RefusedSection extends Hazard {
  readonly function: string;
  readonly start: string;
  readonly why: string;
  readonly kinds: readonly ContextKind[];
  readonly allowed: readonly ContextKind[];
}

const ORDER: readonly ContextKind[] = ['task', 'softirq', 'hardirq', 'nmi'];

/** Starts that the patch adds, one for each function. */
export function refusedSections(subject: Subject): RefusedSection[] {
  const { annotations } = subject;
  if (!annotations?.seriesComplete) return [];
  return annotations.functions.flatMap((f) => {
    const runs = f.post?.def ? contextOf(f.post.def, annotations.texts.get(f.path) ?? '') : null;
    if (!f.post || !runs || runs.kinds.some((kind) => isAllowed(subject, kind))) return [];
    const known = new Set(startsOf(f.pre).map(textOf));
    const fresh = startsOf(f.post).filter((site) => !known.has(textOf(site)));
    return fresh.slice(0, 1).map((site) => describe(subject, { function: f, site, runs }));
  });
}

/** Softirqs are refused for certain only where it is known which kcov the patch is for; other interrupts by every version. */
function isAllowed(subject: Subject, kind: ContextKind): boolean {
  return subject.post.sectionsAllowed.has(kind) || (kind === 'softirq' && !subject.annotations?.versionKnown);
}

/** The starts that act wherever they are called. */
function startsOf(judged: JudgedFunction | null): readonly Site[] {
  return judged?.sites.filter((s) => s.annotation.kind === 'start' && !s.annotation.softirqOnly) ?? [];
}

function textOf(site: Site): string {
  return printStatementHead(site.statement);
}

function describe(subject: Subject, found: { function: AnnotatedFunction; site: Site; runs: RunsIn }): RefusedSection {
  const { function: f, site, runs } = found;
  const spot = spotOf(subject.annotations?.post ?? new Map(), site.statement.place, { function: f.name, text: textOf(site) });
  const allowed = ORDER.filter((kind) => subject.post.sectionsAllowed.has(kind));
  return {
    property: 'refused-context', status: 'new', severity: 'medium', spot, labels: [], function: f.name, start: site.annotation.name,
    support: [{ kind: 'static', text: `${f.name}() runs in an interrupt: ${runs.why}; a section of a registered handle was tried there on this kcov and recorded nothing.` }],
    cause: `refused context ${f.path} ${f.name}`, why: runs.why, kinds: runs.kinds, allowed,
  };
}
