/**
 * @module Which cause explains a violation, decided in one place, so that each is asked about by one rule. What is not
 * explained by a window, by lost state or by a limit is asked about as what it is.
 */
import { isLockProperty } from '../../simulator/explore/lock-graph.js';
import { blameFor } from './blame.js';
import type { Blame } from './blame.js';
import { incidents } from './incidents.js';
import type { Incident } from './incidents.js';
import { replayOf, violationsOf } from './replays.js';
import { isInOwnSection } from './sections.js';
import type { Subject } from './subject.js';
import { followsUnpairedStop } from './unpaired-stop.js';
import { windowBehind, windows } from './windows.js';

export type Explanation =
  | { readonly by: 'window' }
  /** Follows from an interrupter that came in a window. */
  | { readonly by: 'consequence' }
  | { readonly by: 'lost-state'; readonly blame: Blame }
  | { readonly by: 'limit'; readonly blame: Blame }
  | { readonly by: 'irqs' }
  | { readonly by: 'nothing'; readonly blame: Blame | null };

const byItself = new WeakMap<Incident, Explanation>();

export function explain(subject: Subject, incident: Incident): Explanation {
  const own = explainByItself(subject, incident);
  const isOpen = incident.status === 'new' && own.by === 'nothing';
  return isOpen && asksAboutUnpairedStop(subject) && followsUnpairedStop(incident) ? { by: 'consequence' } : own;
}

/** Without regard to what others are explained by. */
function explainByItself(subject: Subject, incident: Incident): Explanation {
  const known = byItself.get(incident);
  if (known) return known;
  const made = decide(subject, incident);
  byItself.set(incident, made);
  return made;
}

const unpairedStops = new WeakMap<Subject, boolean>();

/** Some violation is explained by state that a stop without a start lost: the others that follow from such a stop are not asked about. */
function asksAboutUnpairedStop(subject: Subject): boolean {
  const known = unpairedStops.get(subject);
  if (known !== undefined) return known;
  const made = incidents(subject).some((incident) => {
    const own = incident.status === 'new' ? explainByItself(subject, incident) : null;
    return own?.by === 'lost-state' && own.blame.event.operation.startsWith('kcov_remote_stop') && !isInOwnSection(incident, own.blame.event);
  });
  unpairedStops.set(subject, made);
  return made;
}

function decide(subject: Subject, incident: Incident): Explanation {
  const { violation } = incident;
  if (violation.property === 'irqs-left-off' || violation.property === 'irqs-left-on') return restoresForeignFlags(subject, incident) ? { by: 'consequence' } : { by: 'irqs' };
  if (windows(subject).some((w) => w.incidents.includes(incident))) return { by: 'window' };
  if (windowBehind(subject, incident)) return { by: 'consequence' };
  const blame = incident.status === 'new' ? blameFor(subject, incident) : null;
  if (blame?.foreign && blame.event.context !== 'task' && violation.at.kind === 'task' && isDamage(incident)) return { by: 'lost-state', blame };
  const alone = violation.interrupted.length === 0 && new Set(incident.found.schedule.map((m) => m.actor)).size <= 1;
  if (blame && isLimit(incident, blame) && !blame.foreign && alone && violation.at.kind === 'task') return { by: 'limit', blame };
  return followsAnother(subject, incident) ? { by: 'consequence' } : { by: 'nothing', blame };
}

/** Interrupts are left as somebody else's flags said, in the same operation: the flags are asked about. */
function restoresForeignFlags(subject: Subject, incident: Incident): boolean {
  const { actor, operation } = incident.violation.at;
  return violationsOf(incident.code, incident.scenario, incident.found).some((m) => m.violation.property === 'foreign-irq-flags' && m.violation.at.actor === actor && m.violation.at.operation === operation
    && incidents(subject).some((i) => i.status === 'new' && i.scenario === incident.scenario && i.found.key === m.key));
}

/** Violations after which an execution goes on with something out of balance. */
const IMBALANCES = new Set(['preempt-unbalanced', 'bh-unbalanced', 'lock-held-at-return', 'refcount', 'errno', 'mmap-without-pages', 'warn']);

/** The same execution was out of balance already, by another new violation: that one is asked about. */
function followsAnother(subject: Subject, incident: Incident): boolean {
  const { code, scenario, found, violation } = incident;
  const met = isLockProperty(violation.property) ? replayOf(code, scenario, found).violations : violationsOf(code, scenario, found);
  const own = met.find((m) => m.key === incident.found.key);
  const earlier = met.filter((m) => own !== undefined && m.move < own.move && IMBALANCES.has(m.violation.property));
  return earlier.some((m) => incidents(subject).some((i) => i.status === 'new' && i.scenario === incident.scenario && i.found.key === m.key));
}

/** Records are refused because the size of the section's buffer is what the patch computes, not because nothing is traced. */
function isLimit(incident: Incident, blame: Blame): boolean {
  return incident.violation.property === 'coverage-lost' && blame.through.some((target) => /\bkcov_size$/u.test(target));
}

/** What a context suffers that goes on after an interrupt. */
function isDamage(incident: Incident): boolean {
  const { property, fatal } = incident.violation;
  return fatal || property === 'coverage-lost' || property === 'coverage-misattributed' || property === 'errno';
}
