/**
 * @module Finds the base that a review runs on: a work tree, a git repository, GitHub, in this order, each as far as it
 * was given. Every step is reported, every wait has a limit, and failure is a reason and the next way: the caller falls
 * back to the model when `base` is null.
 */
import type { Submission } from '../mail/submission.js';
import type { BaseInput, BaseStep } from '../review/base-input.js';
import { baseFromGit } from './git.js';
import { baseFromGithub, parseGithubName } from './github.js';
import { LIMITS, reasonOf } from './limits.js';
import type { Limits } from './limits.js';
import { better, isGood, logTo } from './settle.js';
import type { Candidate } from './settle.js';
import { baseFromTree } from './tree.js';
import type { Way } from './tree.js';
import { wantedOf } from './wanted.js';
import type { Wanted } from './wanted.js';

export interface FindBaseOptions {
  /** A work tree: the directory that has kernel/kcov.c. */
  readonly tree?: string;
  /** A git repository, bare or not. */
  readonly git?: string;
  /** OWNER/REPO[@REF]. */
  readonly github?: string;
  /** Patches that the submission may be built on, in the order they apply. */
  readonly with?: readonly Submission[];
  /** Address of GitHub's API, for an enterprise server or a test. */
  readonly githubUrl?: string;
  readonly token?: string;
  /** The git to run; "git" when left out. */
  readonly gitProgram?: string;
  readonly limits?: Partial<Limits>;
}

export interface FoundBase {
  /** null when no way gave one: the model is the base then. */
  readonly base: BaseInput | null;
  /** What was tried and what came of it, in order; also in base.steps. */
  readonly steps: readonly BaseStep[];
  /** The submission is in the base already. */
  readonly alreadyApplied: boolean;
}

/** A way of finding a base and what it is called in steps. */
interface NamedWay {
  readonly where: string;
  readonly find: (way: Way) => Promise<Candidate | null>;
}

/** Finds the base of a submission. Never rejects. */
export async function findBase(submission: Submission, options: FindBaseOptions): Promise<FoundBase> {
  const steps: BaseStep[] = [];
  const limits: Limits = { ...LIMITS, ...options.limits };
  const wanted = wantedOf(submission, options.with ?? []);
  const ways = waysOf(options);
  if (ways.length > 0) sayLacking(wanted, steps);
  let best: Candidate | null = null;
  for (const way of ways) {
    const candidate = await tried(way, { wanted, limits, log: logTo(steps, way.where) });
    const before: Candidate | null = best;
    best = better(best, candidate);
    if (best !== before && ends(best)) break;
  }
  return { base: best && asInput(best, steps), steps, alreadyApplied: best?.fit === 'inBase' };
}

function waysOf(options: FindBaseOptions): NamedWay[] {
  const { tree, git, github } = options;
  const ways: NamedWay[] = [];
  if (tree !== undefined) ways.push({ where: `--tree ${tree}`, find: (way) => baseFromTree(tree, way) });
  if (git !== undefined) ways.push({ where: `git ${git}`, find: (way) => baseFromGit(git, way, options.gitProgram) });
  if (github !== undefined) ways.push({ where: `github ${github}`, find: (way) => fromGithub(github, options, way) });
  return ways;
}

async function fromGithub(text: string, options: FindBaseOptions, way: Way): Promise<Candidate | null> {
  const name = parseGithubName(text);
  if (name === null) {
    way.log.add('is not OWNER/REPO or OWNER/REPO@REF');
    return null;
  }
  return baseFromGithub(name, { ...(options.githubUrl === undefined ? {} : { url: options.githubUrl }), ...(options.token ? { token: options.token } : {}) }, way);
}

async function tried(named: NamedWay, way: Way): Promise<Candidate | null> {
  try {
    return await named.find(way);
  } catch (error) {
    way.log.add(reasonOf(error));
    return null;
  }
}

/** Nothing better can come: it is proved or fits unopposed; or the user's own tree has the patch, which is the news. */
function ends(best: Candidate | null): boolean {
  if (best === null) return false;
  return (isGood(best) && !best.contradicted) || (best.found.kind === 'tree' && best.fit === 'inBase');
}

function sayLacking(wanted: Wanted, steps: BaseStep[]): void {
  if (wanted.lacking.length === 0) return;
  steps.push({ where: 'prerequisites', what: `not at hand: ${wanted.lacking.slice(0, 5).join(', ')}${wanted.lacking.length > 5 ? ', …' : ''}; --with takes them` });
}

/** A submission for which none was found, saying why: it goes on the model. */
export function onModel(submission: Submission, steps: readonly BaseStep[]): Submission {
  return { ...submission, problems: [...submission.problems, ...steps, { where: 'base', what: 'none found; the model is used' }] };
}

/** What was found as the review takes it. */
export function asInput({ found, fit, contradicted }: Candidate, steps: readonly BaseStep[]): BaseInput {
  const { kind, label, version, files, blobs, chosen } = found;
  const guessed = (fit === 'exact' || fit === 'poor') && (chosen === 'guess' || contradicted);
  return { kind, label, version, files, blobs, steps, guessed };
}
