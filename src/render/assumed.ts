/** @module What was assumed of functions, and what came of it: a sentence each, with the schedule that refutes it. */
import type { Assumed, Review } from '../review/review.js';
import { plural } from './count.js';
import type { EvidenceOptions } from './evidence.js';
import { blank, clean, wrap, type Line } from './line.js';
import { renderTrace } from './trace.js';

/** One assumption in a sentence; what refutes it is for who shows the trace. */
export function assumedInWords({ text, verdict, scenarios, states, why, evidence }: Assumed): string {
  const said = clean(text);
  const function_ = `${/(\w+)$/u.exec(said)?.[1] ?? ''}()`;
  switch (verdict) {
    case 'holds': return `Assumed: ${said}. It holds in all ${plural(states, 'state')} of ${scenarios === 1 ? 'the scenario that comes' : `the ${scenarios} scenarios that come`} to ${function_}.`;
    case 'refuted': return `Assumed: ${said}. It does not hold in ${clean(evidence?.scenario ?? 'an execution')}, so nothing rests on it.`;
    case 'notReached': return `Assumed: ${said}. No scenario comes to ${function_}, so nothing here speaks for it or against it.`;
    case 'open': return `Assumed: ${said}. Nothing refutes it so far: ${clean(why ?? '')}.`;
    case 'notChecked': return `Assumed: ${said}. It was not checked: ${clean(why ?? '')}.`;
  }
}

/** What was assumed, as lines of a text; [] where nothing was. */
export function assumedLines({ assumed = [] }: Review, options: EvidenceOptions): Line[] {
  return assumed.flatMap((one): Line[] => {
    const words = wrap(assumedInWords(one), options).map((text): Line => ({ kind: 'own', text }));
    return [...words, blank, ...refutationLines(one, options)];
  });
}

/** The schedule that refutes an assumption; [] where there is none. */
export function refutationLines({ text, evidence }: Assumed, { width, file }: EvidenceOptions): Line[] {
  if (!evidence) return [];
  const given = `--assume '${clean(text)}'${file === undefined ? '' : ` ${file}`}`;
  return [...renderTrace(evidence, { width, file: given }).map((line): Line => ({ kind: 'trace', text: line })), blank];
}
