/** @module Nothing rests on the names that a patch chooses: renamed throughout, it gives the same findings with the same fingerprints. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSubmission } from '../src/mail/read-submission.js';
import type { Finding, Review } from '../src/review/review.js';
import { reviewSubmission } from '../src/review/review-submission.js';
import { addedIdentifiers, newNames, renamed } from './renaming.js';

const yardstick = path.resolve('..', 'shared', 'corpus', '2019-12-12-irq-rfc-1of2.eml');
const patches = [path.resolve('examples', 'irq-coverage.mbox'), path.resolve('examples', 'two-step.mbox'), yardstick];

interface Reviewed {
  readonly names: readonly string[];
  readonly review: Review;
}

async function review(text: string): Promise<Reviewed> {
  const submission = await readSubmission('patch', new TextEncoder().encode(text));
  return { names: addedIdentifiers(submission), review: await reviewSubmission(submission, { states: 400_000, bounds: {} }) };
}

/** A schedule names the Program by a hash, which changes with every name. */
const withoutHash = (schedule: string | null): string | null => schedule?.replace(/:[0-9a-f]+:/u, ':') ?? null;

function essence(finding: Finding): unknown {
  const { fingerprint, rule, property, status, asked, severity, introducedBy, goneBy, place, labels, evidence } = finding;
  return {
    fingerprint, rule, property, status, asked, severity, introducedBy, goneBy, place: [place.path, place.side, place.line, place.endLine, place.hunk],
    labels: labels.map((l) => `${l.place.path} ${l.place.line ?? ''}`).sort(),
    evidence: evidence.map((e) => ({ kind: e.kind, scenario: e.scenario, contexts: e.contexts, schedule: withoutHash(e.schedule), replayed: e.replayed, steps: e.trace.length })),
  };
}

/** Findings at one line may change places. */
function essences(found: Review): string[] {
  return found.findings.map((f) => JSON.stringify(essence(f))).sort();
}

describe.each(patches)('%s', (file) => {
  const missing = !existsSync(file);
  if (missing) process.stderr.write(`skipped: no ${file}\n`);

  test.skipIf(missing)('gives the same findings under other names', async () => {
    const text = readFileSync(file, 'utf8');
    const before = await review(text);
    const names = newNames(before.names, 20_191_212);
    const other = renamed(text, names);
    expect(before.names.length).toBeGreaterThan(0);
    for (const name of before.names) expect(new RegExp(`^\\+.*\\b${name}\\b`, 'mu').test(other), `${name} is still there`).toBe(false);
    const after = await review(other);
    expect(after.names).toHaveLength(before.names.length);
    expect(essences(after.review)).toEqual(essences(before.review));
    expect(after.review.verdict).toBe(before.review.verdict);
  }, 480_000);
});
