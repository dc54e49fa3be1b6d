/**
 * @module What a rule may ask: the patches, the Program before and after, what the searches of both found and observed.
 * Rules see nothing else, so the same Subject always gives the same findings.
 */
import type { FileDiff } from '../patch/diff.js';
import type { Annotations } from './sections/annotations.js';
import type { Images } from './spot.js';
import type { Program } from '../../simulator/ir/program.js';
import type { Code } from '../../simulator/machine/code.js';
import type { ContextKind } from '../../simulator/machine/state.js';
import type { Exploration } from '../../simulator/explore/explore.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';

/** One image of kcov, ready to run. */
export interface Version {
  readonly images: Images;
  readonly program: Program;
  /** Contexts in which a remote section of a registered handle is not refused with a warning. */
  readonly sectionsAllowed: ReadonlySet<ContextKind>;
}

/** One scenario searched on one image. */
export interface Searched {
  readonly code: Code;
  readonly exploration: Exploration;
}

export interface ScenarioResult {
  readonly scenario: KcovScenario;
  /** Null where the image refuses sections in the contexts of the scenario. */
  readonly pre: Searched | null;
  readonly post: Searched | null;
  /**
   * The patch does not affect it: what is true of the base is true of the patched image. Not searched there, and on the base only
   * where it matters. `after set-up`: its set-up runs what the patch changes, and leads to the same state.
   */
  readonly unaffected?: 'wholly' | 'after set-up';
}

export interface SubjectPatch {
  readonly n: number;
  readonly subject: string;
  /** The changelog with its trailers. */
  readonly message: string;
  /** When it was sent, as its mail says; absent for a bare diff. */
  readonly date?: string;
  readonly files: readonly FileDiff[];
}

export interface Subject {
  /** In the order of the series. */
  readonly patches: readonly SubjectPatch[];
  readonly pre: Version;
  readonly post: Version;
  /** Functions that a cut-off part of the patch may change, with the line of the image behind which: 0 for all of it. */
  readonly unseen: ReadonlyMap<string, number>;
  /** Each patch up to here that changes code, against the stage before it; the last one is this stage. */
  readonly steps: readonly { readonly patch: number; readonly results: readonly ScenarioResult[] }[];
  /** In the order of the scenarios. */
  readonly results: readonly ScenarioResult[];
  /** What the patches do to remote sections in other code; absent where they do nothing of the kind. */
  readonly annotations?: Annotations;
}
