/**
 * @module What a caller may choose about a review. Plain data: the same submission and options give the same review,
 * byte for byte; onProgress sees the work and changes nothing.
 */
import type { Config } from '../../simulator/ir/program.js';
import type { Searcher } from '../analysis/searcher.js';
import type { BaseInput } from './base-input.js';
import type { KnownBases } from './known-bases.js';
import type { Evidence } from './review.js';

/** How far the work has come. */
export interface Progress {
  /** Scenario runs that have ended. */
  readonly done: number;
  /** Scenario runs in all, as far as known. */
  readonly total: number;
  /** The scenario being searched. */
  readonly scenario: string;
  /** States visited so far, over all scenarios. */
  readonly states: number;
}

/** A question that the review will ask. */
export interface EarlyQuestion {
  /** The file that it is about. */
  readonly path: string;
  readonly question: string;
}

/** Megabytes for one search unless said otherwise. */
export const MEMORY_MB = 1024;

export interface ReviewOptions {
  /** Budget of states for each scenario; reaching it ends that search as gaveUp. */
  readonly states: number;
  /** Bounds that replace those of the scenarios, by their names; {} to keep all. */
  readonly bounds: Record<string, number>;
  /** Names of the scenarios to search; all when left out. */
  readonly scenarios?: readonly string[];
  /** Texts of the model's files to review on instead of the printed ones, by path; lines without newlines. */
  readonly modelTexts?: ReadonlyMap<string, readonly string[]>;
  /** The base found outside; the model when left out. */
  readonly base?: BaseInput;
  /** Configuration symbols that replace those of CONFIG. */
  readonly config?: Config;
  /** Taken for granted of functions, such as "irqs off in kcov_start", and checked: see src/analysis/assumption.ts. */
  readonly assume?: readonly string[];
  /** Megabytes that the tables of one search may take; reaching it ends that search as gaveUp. MEMORY_MB when left out. */
  readonly memoryMb?: number;
  /** Ends what is still being searched; its reason, a text, is given as that of each search. The review then says that it was stopped. */
  readonly signal?: AbortSignal;
  /** Who runs the searches; one after the other in this thread when left out. Changes nothing of the review. */
  readonly search?: Searcher;
  /** Scenarios that the patch does not affect are searched too; the same is asked, and it takes longer. */
  readonly everything?: boolean;
  /** Bases that were searched before, and those of this review afterwards. Changes nothing of the review. */
  readonly known?: KnownBases;
  /** Version of kcovet, for the review's tool field. */
  readonly version?: string;
  readonly onProgress?: (progress: Progress) => void;
  /** Told of each question as soon as it is certain that the review asks it. */
  readonly onQuestion?: (question: EarlyQuestion) => void;
}

/** What came of running one schedule again on a submission. */
export type ReplayResult =
  /** The schedule ran to its end and violated the property again; `property` in words. */
  | { readonly kind: 'violated'; readonly property: string; readonly evidence: Evidence }
  /** It ran to its end without a violation. */
  | { readonly kind: 'held'; readonly evidence: Evidence }
  /** It belongs to another Program, scenario or release; nothing was run. `why` says which and what to do. */
  | { readonly kind: 'refused'; readonly why: string };
