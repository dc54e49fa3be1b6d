/** @module Findings over a series: which patch brings each, and which are gone after a later one and so not asked. */
import { rules } from '../../rules/index.js';
import type { Submission } from '../mail/submission.js';
import { runRules, toFindings } from './findings.js';
import type { RuleFailure } from './findings.js';
import type { Finding } from './review.js';
import type { SearchedStage } from './search-stages.js';

export interface SeriesFindings {
  readonly findings: readonly Finding[];
  readonly failures: readonly RuleFailure[];
}

/** Asks at every stage; what is true at the last one is asked, with the first patch from which on it is. */
export function seriesFindings(stages: readonly SearchedStage[], submission: Submission): SeriesFindings {
  const asked = stages.map(({ patch, subject }) => {
    const ran = runRules(rules, subject);
    return { patch, findings: toFindings(ran.hazards, subject, submission), failures: ran.failures };
  });
  const last = asked.at(-1);
  if (!last) return { findings: [], failures: [] };
  const current = last.findings.map((finding) => (finding.asked ? { ...finding, introducedBy: firstWith(asked, finding) ?? finding.introducedBy } : finding));
  return { findings: [...current, ...gone(asked)], failures: uniqueFailures(asked.flatMap((a) => a.failures)) };
}

type Asked = { readonly patch: number; readonly findings: readonly Finding[] };

const same = (a: Finding) => (b: Finding): boolean => a.fingerprint === b.fingerprint && b.asked;

/** The stage from which on the finding is there without a break up to the last. */
function firstWith(asked: readonly Asked[], finding: Finding): number | null {
  let first: number | null = null;
  for (const stage of [...asked].reverse()) {
    if (!stage.findings.some(same(finding))) break;
    first = stage.patch;
  }
  return first;
}

/** What an earlier stage would have asked and a later one answers. */
function gone(asked: readonly Asked[]): Finding[] {
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
