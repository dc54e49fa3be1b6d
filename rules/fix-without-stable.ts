/** @module Rule: a fix of what a release has, with a Fixes: tag and no Cc: to the stable list. */
import { firstChanged } from '../src/analysis/changed.js';
import { coarseKey, incidents } from '../src/analysis/incidents.js';
import type { Incident } from '../src/analysis/incidents.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Searched, Subject, SubjectPatch } from '../src/analysis/subject.js';
import { severityOf } from '../src/analysis/support.js';
import { featureCommits } from '../simulator/kcov/feature-commits.js';

interface Unmarked extends Hazard {
  readonly what: string;
  readonly release: string;
}

export const fixWithoutStable = rule<Unmarked>({
  id: 'fix-without-stable',
  summary: 'A fix of an invalid access or a hang in releases names the commit it fixes, and is not marked for stable.',
  why: 'A Fixes: tag alone brings a patch into stable trees by chance at best. Whoever wrote the fix knows best whether it belongs there.',
  evidence: 'observation',
  gaps: 'Releases are known of the commits that brought the features of kcov; a fix of another commit is not asked about.',
  origin: 'Documentation/process/stable-kernel-rules.rst, option 1: the stable tag in the sign-off area.',
  fires: [{
    name: 'the entry is used after its lock is dropped', on: 'model', scenarios: ['owner-leaves-kthread'],
    message: 'The entry may be gone by then.\n\nFixes: eec028c9386e ("kcov: remote coverage support")\nSigned-off-by: A. Developer <dev@example.org>',
    edits: [{ find: '\t\t\tt->kcov = NULL;\n\t\t\tkcov_put(remote->kcov);\n', replace: '\t\t\tkcov_put(t->kcov); //~ fix-without-stable\n\t\t\tt->kcov = NULL;\n' }],
  }],
  silent: [{
    name: 'the fix is marked for stable', on: 'model', scenarios: ['owner-leaves-kthread'],
    message: 'The entry may be gone by then.\n\nFixes: eec028c9386e ("kcov: remote coverage support")\nCc: <stable@vger.kernel.org> # v5.5\nSigned-off-by: A. Developer <dev@example.org>',
    edits: [{ find: '\t\t\tt->kcov = NULL;\n\t\t\tkcov_put(remote->kcov);\n', replace: '\t\t\tkcov_put(t->kcov);\n\t\t\tt->kcov = NULL;\n' }],
  }, {
    name: 'what it fixes is not released yet', on: 'model', scenarios: ['owner-leaves-kthread'],
    message: 'The entry may be gone by then.\n\nFixes: 5ff3b30ab57d ("kcov: collect coverage from interrupts")\nSigned-off-by: A. Developer <dev@example.org>',
    edits: [{ find: '\t\t\tt->kcov = NULL;\n\t\t\tkcov_put(remote->kcov);\n', replace: '\t\t\tkcov_put(t->kcov);\n\t\t\tt->kcov = NULL;\n' }],
  }, {
    name: 'no execution shows what is fixed', on: 'model', scenarios: ['section-in-kthread'],
    message: 'Tidy up.\n\nFixes: eec028c9386e ("kcov: remote coverage support")\nSigned-off-by: A. Developer <dev@example.org>',
    edits: [{ find: '\t\t\tt->kcov = NULL;\n\t\t\tkcov_put(remote->kcov);\n', replace: '\t\t\tkcov_put(t->kcov);\n\t\t\tt->kcov = NULL;\n' }],
  }],
  check: (subject: Subject) => subject.patches.flatMap((patch): Unmarked[] => {
    const release = releaseOf(patch);
    const fixed = release === null ? undefined : incidents(subject).find((incident) => isGrave(incident) && fixes(subject, patch, incident));
    const spot = firstChanged(subject, patch.n);
    if (release === null || !fixed || !spot) return [];
    const { property, detail } = fixed.violation;
    const text = `In ${fixed.scenario.name} the base meets a ${property.replace(/-/gu, ' ')} (${detail}); no execution of the patched code does.`;
    return [{
      property: 'fix-without-stable', status: 'new', severity: 'note', spot, labels: [], support: [{ kind: 'observation', scenario: fixed.scenario.name, text }],
      cause: `fix for stable ${patch.n}`, what: property.replace(/-/gu, ' '), release,
    }];
  }),
  question: (found) => `Should this be marked for stable? The ${found.what} that it fixes is in releases since ${found.release}, and the changelog has a Fixes: tag without a Cc: to the stable list.`,
});

/** The release that has what the patch says it fixes; null where the changelog speaks of stable, or that is not known, or came later. */
function releaseOf({ message, date }: SubjectPatch): string | null {
  if (/\bstable\b|\bback-?port/iu.test(message)) return null;
  const blamed = [...message.matchAll(/^fixes:\s*([0-9a-f]{8,40})\b/gimu)].map((m) => (m[1] ?? '').toLowerCase());
  const known = featureCommits.filter(({ id }) => blamed.some((b) => b.startsWith(id) || id.startsWith(b)));
  const sent = Date.parse(date ?? '');
  const oldest = known.find(({ released }) => Date.parse(released) < sent);
  return oldest?.release ?? null;
}

function isGrave({ status, violation }: Incident): boolean {
  return status === 'fixed' && severityOf(violation) === 'high';
}

/** This patch of the series is the one after which it is gone. */
function fixes(subject: Subject, patch: SubjectPatch, incident: Incident): boolean {
  const { scenario, code, violation } = incident;
  const key = coarseKey(code, scenario, violation);
  const shows = (searched: Searched | null | undefined): boolean => searched?.exploration.found.some((f) => coarseKey(searched.code, scenario, f.violation) === key) ?? false;
  const result = subject.steps.find((step) => step.patch === patch.n)?.results.find((r) => r.scenario.name === scenario.name);
  return shows(result?.pre) && !shows(result?.post);
}
