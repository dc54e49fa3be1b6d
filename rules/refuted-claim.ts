/** @module Rule: the changelog says in which contexts a function runs, and an execution shows another one. */
import { firstChanged, statementsInDiff } from '../src/analysis/changed.js';
import { contextClaims } from '../src/analysis/context-claims.js';
import type { ContextClaim } from '../src/analysis/context-claims.js';
import { enteredIn } from '../src/analysis/observed.js';
import type { Entered } from '../src/analysis/observed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { contextName } from '../src/analysis/support.js';
import { callCount } from '../src/analysis/walk.js';
import type { ContextKind } from '../simulator/machine/state.js';

interface Refuted extends Hazard {
  readonly function: string;
  readonly claim: string;
  readonly seen: string;
}

const NEUTRAL = {
  find: '\tmode = remote->kcov->mode;\n\tsequence = remote->kcov->sequence;\n',
  replace: '\tsequence = remote->kcov->sequence;\n\tmode = remote->kcov->mode;\n',
};
const MARKED = { ...NEUTRAL, replace: NEUTRAL.replace.replace(/\n$/u, ' //~ refuted-claim\n') };
const SCENARIOS = ['interrupted-trace', 'section-in-kthread'];

export const refutedClaim = rule<Refuted>({
  id: 'refuted-claim',
  summary: 'The changelog says in which contexts a function runs, and an execution shows another one.',
  why: 'A change that is safe because of where a function runs is not safe where it runs as well. Either the sentence or the code is not what was meant.',
  evidence: 'observation',
  gaps: 'A few forms of sentence, in the present tense, that name a function; claims about locks are not read, nor are comments.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: in which contexts may kcov_put() be called?',
  fires: [
    { name: 'what every context runs is said to be for tasks', on: 'model', scenarios: SCENARIOS, message: 'Read sequence first.\n\ncheck_kcov_mode() is only called from task context, so that is safe.', edits: [MARKED] },
    { name: 'what tasks run is said to run with interrupts off', on: 'model', scenarios: SCENARIOS, message: 'Read sequence first. Since kcov_start() is always called with interrupts\ndisabled, nothing comes between.', edits: [MARKED] },
    { name: 'what NMIs run is said not to be run by them', on: 'model', scenarios: SCENARIOS, message: 'Read sequence first.\n\n__sanitizer_cov_trace_pc() and check_kcov_mode() are never called from NMIs.', edits: [MARKED] },
  ],
  silent: [
    { name: 'what is said is so', on: 'model', scenarios: SCENARIOS, message: 'Read sequence first.\n\nkcov_start() is only called from tasks. kcov_remote_find() is never called\nfrom interrupts.', edits: [NEUTRAL] },
    { name: 'what is said is about the code before', on: 'model', scenarios: SCENARIOS, message: 'Read sequence first.\n\nSo far check_kcov_mode() is only called from tasks.', edits: [NEUTRAL] },
    { name: 'what is said is a wish', on: 'model', scenarios: SCENARIOS, message: 'Read sequence first.\n\ncheck_kcov_mode() should be called from tasks only. Is it only called from\ntasks?', edits: [NEUTRAL] },
  ],
  check: (subject: Subject) => subject.steps.flatMap(({ patch, results }): Refuted[] => {
    const own = subject.patches.find((p) => p.n === patch);
    const claims = contextClaims(own?.message ?? '').filter((claim) => judged(subject, claim.function));
    const refuted = claims.flatMap((claim) => refute(claim, enteredIn(results, claim.function)).slice(0, 1).map((by) => ({ claim, by })));
    return refuted.slice(0, 1).flatMap(({ claim, by }): Refuted[] => {
      const spot = statementsInDiff(subject).find((s) => s.function.name === claim.function && s.spot.patch === patch)?.spot ?? firstChanged(subject, patch);
      if (!spot) return [];
      const text = `In ${by.scenario} ${claim.function}() is entered ${by.how}.`;
      return [{
        property: 'refuted-claim', status: 'new', severity: 'low', spot, labels: [], cause: `claim ${claim.form} ${claim.function}`, function: claim.function,
        claim: words(claim), seen: by.how, support: [{ kind: 'observation', scenario: by.scenario, text }],
      }];
    });
  }),
  question: (found) => `Does ${found.function}() ${found.claim}, as the changelog says? There is an execution in which it is entered ${found.seen}.`,
});

/** Its callers are part of the Program, or the compiler's: what other callers do is only what scenarios make up. */
function judged(subject: Subject, name: string): boolean {
  return name.startsWith('__sanitizer_cov_') || callCount(subject.post.program, name) > 0;
}

/** Scenarios that show otherwise. */
function refute(claim: ContextClaim, entered: readonly Entered[]): { scenario: string; how: string }[] {
  return entered.flatMap(({ scenario, contexts, irqsOn, preemptible }) => {
    if (claim.form === 'irqs-off') return irqsOn ? [{ scenario, how: 'with interrupts on' }] : [];
    if (claim.form === 'preemption-off') return preemptible ? [{ scenario, how: 'with preemption on' }] : [];
    const others: ContextKind[] = contexts.filter((kind) => claim.contexts.includes(kind) === (claim.form === 'never'));
    return others.length > 0 ? [{ scenario, how: `in ${contextName(others.slice(0, 1))}` }] : [];
  });
}

function words({ form, contexts }: ContextClaim): string {
  if (form === 'irqs-off') return 'always run with interrupts off';
  if (form === 'preemption-off') return 'always run with preemption off';
  return `${form === 'only' ? 'only' : 'never'} run in ${contextName(contexts)}`;
}
