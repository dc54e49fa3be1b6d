/**
 * @module Questions that are told while the review is still under way. Only such as cannot be taken back: what a rule finds
 * without looking at any search, and what the rules say when all searches are at their end.
 */
import { rules } from '../../rules/index.js';
import type { Subject } from '../analysis/subject.js';
import { causesOf, runRules } from './findings.js';
import type { Asked } from './findings.js';
import type { EarlyQuestion } from './options.js';

/** The subject before anything is searched: a rule that looks at results has nothing to say yet. */
export function unsearched(subject: Subject): Subject {
  const notYet = (): never => {
    throw new Error('nothing is searched yet');
  };
  return Object.defineProperties({ ...subject }, { results: { get: notYet }, steps: { get: notYet } });
}

/** Tells each question once. */
export class Teller {
  private readonly told = new Set<string>();

  constructor(private readonly onQuestion: (question: EarlyQuestion) => void) {}

  /** What is known of a subject from unsearched(). A rule that fails there fails for want of results. */
  tellUnsearched(subject: Subject): void {
    this.tell(runRules(rules, subject).hazards);
  }

  tell(found: readonly Asked[]): void {
    for (const { speaker: { rule, hazard } } of causesOf(found)) {
      const key = JSON.stringify([rule.id, hazard.property, hazard.cause]);
      if ((hazard.status !== 'new' && hazard.status !== 'changed') || this.told.has(key)) continue;
      this.told.add(key);
      this.onQuestion({ path: hazard.spot.path, question: rule.question(hazard) });
    }
  }
}
