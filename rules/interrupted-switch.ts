/** @module Rule: an interrupter finds the traced state half switched. */
import { movedStores } from '../src/analysis/alternatives/moved-store.js';
import { halfSwitched } from '../src/analysis/half-switched.js';
import type { HalfSwitched } from '../src/analysis/half-switched.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard, Label, Support } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { isConfinedToSection, windows } from '../src/analysis/windows.js';
import type { Window } from '../src/analysis/windows.js';
import { contextName, counterexample, worst } from '../src/analysis/support.js';

interface Switch extends Hazard {
  readonly interrupter: string;
  /** When it arrives, from the line that the question stands under. */
  readonly during: string;
  readonly recordsIn: readonly string[];
  readonly faults: readonly string[];
  /** What the gravest execution finds. */
  readonly half: HalfSwitched | null;
  readonly window: Window;
}

export const interruptedSwitch = rule<Switch>({
  id: 'interrupted-switch',
  summary: 'An interrupter arrives while the state of the traced context is half switched.',
  why: 'Fields of the task that the tracing callback reads together are changed one by one. An interrupt that nothing masks there runs the callback on a mixture: it records where it must not, or follows a pointer that is not there yet.',
  evidence: 'counterexample',
  gaps: 'Only interrupters that run instrumented code once are tried; compilers may open windows that the order of the source does not show.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: an NMI between two stores.',
  fires: [{
    name: 'the mark that keeps other sections out lets NMIs in before tracing stopped', on: 'interrupt-sections', scenarios: ['softirq-in-trace'],
    edits: [{ find: '\tsaved->mode = t->kcov_mode;\n', replace: '\tt->kcov_host = KCOV_HOST_NMI; //~ interrupted-switch\n\tsaved->mode = t->kcov_mode;\n' }],
  }],
  silent: [{
    name: 'the same mark after tracing stopped', on: 'interrupt-sections', scenarios: ['softirq-in-trace', 'hardirq-in-trace'],
    edits: [{ find: '\tt->kcov_host = host;\n', replace: '\tt->kcov_host = KCOV_HOST_NMI;\n\tt->kcov_host = host;\n' }],
  }],
  check(subject: Subject): Switch[] {
    const groups = new Map<string, Window[]>();
    for (const window of windows(subject)) {
      if (isConfinedToSection(window)) continue;
      const key = `${window.opening.spot.function} ${window.operation}`;
      groups.set(key, [...(groups.get(key) ?? []), window]);
    }
    return [...groups.values()].map((group) => describe(group));
  },
  question(found) {
    const records = found.recordsIn.length > 0 ? ` The callback lets it through, and it records into ${found.recordsIn.join(' or ')}.` : '';
    const passes = found.recordsIn.length > 0 ? 'Further on' : 'The callback lets it through, and';
    const { half } = found;
    const state = half ? `${half.already.field} is ${half.already.value} already while ${half.still.field} is still ${half.still.value}: a` : 'it meets a';
    const faults = found.faults.length > 0 ? ` ${passes} ${state} ${found.faults.join(' and a ')}.` : '';
    return `What happens if ${found.interrupter} arrives ${found.during}?${records}${faults}`;
  },
  edits: (found, subject) => movedStores(subject.post.program, found.window),
});

function describe(group: readonly Window[]): Switch {
  const first = group[0];
  if (!first) throw new Error('an empty group of windows');
  const all = group.flatMap((w) => w.incidents);
  const properties = [...new Set(all.map((i) => i.violation.property))];
  const support: Support[] = properties.flatMap((property) => {
    const shortest = all.filter((i) => i.violation.property === property).sort((a, b) => a.found.schedule.length - b.found.schedule.length)[0];
    return shortest ? [counterexample(shortest)] : [];
  });
  const { spot, inner } = first.opening;
  const labels: Label[] = group.flatMap((w) => [w.opening.inner, w.closing.inner]).filter((s, i, list) => s.text !== spot.text && list.findIndex((o) => o.text === s.text) === i)
    .map((s) => ({ spot: s, text: 'within' }));
  const faults = [...new Set(all.filter((i) => i.violation.fatal).map((i) => i.violation.property.replace(/-/gu, ' ').replace('null', 'NULL')))];
  const fatal = all.find((i) => i.violation.fatal);
  const recordsIn = [...new Set(all.filter((i) => i.violation.property === 'coverage-misattributed').map((i) => ownerOf(i.violation.detail)))];
  return {
    property: worst(properties), status: 'new', severity: faults.length > 0 ? 'high' : 'medium', spot, labels, support,
    cause: `switch ${spot.function} ${first.operation.replace(/\(.*/u, '')} ${inner.text}`,
    interrupter: contextName([...new Set(group.map((w) => w.interrupter))]), during: duringOf(first), recordsIn, faults,
    half: fatal ? halfSwitched(fatal) : null, window: first, incidents: all,
  };
}

/** "while this runs" of a helper, else up to the statement or the end of the helper that is the last to leave it half done. */
function duringOf({ opening: { spot, inner }, closing }: Window): string {
  if (spot.text !== inner.text) return 'while this runs';
  if (closing.inner.function !== spot.function) return `between this and the end of ${closing.inner.function}()`;
  return closing.inner.text === spot.text ? 'right after this' : `between this and ${closing.inner.text.replace(/;$/u, '')}`;
}

function ownerOf(detail: string): string {
  return /area of/u.test(detail) ? "the interrupted task's own area" : 'the buffer of the section';
}
