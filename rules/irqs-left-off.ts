/** @module Rule: a call returns with interrupts in another state than it found them in. */
import { explain } from '../src/analysis/explain.js';
import { irqEvents } from '../src/analysis/irq-events.js';
import { incidents, operationOf } from '../src/analysis/incidents.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard, Label } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { contextName, counterexample } from '../src/analysis/support.js';

interface LeftOff extends Hazard {
  readonly call: string;
  readonly context: string;
  readonly until: string;
  readonly on: boolean;
}

export const irqsLeftOff = rule<LeftOff>({
  id: 'irqs-left-off',
  summary: 'A call returns with interrupts off that were on when it was called, or the reverse.',
  why: 'Code between kcov_remote_start() and kcov_remote_stop() is ordinary driver code. With interrupts off all of it adds to the interrupt latency, and what asserts or needs interrupts on breaks.',
  evidence: 'observation',
  gaps: 'How long the section runs is not known. In a hardirq, which begins with interrupts off, nothing shows.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: prolonging the region with interrupts off.',
  fires: [{
    name: 'the flags are kept for the stop', on: 'interrupt-sections', scenarios: ['softirq-in-trace'],
    edits: [
      { find: '\tvoid *buffer;\n};\n', replace: '\tvoid *buffer;\n\tunsigned long flags;\n};\n' },
      { find: '\t\tspin_unlock_irqrestore(&kcov_remote_lock, flags);\n\t\treturn;\n\t}\n\tarea = kcov_remote_area_get', replace: '\t\tthis_cpu_ptr(&kcov_saved)->flags = flags;\n\t\tspin_unlock(&kcov_remote_lock); //~ irqs-left-off\n\t\treturn;\n\t}\n\tarea = kcov_remote_area_get' },
      { find: '\telse\n\t\tkcov_host_leave(t);\n', replace: '\telse {\n\t\tflags = this_cpu_ptr(&kcov_saved)->flags;\n\t\tkcov_host_leave(t);\n\t}\n' },
    ],
  }],
  silent: [{
    name: 'lock and flags are given back one after the other', on: 'interrupt-sections', scenarios: ['softirq-in-trace', 'hardirq-in-trace'],
    edits: [{ find: '\t\tspin_unlock_irqrestore(&kcov_remote_lock, flags);\n\t\treturn;\n\t}\n\tarea = kcov_remote_area_get', replace: '\t\tspin_unlock(&kcov_remote_lock);\n\t\tlocal_irq_restore(flags);\n\t\treturn;\n\t}\n\tarea = kcov_remote_area_get' }],
  }],
  check(subject: Subject): LeftOff[] {
    return incidents(subject).flatMap((incident): LeftOff[] => {
      const { property } = incident.violation;
      if (incident.status !== 'new' || (property !== 'irqs-left-off' && property !== 'irqs-left-on')) return [];
      if (explain(subject, incident).by !== 'irqs') return [];
      const events = irqEvents(subject, incident);
      if (!events) return [];
      const labels: Label[] = [...events.unlocks.map((spot) => ({ spot, text: 'the lock is given back without them' })), ...(events.undone ? [{ spot: events.undone, text: 'restored only by' }] : [])];
      const call = operationOf(incident.scenario, incident.violation);
      const { kind } = incident.violation.at;
      return [{
        property, status: 'new', severity: 'medium', spot: events.changed.spot, labels,
        support: [{ kind: 'observation', scenario: incident.scenario.name, text: `In every execution in which ${call} succeeds in ${contextName([kind])}, interrupts are ${property === 'irqs-left-off' ? 'off' : 'on'} at its return that were ${property === 'irqs-left-off' ? 'on' : 'off'} at its call.` }, counterexample(incident)],
        cause: `irqs ${property} ${call} ${events.changed.canonical.at(-1) ?? ''}`, call, context: contextName([kind]), until: events.undone?.function ?? '', on: property === 'irqs-left-on',
      }];
    });
  },
  question(found) {
    if (found.on) return `${found.call} called with interrupts off in ${found.context} returns with them on. Does the caller expect that?`;
    const until = found.until === '' ? '' : ` They come back on in ${found.until}() only.`;
    return `Is it OK that interrupts stay off from here over the whole traced section? ${found.call} in ${found.context} is called with interrupts on and returns with them off.${until}`;
  },
});
