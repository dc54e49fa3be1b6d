/** @module Rule: state of an interrupted context is lost. */
import { keptFields } from '../src/analysis/alternatives/kept-field.js';
import { handlingOf } from '../src/analysis/blame.js';
import type { Blame } from '../src/analysis/blame.js';
import { explain } from '../src/analysis/explain.js';
import { incidents, operationOf } from '../src/analysis/incidents.js';
import type { Incident } from '../src/analysis/incidents.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { conditionOf, contextName, counterexample, fieldName, severityOf } from '../src/analysis/support.js';
import { isInOwnSection } from '../src/analysis/sections.js';

interface Lost extends Hazard {
  readonly field: string;
  readonly victim: string;
  readonly writer: string;
  readonly writerOperation: string;
  /** The writer stops a section that it does not have. */
  readonly unpaired: boolean;
  readonly consequence: string;
}

export const lostState = rule<Lost>({
  id: 'lost-state',
  summary: 'A context changes state of the one it interrupts and does not restore it.',
  why: 'What runs in an interrupt shares current, and with it every t->kcov_* field, with the task it interrupts. A field that is overwritten and not put back is found by the task when it goes on.',
  evidence: 'counterexample',
  gaps: 'Only damage that shows in lost or misplaced coverage, in a bad access or in a call that fails is asked about.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: the original t->kcov_sequence.',
  fires: [
    {
      name: 'the sequence is not put back', on: 'interrupt-sections', scenarios: ['softirq-in-section'],
      edits: [{ find: 'saved->mode, saved->sequence);', replace: 'saved->mode, t->kcov_sequence); //~ lost-state' }],
    },
    {
      name: 'the device of a task that only waits is not put back', on: 'interrupt-sections', scenarios: ['softirq-in-owner'],
      edits: [{ find: '\tt->kcov = saved->kcov;\n', replace: '\tt->kcov = saved->mode ? saved->kcov : NULL; //~ lost-state\n' }],
    },
    {
      name: 'a stop without a start restores what was saved long ago', on: 'interrupt-sections', scenarios: ['unknown-handle-in-softirq'],
      edits: [{ find: '\tif (host != t->kcov_host)\n\t\treturn;\n\tif (!kcov) {', replace: '\tif (host == KCOV_HOST_NMI) //~ lost-state\n\t\treturn;\n\tif (!kcov) {' }],
    },
  ],
  silent: [{
    name: 'the sequence is put back in a statement of its own', on: 'interrupt-sections', scenarios: ['softirq-in-section', 'softirq-in-trace'],
    edits: [{ find: 'saved->mode, saved->sequence);\n', replace: 'saved->mode, 0);\n\tt->kcov_sequence = saved->sequence;\n' }],
  }],
  check(subject: Subject): Lost[] {
    return incidents(subject).flatMap((incident) => {
      const explanation = incident.status === 'new' ? explain(subject, incident) : null;
      return explanation?.by === 'lost-state' ? [describe(subject, incident, explanation.blame)] : [];
    });
  },
  question(found) {
    if (found.unpaired) {
      return `If kcov_remote_start() found no device in ${found.writer}, doesn't kcov_remote_stop() then work on the state of the task it interrupts? Here it changes ${found.field} of a task that traces itself; when that goes on, ${found.consequence}.`;
    }
    return `Isn't the ${found.field} of the interrupted ${found.victim} lost here? ${capital(found.writer)} overwrites it and nothing puts it back, so when the ${found.victim} goes on, ${found.consequence}.`;
  },
  edits: (found, subject) => (found.unpaired ? [] : keptFields(subject.post.program, found.field)),
});

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function describe(subject: Subject, incident: Incident, blame: Blame): Lost {
  const { scenario, violation } = incident;
  const stops = blame.event.operation.startsWith('kcov_remote_stop');
  const unpaired = stops && !isInOwnSection(incident, blame.event);
  const shown = blame.chain.spot.inDiff ? blame.chain : (handlingOf(subject, incident, blame.event) ?? blame.chain);
  const inSection = scenario.actors[violation.at.actor]?.operations.some((o) => o.label.startsWith('kcov_remote_start')) ?? false;
  return {
    property: violation.property, status: 'new', severity: severityOf(violation), spot: shown.spot,
    labels: [{ spot: blame.chain.inner, text: 'overwritten' }], support: [counterexample(incident)],
    cause: unpaired ? `unpaired ${blame.chain.spot.function} ${blame.event.operation}` : `lost ${blame.event.target ?? ''} ${blame.chain.canonical.join(' > ')}`,
    field: fieldName(blame.event.target), victim: inSection ? "kernel thread's section" : 'task', writer: contextName([blame.event.context]),
    writerOperation: blame.event.operation, unpaired, incidents: [incident], consequence: consequenceOf(incident, blame),
  };
}

function consequenceOf(incident: Incident, blame: Blame): string {
  const { violation } = incident;
  if (violation.property === 'coverage-lost') {
    const stop = operationOf(incident.scenario, violation).startsWith('kcov_remote_stop');
    return stop ? `its kcov_remote_stop() finds "${conditionOf(blame.shown.text)}" false and drops what was collected` : 'what it runs from there on is not recorded';
  }
  if (violation.property === 'errno') return `its ${/^.* returned -?\d+/u.exec(violation.detail)?.[0].replace(' returned ', ' returns ') ?? 'next call fails'}`;
  return `it meets a ${violation.property.replace(/-/gu, ' ').replace('null', 'NULL')}`;
}
