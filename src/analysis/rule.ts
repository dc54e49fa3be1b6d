/**
 * @module What a rule is: one question, with the check that makes it necessary, its reasons, its gaps and its examples.
 * Stance: in doubt, silent.
 */
import type { Found } from '../../simulator/explore/explore.js';
import type { Code } from '../../simulator/machine/code.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import type { Edit } from './alternatives/edit.js';
import type { Incident } from './incidents.js';
import type { Spot } from './spot.js';
import type { Subject } from './subject.js';

export type Severity = 'high' | 'medium' | 'low' | 'note';
export type Status = 'new' | 'pre-existing' | 'fixed' | 'changed';

/** What supports a finding. */
export type Support =
  | { readonly kind: 'counterexample'; readonly scenario: KcovScenario; readonly code: Code; readonly found: Found }
  /** `text`: one sentence about what every execution searched showed. */
  | { readonly kind: 'observation'; readonly scenario: string | null; readonly text: string }
  | { readonly kind: 'static'; readonly text: string }
  /** An edit of the patched Program with which the scenarios named were searched again, and nothing of the hazard was found. */
  | { readonly kind: 'alternative'; readonly text: string; readonly edit: readonly string[]; readonly scenarios: readonly string[]; readonly states: number };

export interface Label {
  readonly spot: Spot;
  /** A few words that stand before the statement. */
  readonly text: string;
}

/** What a check found; rules add what their question needs. */
export interface Hazard {
  readonly property: string;
  readonly status: Status;
  readonly severity: Severity;
  readonly spot: Spot;
  readonly labels: readonly Label[];
  /** Non-empty. */
  readonly support: readonly Support[];
  /** All violations that are this hazard; left out where no edit is tried against them. */
  readonly incidents?: readonly Incident[];
  /** A plain violation without a cause of its own: several at one statement are one question. */
  readonly plain?: true;
  /** Findings of equal cause are asked about once; canonical statements and contexts, no line numbers. */
  readonly cause: string;
}

/** An edit of the base that fires or does not; marked lines end in `//~ id`. */
export interface Example {
  readonly name: string;
  /** What is edited: the model, or the model with sections in interrupts, or with an ordered area, as rules/examples/ has them. */
  readonly on: 'model' | 'interrupt-sections' | 'ordered-area';
  readonly edits: readonly { readonly path?: string; readonly find: string; readonly replace: string }[];
  /** Scenarios to search; default all. */
  readonly scenarios?: readonly string[];
  /** It does not build, so some of it is not modelled. */
  readonly broken?: true;
  /** The changelog; default one that claims nothing. */
  readonly message?: string;
}

export interface Rule<H extends Hazard = Hazard> {
  /** Kebab-case noun phrase of the hazard; the file's name. */
  readonly id: string;
  readonly summary: string;
  readonly why: string;
  readonly evidence: 'counterexample' | 'observation' | 'static';
  readonly gaps: string;
  /** The public review or report it was learnt from. */
  readonly origin: string;
  readonly fires: readonly Example[];
  readonly silent: readonly Example[];
  check(subject: Subject): readonly H[];
  /** At most four sentences; ends in ? or . */
  question(found: H): string;
  /** Edits that may answer it, the smallest first; the first one with which its violations are gone, and no others come, is named. */
  edits?(found: H, subject: Subject): readonly Edit[];
}

/** Keeps the type of the hazard inside one rule. */
export function rule<H extends Hazard>(definition: Rule<H>): Rule {
  return definition as unknown as Rule;
}
