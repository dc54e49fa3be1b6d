/**
 * @module The options that say where the base of a review is: --tree, --git, --github, --with. Without them it is the
 * model, and nothing is read and nobody is asked.
 */
import type { Command } from 'commander';
import type { Submission } from '../mail/submission.js';
import type { BaseInput } from '../review/base-input.js';
import type { Io } from './io.js';
import { readPatches } from './read-input.js';

/** What the options give, for commander. */
export interface BaseFlags {
  readonly tree?: string;
  readonly git?: string;
  readonly github?: string;
  readonly with?: readonly string[];
}

/** Adds the options to a command. */
export function addBaseOptions(command: Command): Command {
  return command
    .option('--tree <dir>', 'base: a kernel tree; kernel/kcov.c alone will do')
    .option('--git <dir>', 'base: found in a git repository, by ids of the patch')
    .option('--github <owner/repo[@ref]>', 'base: found on GitHub')
    .option('--with <file...>', 'patches that this one is built on, put on the base first; after the <file> reviewed');
}

/** A submission and the base it is reviewed on. */
export interface Based {
  readonly submission: Submission;
  /** Left out when there is none: the model is the base. */
  readonly base?: BaseInput;
}

/** Where GitHub is and with which token, as its own tools and Actions say it. */
export function githubAccess({ env }: Io): { readonly url?: string; readonly token?: string } {
  return { url: env['GITHUB_API_URL'] || undefined, token: env['GITHUB_TOKEN'] || env['GH_TOKEN'] || undefined };
}

/**
 * Finds the base that the options lead to. Where they lead to none the reasons are problems of the submission, so that
 * the review has them. Throws CliFailure only for --with files that cannot be read.
 */
export async function findBaseOf(submission: Submission, flags: BaseFlags, io: Io): Promise<Based> {
  if (flags.tree === undefined && flags.git === undefined && flags.github === undefined) return { submission: withoutWays(submission, flags) };
  const others: Submission[] = [];
  for (const file of flags.with ?? []) others.push(await readPatches(file, io));
  const { findBase, onModel } = await import('../gateway/find-base.js');
  const { tree, git, github } = flags;
  const { url: githubUrl, token } = githubAccess(io);
  const found = await findBase(submission, { tree, git, github, token, githubUrl, with: others });
  if (found.base) return { submission, base: found.base };
  return { submission: onModel(submission, found.steps) };
}

/** --with needs something to put the patches on. */
function withoutWays(submission: Submission, flags: BaseFlags): Submission {
  if (flags.with === undefined) return submission;
  const what = 'not read: give the base they go on with --tree, --git or --github';
  return { ...submission, problems: [...submission.problems, { where: '--with', what }] };
}
