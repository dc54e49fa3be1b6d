/** @module Rule: a patch changes what user space can see, and does not say so, or says that it does not. */
import { firstChanged } from '../src/analysis/changed.js';
import { chainOf } from '../src/analysis/chain.js';
import { executionOf } from '../src/analysis/outcome-search.js';
import { differenceOf, isExplained } from '../src/analysis/outcomes.js';
import type { Difference } from '../src/analysis/outcomes.js';
import { replayOf } from '../src/analysis/replays.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard, Support } from '../src/analysis/rule.js';
import { saysSo } from '../src/analysis/says-so.js';
import type { Spot } from '../src/analysis/spot.js';
import type { Subject } from '../src/analysis/subject.js';

interface Changed extends Hazard {
  readonly what: string;
  /** What the changelog claims; null where it says nothing of it. */
  readonly claim: string | null;
}

const CLAIMS: readonly RegExp[] = [
  /no functional changes?/iu, /no (?:intended )?(?:change in|changes to|change of) behaviou?r/iu, /no behaviou?ral changes?/iu, /\bNFC\b/u,
];
/** Claims only as what the whole patch is: a changelog may refactor one thing and change another. */
const CLAIMS_OF_SUBJECTS: readonly RegExp[] = [...CLAIMS, /\brefactor(?:ing)?\b/iu, /\bclean[ -]?ups?\b/iu];

export const changedBehaviour = rule<Changed>({
  id: 'changed-behaviour',
  summary: 'What user space can see is not as before, and the changelog says nothing of it, or that nothing changes.',
  why: 'A refactoring is read less closely than a change. When results of calls or the coverage that arrives can be what they never were, and both are within the contract, either the changelog or the code is not what was meant.',
  evidence: 'observation',
  gaps: 'Compared are results of calls and the areas at the end, each by itself, in the scenarios searched to their end on both sides. A changelog that may mean the difference is taken to mean it. Each patch of a series is compared with the patch before it.',
  origin: 'Documentation/process/submitting-patches.rst: separate your changes, describe what changes.',
  fires: [{
    name: 'one record more in each section', on: 'model', scenarios: ['section-sizes'], message: 'Use a local variable.\n\nNo functional change.',
    edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size + 1; //~ changed-behaviour\n' }],
  }, {
    name: 'sections as large as the area of the user', on: 'model', scenarios: ['section-sizes'], message: 'Simplify the start of a section.',
    edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->size; //~ changed-behaviour\n' }],
  }],
  silent: [
    {
      name: 'sections as large as the area of the user, and the changelog says so', on: 'model', scenarios: ['section-sizes'], message: 'A section should hold as much as the area of the user.',
      edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->size;\n' }],
    },
    {
      name: 'a lock is held for longer', on: 'model', scenarios: ['sections-on-two-cpus', 'enabled-again'],
      edits: [{ find: '\tspin_unlock(&kcov->lock);\n\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n', replace: '\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tspin_unlock(&kcov->lock);\n' }],
    },
    {
      name: 'one record more in each section, and the changelog says so', on: 'model', scenarios: ['section-sizes'], message: 'Make room for one record more.',
      edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size + 1;\n' }],
    },
    {
      name: 'two reads change places', on: 'model', scenarios: ['section-sizes', 'section-in-kthread', 'owner-leaves-kthread'], message: 'Read mode last.\n\nNo functional change.',
      edits: [{ find: '\tmode = remote->kcov->mode;\n\tsequence = remote->kcov->sequence;\n', replace: '\tsequence = remote->kcov->sequence;\n\tmode = remote->kcov->mode;\n' }],
    },
  ],
  check: (subject: Subject) => subject.steps.flatMap((step, i) => changesOf(subject, step, i === subject.steps.length - 1)),
  question(found) {
    if (found.claim !== null) return `Is this meant to change behaviour? The changelog says "${found.claim}", but ${found.what}.`;
    return `Is this meant to change what users see? The changelog does not speak of it, and ${found.what}.`;
  },
});

type Step = Subject['steps'][number];

/** The first difference of a patch to the one before; none where something violated explains it, or the changelog does. `last`: the patched image is the subject's. */
function changesOf(subject: Subject, { patch, results }: Step, last: boolean): Changed[] {
  const own = subject.patches.find((p) => p.n === patch);
  if (!own) return [];
  const claim = claimIn(own.subject, CLAIMS_OF_SUBJECTS) ?? claimIn(own.message, CLAIMS);
  // A bare diff has no words to be held to.
  if (claim === null && own.message.trim() === '') return [];
  const changelogs = subject.patches.filter((p) => p.n <= patch);
  const explained = claim === null && results.some(isExplained);
  const found = explained ? undefined : results.flatMap((result) => differenceOf(result) ?? []).find((d) => claim !== null || !saysSo(changelogs, d.of));
  if (!found) return [];
  const what = `${textOf(found)} (${found.result.scenario.name})`;
  const shown = last ? executionOf(found, 2 * (found.result.post?.exploration.states ?? 0)) : null;
  const spot = (shown ? passedBy(subject, shown) : undefined) ?? firstChanged(subject, patch);
  if (!spot) return [];
  const observed: Support = { kind: 'observation', scenario: found.result.scenario.name, text: what };
  return [{
    property: 'changed-behaviour', status: 'changed', severity: 'medium', spot, labels: [], cause: `changed ${found.of} ${found.what}`, what, claim, support: shown ? [shown, observed] : [observed],
  }];
}

/** "the area of A ends with PC1 PC2 where it ended with PC1". */
function textOf({ of, what, before, now }: Difference): string {
  const [was, is] = [before.join(' or '), now.join(' or ')];
  return of === 'result' ? `${what} can return ${is} where it returned ${was}` : `the area of ${what} can end with ${is} where it ended with ${was}`;
}

/** The statement of the patch that the execution passed last: one that it added, else one that its hunks show. */
function passedBy(subject: Subject, { code, scenario, found }: Support & { readonly kind: 'counterexample' }): Spot | undefined {
  const events = replayOf(code, scenario, found).events.filter((e) => e.frames.length > 0 && !e.setUp);
  const spots = events.map((e) => chainOf(subject.post.images, code, e.frames).inner);
  return spots.findLast((spot) => spot.added) ?? spots.findLast((spot) => spot.inDiff);
}

function claimIn(text: string, claims: readonly RegExp[]): string | null {
  for (const claim of claims) {
    const match = claim.exec(text)?.[0];
    if (match !== undefined) return match.replace(/\s+/gu, ' ');
  }
  return null;
}
