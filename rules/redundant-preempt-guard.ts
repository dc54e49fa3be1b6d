/** @module Rule: preemption is disabled where it cannot happen. */
import { statementsInDiff } from '../src/analysis/changed.js';
import { alwaysIrqsOff, alwaysNotPreemptible, ranIn } from '../src/analysis/observed.js';
import type { Query } from '../src/analysis/observed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { contextName } from '../src/analysis/support.js';
import { calledName, walkStatement } from '../src/analysis/walk.js';

interface Guard extends Hazard {
  readonly call: string;
  readonly irqsOff: boolean;
  readonly contexts: string;
  readonly instead: string;
}

/** Calls that disable preemption, and what does the same without. */
const GUARDS: Readonly<Record<string, string>> = {
  get_cpu_var: 'this_cpu_ptr()', get_cpu_ptr: 'this_cpu_ptr()', get_cpu: 'smp_processor_id()', preempt_disable: '', preempt_disable_notrace: '', local_bh_disable: '',
};

export const redundantPreemptGuard = rule<Guard>({
  id: 'redundant-preempt-guard',
  summary: 'Preemption is disabled where it cannot happen.',
  why: 'A guard that is never needed tells the reader of a danger that is not there, and needs its counterpart on every path.',
  evidence: 'observation',
  gaps: 'Callers outside kcov.c that no scenario has are not seen; PREEMPT_RT is not modelled.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: get_cpu_var() under spin_lock_irqsave().',
  fires: [{
    name: 'get_cpu_var() with interrupts off', on: 'interrupt-sections', scenarios: ['softirq-in-trace', 'hardirq-in-trace'],
    edits: [
      { find: '\tstruct kcov_saved *saved = this_cpu_ptr(&kcov_saved);\n\n\tsaved->mode', replace: '\tstruct kcov_saved *saved = &get_cpu_var(kcov_saved); //~ redundant-preempt-guard\n\n\tsaved->mode' },
      { find: '\tt->kcov_host = host;\n', replace: '\tt->kcov_host = host;\n\tput_cpu_var(kcov_saved);\n' },
    ],
  }],
  silent: [{
    name: 'get_cpu_var() where a task can be preempted', on: 'interrupt-sections', scenarios: ['section-in-kthread', 'softirq-in-trace'],
    edits: [
      { find: '\tunsigned int host = kcov_host();\n\tunsigned long flags;\n\n\tif (WARN_ON(!kcov_check', replace: '\tunsigned int host = kcov_host();\n\tunsigned long flags;\n\tbool ready;\n\n\tif (WARN_ON(!kcov_check' },
      { find: '\tspin_lock_irqsave(&kcov_remote_lock, flags);\n\tremote = kcov_remote_find(handle);\n', replace: '\tready = get_cpu_var(kcov_saved).buffer != NULL;\n\tput_cpu_var(kcov_saved);\n\tif (!ready)\n\t\treturn;\n\tspin_lock_irqsave(&kcov_remote_lock, flags);\n\tremote = kcov_remote_find(handle);\n' },
    ],
  }],
  check(subject: Subject): Guard[] {
    const found = statementsInDiff(subject).filter(({ spot }) => spot.added).flatMap(({ function: def, statement, spot }): Guard[] => {
      const call = guardIn(statement);
      const query: Query = { function: def.name, statement, instruction: (i) => i.op === 'preempt' && i.delta > 0 };
      if (call === null || !alwaysNotPreemptible(subject, query)) return [];
      const irqsOff = alwaysIrqsOff(subject, query);
      const contexts = contextName(ranIn(subject, query));
      return [{
        property: 'redundant-guard', status: 'new', severity: 'low', spot, labels: [], cause: `guard ${call}`,
        support: [{ kind: 'observation', scenario: null, text: `In every execution of this statement (${contexts}) ${irqsOff ? 'interrupts are off' : 'preemption is off'} already.` }],
        call, irqsOff, contexts, instead: GUARDS[call] ?? '',
      }];
    });
    return found;
  },
  question(found) {
    const instead = found.instead === '' ? '' : ` Wouldn't ${found.instead} do?`;
    return `Is ${found.call}() needed here? ${found.irqsOff ? 'Interrupts are off' : 'Preemption is off'} whenever this runs, in ${found.contexts}.${instead}`;
  },
});

function guardIn(statement: Parameters<typeof walkStatement>[0]): string | null {
  let call: string | null = null;
  walkStatement(statement, (expr, inner) => {
    const name = calledName(expr);
    if (inner === statement && name !== null && Object.hasOwn(GUARDS, name)) call ??= name;
  });
  return call;
}
