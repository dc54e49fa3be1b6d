/** @module Findings over a series: which patch brings each, and which are gone after a later one and so not asked. */
import { rules } from '../../rules/index.js';
import type { Submission } from '../mail/submission.js';
import { runRules, toFindings } from './findings.js';
import type { Asked, RuleFailure } from './findings.js';
import type { Finding } from './review.js';
import type { SearchedStage } from './search-stages.js';

export interface SeriesFindings {
  readonly findings: readonly Finding[];
  readonly failures: readonly RuleFailure[];
}

/** Adds to the hazards of the last stage what answers them. */
export type Answering = (hazards: readonly Asked[], stage: SearchedStage) => Promise<readonly Asked[]>;

/** Asks at every stage; what is true at the last one is asked, with the first patch from which on it is. */
export async function seriesFindings(stages: readonly SearchedStage[], submission: Submission, answering: Answering): Promise<SeriesFindings> {
  const asked: StageFindings[] = [];
  for (const stage of stages) {
    const { hazards, failures } = runRules(rules, stage.subject);
    const answered = stage === stages.at(-1) ? await answering(hazards, stage) : hazards;
    asked.push({ patch: stage.patch, findings: toFindings(answered, stage.subject, submission), failures });
  }
  const last = asked.at(-1);
  if (!last) return { findings: [], failures: [] };
  const current = last.findings.map((finding) => (finding.asked ? { ...finding, introducedBy: firstWith(asked, finding) ?? finding.introducedBy } : finding));
  return { findings: [...current, ...gone(asked)], failures: uniqueFailures(asked.flatMap((a) => a.failures)) };
}

interface StageFindings {
  readonly patch: number;
  readonly findings: readonly Finding[];
  readonly failures: readonly RuleFailure[];
}

const same = (a: Finding) => (b: Finding): boolean => a.fingerprint === b.fingerprint && b.asked;

/** The stage from which on the finding is there without a break up to the last. */
function firstWith(asked: readonly StageFindings[], finding: Finding): number | null {
  let first: number | null = null;
  for (const stage of [...asked].reverse()) {
    if (!stage.findings.some(same(finding))) break;
    first = stage.patch;
  }
  return first;
}

/** What an earlier stage would have asked and a later one answers. */
function gone(asked: readonly StageFindings[]): Finding[] {
  const last = asked.at(-1);
  const found = new Map<string, Finding>();
  asked.slice(0, -1).forEach((stage, i) => {
    for (const finding of stage.findings) {
      if (!finding.asked || last?.findings.some(same(finding)) || found.has(finding.fingerprint)) continue;
      const goneBy = asked.slice(i + 1).find((later) => !later.findings.some(same(finding)))?.patch ?? null;
      found.set(finding.fingerprint, { ...finding, asked: false, introducedBy: stage.patch, goneBy, notAskedWhy: `patch ${goneBy} of the series answers it` });
    }
  });
  return [...found.values()];
}

function uniqueFailures(failures: readonly RuleFailure[]): RuleFailure[] {
  return failures.filter((f, i) => failures.findIndex((o) => o.rule === f.rule && o.what === f.what) === i);
}
