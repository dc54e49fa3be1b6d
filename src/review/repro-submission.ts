/** @module One schedule as a C program that takes the same course on a real kernel; or why user space alone cannot. */
import type { Submission } from '../mail/submission.js';
import { CHANGED } from '../analysis/outcome-search.js';
import { contractOf } from '../analysis/contract-of.js';
import { programOf } from '../repro/program.js';
import { replay } from '../../simulator/explore/replay.js';
import { heldToBase, settingOf } from './replay-submission.js';
import type { ScheduleOptions } from './replay-submission.js';

/** What came of it. */
export type ReproResult =
  | { readonly kind: 'program'; readonly text: string }
  /** It needs more than user space: `why` is a noun phrase. */
  | { readonly kind: 'none'; readonly why: string }
  /** It belongs to another Program, scenario or release. */
  | { readonly kind: 'refused'; readonly why: string };

/** A program for the schedule; `question`: what it is about, where a review asks it. */
export async function reproSubmission(submission: Submission, schedule: string, options: ScheduleOptions & { readonly question?: string }): Promise<ReproResult> {
  const found = await settingOf(submission, schedule, options);
  if ('why' in found) return { kind: 'refused', why: found.why };
  const { setting: { code, scenario, label, base }, moves: { moves, premises } } = found;
  const contract = contractOf(code);
  const alone = replay(code, scenario, contract, moves, { premises });
  if (alone.error) return { kind: 'refused', why: `move ${alone.error.move}: ${alone.error.why}` };
  const last = alone.violations.at(-1)?.violation;
  if (!last) return { kind: 'none', why: heldToBase(found.setting) ? `${CHANGED}, which only a comparison with the base shows` : 'a violation, and it runs without one' };
  const told = { question: options.question ?? `${last.property}: ${last.detail}`, subject: submission.subject, base: label, schedule };
  const without = base?.codeFor(scenario);
  const other = without ? { code: without, contract: contractOf(without) } : null;
  const made = programOf({ code, scenario, contract, moves, premises, property: last.property }, told, other);
  return made.ok ? { kind: 'program', text: made.text } : { kind: 'none', why: made.why };
}
