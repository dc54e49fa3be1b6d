/**
 * @module A review held against that of an older version of the series: which questions remain, which are new, which are
 * gone. Findings are matched by what they say they are, first by rule, property and cause as written, which survives that
 * the structure around it changes, then by fingerprint, which survives that names do.
 */
import { firstSentence } from './first-sentence.js';
import type { Finding, Gone, Review } from './review.js';

/** The review with what the older one makes of its questions. Neither is changed. */
export function sinceOlder(review: Review, older: Review): Review {
  const before = older.findings.filter((finding) => finding.asked);
  const matched = matchFindings(review.findings.filter((finding) => finding.asked), before);
  const findings = review.findings.map((finding): Finding => {
    if (!finding.asked) return finding;
    const known = matched.get(finding);
    return { ...finding, since: known ? { state: 'remaining', asked: firstSentence(known.question) } : { state: 'new' } };
  });
  const kept = new Set(matched.values());
  const { subject, messageId, version } = older.submission;
  return {
    ...review, findings,
    since: {
      subject, messageId, version, asked: before.length, remaining: kept.size, new: findings.filter((f) => f.since?.state === 'new').length,
      gone: before.filter((finding) => !kept.has(finding)).map((finding) => goneFrom(review, finding)),
    },
  };
}

/** For each finding that the older review has too, the older one; each is taken once. */
export function matchFindings(now: readonly Finding[], before: readonly Finding[]): Map<Finding, Finding> {
  const matched = new Map<Finding, Finding>();
  const taken = new Set<Finding>();
  for (const same of [sameCause, sameFingerprint]) {
    for (const finding of now) {
      const known = matched.has(finding) ? undefined : before.find((one) => !taken.has(one) && same(one, finding));
      if (!known) continue;
      matched.set(finding, known);
      taken.add(known);
    }
  }
  return matched;
}

function sameCause(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && a.property === b.property && a.cause === b.cause;
}

function sameFingerprint(a: Finding, b: Finding): boolean {
  return a.fingerprint === b.fingerprint;
}

/** What became of a question that is not asked any more. */
function goneFrom(review: Review, older: Finding): Gone {
  const { fingerprint, id, rule, property, question, place } = older;
  return { fingerprint, id, rule, property, question: firstSentence(question), place, why: whyGone(review, older) };
}

function whyGone(review: Review, older: Finding): Gone['why'] {
  const found = review.findings.find((one) => !one.asked && (sameCause(one, older) || sameFingerprint(one, older)));
  if (found?.status === 'pre-existing') return 'inBase';
  if (found && found.status !== 'fixed') return 'answered';
  return couldBeSeen(review, older) ? 'notFound' : 'notSearched';
}

/** True where all that showed the finding in the older version ran to its end on this one. */
function couldBeSeen(review: Review, { rule, evidence, place }: Finding): boolean {
  if (review.verdict === 'notPlaced' || review.hunks.some((hunk) => hunk.placed === 'failed')) return false;
  const failed = review.failures.some((failure) => failure.rule === rule || evidence.some((one) => one.scenario !== null && one.scenario === failure.scenario));
  if (failed || review.notModelled.some((one) => one.place.function === place.function)) return false;
  const cut = new Set(review.scenarios.filter((run) => run.verdict === 'gaveUp' || run.stopped).map((run) => run.name));
  return evidence.every(({ kind, scenario }) => (scenario === null ? kind === 'static' || cut.size === 0 : !cut.has(scenario)));
}
