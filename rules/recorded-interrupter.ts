/** @module Rule: code of another context is recorded into a section that it interrupts. */
import { chainLabels, contextName, counterexample } from '../src/analysis/support.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { isConfinedToSection, windows } from '../src/analysis/windows.js';
import type { Window } from '../src/analysis/windows.js';

interface Recorded extends Hazard {
  readonly interrupter: string;
  readonly section: string;
}

export const recordedInterrupter = rule<Recorded>({
  id: 'recorded-interrupter',
  summary: 'Code of another context is recorded into a section that it interrupts.',
  why: 'A section belongs to the context that started it. When the callback only asks whether some section is in progress, an interrupt of another kind on top of it passes, and its coverage is credited to the section.',
  evidence: 'counterexample',
  gaps: 'What a hardirq or NMI does that belongs to the section in some other sense is not known.',
  origin: 'KCOV_MODE and in_serving_softirq() in check_kcov_mode(), kernel/kcov.c since v5.8; thread of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019.',
  fires: [{
    name: 'the callback only asks whether some section is in progress', on: 'interrupt-sections', scenarios: ['softirq-in-trace', 'hardirq-on-softirq-section'],
    edits: [{ find: '\tif (kcov_host() != t->kcov_host)\n\t\treturn false;\n', replace: '\tif (!in_task() && !t->kcov_host) //~ recorded-interrupter\n\t\treturn false;\n' }],
  }],
  silent: [{
    name: 'the kind of section is asked for in another way', on: 'interrupt-sections', scenarios: ['softirq-in-trace', 'hardirq-on-softirq-section'],
    edits: [{ find: '\tif (kcov_host() != t->kcov_host)\n\t\treturn false;\n', replace: '\tif (in_nmi() || (!in_task() && t->kcov_host != kcov_host()))\n\t\treturn false;\n' }],
  }],
  check(subject: Subject): Recorded[] {
    const groups = new Map<string, Window[]>();
    for (const window of windows(subject).filter(isConfinedToSection)) {
      const key = window.opening.canonical.at(-1) ?? '';
      groups.set(key, [...(groups.get(key) ?? []), window]);
    }
    return [...groups].map(([key, group]) => describe(key, group));
  },
  question(found) {
    const what = found.interrupter.replace(/\ban? /gu, '');
    return `Is ${found.interrupter} that arrives during such a section meant to be recorded too? As long as the section is traced, ${what} code passes the callback's check and its PCs go into the section's buffer, and from there to the section's device.`;
  },
});

/** One question for all kinds of interrupter that one statement lets in. */
function describe(key: string, group: readonly Window[]): Recorded {
  const [window] = group;
  const first = window?.incidents[0];
  if (!window || !first) throw new Error('a window without violations');
  const kinds = [...new Set(group.map((w) => w.interrupter))];
  return {
    property: 'coverage-misattributed', status: 'new', severity: 'medium', spot: window.opening.spot, labels: chainLabels([window.opening, window.closing], 'from here to'),
    support: [counterexample(first)], cause: `recorded ${key}`, interrupter: contextName(kinds), section: window.interrupted,
  };
}
