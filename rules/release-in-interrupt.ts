/** @module Rule: the last reference is dropped in an interrupt. */
import { chainOf } from '../src/analysis/chain.js';
import type { Chain } from '../src/analysis/chain.js';
import { callsInInterrupts } from '../src/analysis/observed.js';
import type { CallInInterrupt } from '../src/analysis/observed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { contextName } from '../src/analysis/support.js';
import { CALL_CONTRACTS } from '../simulator/kernel/calls.js';

interface Release extends Hazard {
  readonly calls: readonly string[];
  readonly contexts: string;
  readonly statement: string;
  readonly deferred: readonly string[];
}

export const releaseInInterrupt = rule<Release>({
  id: 'release-in-interrupt',
  summary: 'What is freed in process context so far can now be freed in an interrupt.',
  why: 'The last reference may be dropped by whoever comes last. If that can be an interrupt now, everything the release calls runs there: it must be allowed, and what it defers happens later.',
  evidence: 'observation',
  gaps: 'What the release of other subsystems would do is not known.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: may kcov_put() be called from interrupts?',
  fires: [{
    name: 'the last reference frees at once wherever it is dropped', on: 'interrupt-sections', scenarios: ['owner-leaves-softirq'],
    edits: [{
      find: '\tif (!in_task()) {\n\t\tspin_lock_irqsave(&kcov_remote_lock, flags);\n\t\tlist_add(&kcov->dying, &kcov_dying);\n\t\tspin_unlock_irqrestore(&kcov_remote_lock, flags);\n\t\treturn;\n\t}\n\tvfree(kcov->area);\n\tkfree(kcov);\n',
      replace: '\tvfree(kcov->area); //~ release-in-interrupt\n\tkfree(kcov);\n',
    }],
  }],
  silent: [{
    name: 'what is freed later is chosen by another test', on: 'interrupt-sections', scenarios: ['owner-leaves-softirq', 'owner-leaves-kthread'],
    edits: [{ find: '\tif (!in_task()) {\n\t\tspin_lock_irqsave(&kcov_remote_lock, flags);\n\t\tlist_add', replace: '\tif (in_interrupt()) {\n\t\tspin_lock_irqsave(&kcov_remote_lock, flags);\n\t\tlist_add' }],
  }],
  check(subject: Subject): Release[] {
    const before = new Set(callsInInterrupts(subject, 'pre').map((c) => `${c.call} ${c.kind}`));
    const fresh = callsInInterrupts(subject, 'post').filter((c) => /free/u.test(c.call) && !before.has(`${c.call} ${c.kind}`));
    const groups = new Map<string, { chain: Chain; calls: CallInInterrupt[] }>();
    for (const call of fresh) {
      const chain = chainOf(subject.post.images, call.code, call.frames);
      const key = chain.spot.function;
      groups.set(key, { chain: groups.get(key)?.chain ?? chain, calls: [...(groups.get(key)?.calls ?? []), call] });
    }
    return [...groups.values()].filter(({ chain }) => chain.spot.inDiff).map(({ chain, calls }) => describe(chain, calls));
  },
  question(found) {
    const deferred = found.deferred.length > 0 ? ` (${found.deferred.join(' and ')} only defers there)` : '';
    return `Can this run in ${found.contexts}, and is what it frees allowed to be freed there? When the owner has disabled and closed the device meanwhile, this is the last reference, and it calls ${found.calls.join(' and ')}${deferred}.`;
  },
});

function describe(chain: Chain, calls: readonly CallInInterrupt[]): Release {
  const names = [...new Set(calls.map((c) => `${c.call}()`))];
  const contexts = contextName([...new Set(calls.map((c) => c.kind))]);
  const deferred = names.filter((n) => (CALL_CONTRACTS[n.replace('()', '')]?.defers ?? '') !== '');
  return {
    property: 'release-in-interrupt', status: 'new', severity: 'low', spot: chain.spot, labels: [],
    support: [{ kind: 'observation', scenario: calls[0]?.scenario ?? null, text: `Executions exist in which ${contexts} drops the last reference here; before the patch none does.` }],
    cause: `release ${chain.spot.text}`, calls: names, contexts, statement: chain.spot.text, deferred,
  };
}
