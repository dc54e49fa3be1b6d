/** @module Rule: a patch that says it changes no behaviour does. */
import { firstChanged } from '../src/analysis/changed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { ScenarioResult, Searched, Subject } from '../src/analysis/subject.js';

interface Changed extends Hazard {
  readonly what: string;
  readonly claim: string;
}

const CLAIMS: readonly RegExp[] = [
  /no functional changes?/iu, /no (?:intended )?(?:change in|changes to|change of) behaviou?r/iu, /no behaviou?ral changes?/iu, /\bNFC\b/u,
];
/** Claims only as what the whole patch is: a changelog may refactor one thing and change another. */
const CLAIMS_OF_SUBJECTS: readonly RegExp[] = [...CLAIMS, /\brefactor(?:ing)?\b/iu, /\bclean[ -]?ups?\b/iu];

export const changedBehaviour = rule<Changed>({
  id: 'changed-behaviour',
  summary: 'A patch that says it changes no behaviour changes what user space can see.',
  why: 'A refactoring is read less closely than a change. When results of calls or the coverage that arrives differ, either the changelog or the code is not what was meant.',
  evidence: 'observation',
  gaps: 'Compared are results of calls and the areas at the end, in the scenarios searched to their end on both sides; each patch of a series is held to its own words, against the patch before it.',
  origin: 'Documentation/process/submitting-patches.rst: separate your changes, describe what changes.',
  fires: [{
    name: 'one record more in each section', on: 'model', scenarios: ['section-sizes'], message: 'Use a local variable.\n\nNo functional change.',
    edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size + 1; //~ changed-behaviour\n' }],
  }],
  silent: [
    {
      name: 'one record more in each section, and the changelog says so', on: 'model', scenarios: ['section-sizes'], message: 'Make room for one record more.',
      edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size + 1;\n' }],
    },
    {
      name: 'two reads change places', on: 'model', scenarios: ['section-sizes', 'section-in-kthread', 'owner-leaves-kthread'], message: 'Read mode last.\n\nNo functional change.',
      edits: [{ find: '\tmode = remote->kcov->mode;\n\tsequence = remote->kcov->sequence;\n', replace: '\tsequence = remote->kcov->sequence;\n\tmode = remote->kcov->mode;\n' }],
    },
  ],
  check(subject: Subject): Changed[] {
    return subject.steps.flatMap(({ patch, results }): Changed[] => {
      const own = subject.patches.find((p) => p.n === patch);
      const claim = own ? (claimIn(own.subject, CLAIMS_OF_SUBJECTS) ?? claimIn(own.message, CLAIMS)) : null;
      const found = claim === null ? undefined : results.flatMap((result) => difference(result)).at(0);
      const spot = firstChanged(subject, patch);
      if (claim === null || !found || !spot) return [];
      return [{
        property: 'changed-behaviour', status: 'changed', severity: 'medium', spot, labels: [], cause: `changed ${found.key}`, what: found.text, claim,
        support: [{ kind: 'observation', scenario: found.scenario, text: found.text }],
      }];
    });
  },
  question: (found) => `Is this meant to change behaviour? The changelog says "${found.claim}", but ${found.what}.`,
});

function claimIn(text: string, claims: readonly RegExp[]): string | null {
  for (const claim of claims) {
    const match = claim.exec(text)?.[0];
    if (match !== undefined) return match.replace(/\s+/gu, ' ');
  }
  return null;
}

function complete(searched: Searched | null): searched is Searched {
  return searched !== null && searched.exploration.gaveUp === null && searched.exploration.notModelled.length === 0;
}

/** The first thing that is not the same on both sides. */
function difference({ scenario, pre, post }: ScenarioResult): { scenario: string; key: string; text: string }[] {
  if (!complete(pre) || !complete(post)) return [];
  const [before, after] = [pre.exploration.observations, post.exploration.observations];
  for (const [key, results] of before.results) {
    const [was, is] = [[...results].sort().join(' or '), [...(after.results.get(key) ?? [])].sort().join(' or ')];
    const label = key.replace(/^.*? \d+ /u, '');
    if (was !== is && is !== '') return [{ scenario: scenario.name, key: label, text: `${label} returns ${is} where it returned ${was} (${scenario.name})` }];
  }
  const lost = [...before.endings].find((o) => !after.endings.has(o));
  const fresh = [...after.endings].find((o) => !before.endings.has(o));
  if (lost === undefined && fresh === undefined) return [];
  const text = fresh === undefined ? 'coverage that could arrive before cannot any more' : 'what arrives in the areas can differ from before';
  return [{ scenario: scenario.name, key: scenario.name, text: `${text} (${scenario.name})` }];
}
