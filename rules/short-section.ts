/** @module Rule: a section that was long enough before loses records. */
import { explain } from '../src/analysis/explain.js';
import { incidents, operationOf } from '../src/analysis/incidents.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { conditionOf, counterexample } from '../src/analysis/support.js';

interface Short extends Hazard {
  readonly condition: string;
  readonly allowedOthers: boolean;
  /** The record that is refused is a PC. */
  readonly ofPc: boolean;
}

export const shortSection = rule<Short>({
  id: 'short-section',
  summary: 'A section in a task keeps less than the user asked for, and did not before.',
  why: 'area_size of KCOV_REMOTE_ENABLE says how much a remote section may collect. A limit that a new context needs and that is applied to all takes coverage away from sections that had it.',
  evidence: 'counterexample',
  gaps: 'Sizes are scaled: the limit is seen when it is smaller than the largest size a scenario asks for.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: min_t() in kcov_remote_start().',
  fires: [{
    name: 'a limit of interrupts for all', on: 'interrupt-sections', scenarios: ['section-sizes'],
    edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = min_t(unsigned int, remote->kcov->remote_size, KCOV_HOST_WORDS); //~ short-section\n' }],
  }],
  silent: [{
    name: 'no more than the area holds', on: 'interrupt-sections', scenarios: ['section-sizes', 'section-in-kthread'],
    edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = min_t(unsigned int, remote->kcov->remote_size, remote->kcov->size);\n' }],
  }],
  check(subject: Subject): Short[] {
    const grown = [...subject.post.sectionsAllowed].some((kind) => !subject.pre.sectionsAllowed.has(kind));
    const found = incidents(subject).flatMap((incident): Short[] => {
      const explanation = incident.status === 'new' ? explain(subject, incident) : null;
      if (explanation?.by !== 'limit') return [];
      const { blame } = explanation;
      return [{
        property: 'coverage-lost', status: 'new', severity: 'medium', spot: blame.chain.spot, labels: [], support: [counterexample(incident)],
        cause: `short ${blame.chain.canonical.at(-1) ?? ''}`, condition: conditionOf(blame.shown.text), allowedOthers: grown, ofPc: operationOf(incident.scenario, incident.violation) === 'hit',
      }];
    });
    // A PC is easier to follow than a comparison, though its schedule may be longer.
    return found.filter((one) => one.ofPc || !found.some((other) => other.ofPc && other.cause === one.cause));
  },
  question(found) {
    const only = found.allowedOthers ? 'Is this only needed for interrupts?' : 'Is this meant for sections in tasks as well?';
    return `${only} With it a section in a kernel thread keeps less than the area_size that its user asked for, and less than before the patch: "${found.condition}" fails earlier.`;
  },
});
