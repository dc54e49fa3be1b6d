/**
 * @module Effects that can be seen from outside: what a kcov does to the task that it interrupts, what its contract promises and it does
 * not keep, and what ends the kernel. Predicted by the simulator, and looked for in what the kernel alone says.
 */
import type { Ran } from './boot.js';
import { compare, normalised } from './compare.js';
import { pairsOf } from './probes.js';
import type { Pair } from './probes.js';
import type { Sequence } from './sequence.js';
import type { Breach, Simulated } from './simulate.js';

/** Fields that an interrupt which is balanced leaves as they are, by their names in ./driver.c; the last two say nothing while the task has no device. */
const FIELDS: Readonly<Record<string, string>> = { mode: 'kcov_mode', size: 'kcov_size', area: 'kcov_area', kcov: 'kcov', seq: 'kcov_sequence', handle: 'kcov_handle' };
const OF_DEVICE: ReadonlySet<string> = new Set(['seq', 'handle']);

/** Begins what says that an interrupt left fields of the task that it interrupted as they were not before. */
const CHANGED = 'not restored after';

export interface Effect {
  readonly name: string;
  /** Whether the kernel shows it. */
  readonly shownBy: (ran: Ran) => boolean;
}

const contextText = (context: Pair['context']): string => (context === 'task' ? 'task' : context === 'nmi' ? 'an NMI' : `a ${context}`);

/** What a pair of looks shows. */
function seenIn({ around, context, balanced, before, after }: Pair): string[] {
  const off = before.get('irqs') === '1' && after.get('irqs') === '0';
  if (around === 'start') return off ? [`interrupts are off at the return of kcov_remote_start() in ${contextText(context)}, were on at its call`] : [];
  if (around === 'stop' || !balanced) return [];
  const changed = Object.entries(FIELDS).filter(([field]) => before.get(field) !== after.get(field) && (before.get('kcov') === '1' || !OF_DEVICE.has(field))).map(([, name]) => name);
  return [...(changed.length > 0 ? [`${CHANGED} ${contextText(around)}: ${changed.join(', ')}`] : []), ...(off ? [`interrupts are off after ${contextText(around)}, were on before`] : [])];
}

const actionsOf = (sequence: Sequence, line: number): Parameters<typeof pairsOf>[0] => {
  const deed = sequence[line]?.deed;
  return deed && 'actions' in deed ? deed.actions : [];
};

const lookedAt = (sequence: Sequence, line: number, answer: string | undefined): Set<string> => new Set(pairsOf(actionsOf(sequence, line), answer ?? '').flatMap(seenIn));

/** A breach without names and numbers. */
export const kindOf = (text: string): string => text.replace(/\b\d+\b/gu, 'n').replace(/\b[A-Z]\b/gu, 'X').replace('the area of X', 'the area');

/** Up to a line and the reads behind it the kernel answers what the simulator does, in whose memory the contract looked. */
function isSame(sequence: Sequence, simulated: Simulated, answers: readonly string[], line: number): boolean {
  let last = line;
  for (let deed = sequence[last + 1]?.deed; deed && 'call' in deed && deed.call === 'read'; deed = sequence[last + 1]?.deed) last += 1;
  return last < simulated.lines.length && simulated.lines.slice(0, last + 1).every((text, i) => answers[i] !== undefined && normalised(answers[i]) === text);
}

function ofBreach(sequence: Sequence, simulated: Simulated, breach: Breach): Effect[] {
  // Looks show it without a contract.
  if (/^irqs-left-off: .*kcov_remote_start/u.test(breach.text)) return [];
  const shownBy = ({ lines }: Ran): boolean => isSame(sequence, simulated, lines, breach.line);
  const causes = [...lookedAt(sequence, breach.line, simulated.lines[breach.line])].filter((name) => name.startsWith(CHANGED));
  return [kindOf(breach.text), ...causes.map((cause) => `${kindOf(breach.text)}, ${cause}`)].map((name) => ({ name, shownBy }));
}

/** What a sequence with looks in it is predicted to show, each once. */
export function effectsOf(sequence: Sequence, simulated: Simulated): Effect[] {
  const found = new Map<string, Effect>();
  simulated.lines.forEach((answer, line) => {
    for (const name of lookedAt(sequence, line, answer)) {
      const shownBy = ({ lines }: Ran): boolean => lookedAt(sequence, line, lines[line]).has(name);
      if (!found.has(name)) found.set(name, { name, shownBy });
    }
  });
  for (const breach of simulated.contract) for (const effect of ofBreach(sequence, simulated, breach)) if (!found.has(effect.name)) found.set(effect.name, effect);
  if (simulated.ended !== null) found.set('end', { name: `the kernel ends: ${simulated.ended}`, shownBy: (ran) => compare(sequence, ran, simulated) === null });
  return [...found.values()];
}
