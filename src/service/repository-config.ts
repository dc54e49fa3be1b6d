/**
 * @module `.github/kcovet.yml`: what a repository wants of the App. Everything has a default; what is wrong is said with its
 * line and the way out, and then nothing of the file is used. schema/config.schema.json is printed from the schema here.
 */
import { z } from 'zod';
import { parseGithubName, type GithubName } from '../gateway/github.js';
import type { Finding } from '../review/review.js';
import { matchesGlobs } from './glob.js';
import { readYaml, type ReadYaml } from './yaml-file.js';

/** Where the file is in a repository. */
export const CONFIG_PATH = '.github/kcovet.yml';

const severities = ['high', 'medium', 'low', 'note'] as const;
const globs = (what: string): z.ZodDefault<z.ZodArray<z.ZodString>> => z.array(z.string().min(1).max(200), { error: `give a list of patterns, such as ${what}` }).max(100).default(['**']);
/** A folder as git names it: relative, without "." or "..". */
const folder = /^(?!\.{1,2}(?:\/|$))[\w.+-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.+-]+)*$/u;

export const configSchema = z.strictObject({
  paths: globs('["kernel/**", "!kernel/trace/**"]').describe('Pull requests are reviewed that change one of these paths; a pattern after "!" takes paths out. All when left out.'),
  branches: globs('["main", "for-*"]').describe('Pull requests into these branches are reviewed. All when left out.'),
  comment: z.array(z.enum(severities, { error: `give severities: ${severities.join(', ')}` }), { error: `give a list of severities, such as [${severities.slice(0, 3).join(', ')}]` })
    .default([...severities]).describe('Questions of these severities become comments on lines; the others stand in the summary. All when left out.'),
  conclusion: z.enum(['neutral', 'failure'], { error: 'give neutral or failure' }).default('neutral').describe('How the check ends when there are questions.'),
  tree: z.string().max(200).regex(folder, { error: 'give the folder that is the root of the kernel, such as linux, without a slash at its ends' })
    .optional().describe('The folder of the repository that is the root of the kernel. The repository itself when left out.'),
  base: z.string().max(300).refine((text) => parseGithubName(text) !== null, { error: 'give OWNER/REPO or OWNER/REPO@REF' })
    .optional().describe('OWNER/REPO@REF that has the files of the kernel which the repository lacks: for forks of a subtree.'),
  sarif: z.boolean({ error: 'give true or false' }).default(false).describe('Questions are uploaded to code scanning, too.'),
});

/** The configuration, with its defaults. */
export type RepositoryConfig = z.infer<typeof configSchema>;

/** A configuration, or what is wrong: one line each, with the line of the file. */
export type ReadConfig = ReadYaml<RepositoryConfig>;

/** Reads the text of the file; '' gives the defaults. Never throws. */
export function parseConfig(text: string): ReadConfig {
  return readYaml(text, { schema: configSchema, name: CONFIG_PATH, example: 'conclusion: neutral' });
}

/** Whether pull requests into a branch are reviewed. */
export function wantsBranch({ branches }: RepositoryConfig, name: string): boolean {
  return matchesGlobs(branches, name);
}

/** Whether a pull request that changes these paths is reviewed. */
export function wantsPaths({ paths }: RepositoryConfig, changed: readonly string[]): boolean {
  return changed.some((path) => matchesGlobs(paths, path));
}

/** Whether a question of this severity becomes a comment on its line. */
export function wantsComment({ comment }: RepositoryConfig, severity: Finding['severity']): boolean {
  return comment.includes(severity);
}

/** How the repository holds its kernel: what ../gateway/pull-base.ts takes. */
export function baseOptionsOf({ tree, base }: RepositoryConfig): { root: string; elsewhere?: GithubName } {
  const elsewhere = base === undefined ? null : parseGithubName(base);
  return { root: tree ?? '', ...(elsewhere === null ? {} : { elsewhere }) };
}

/** The JSON Schema (draft 2020-12) that is published as schema/config.schema.json. */
export function configJsonSchema(): unknown {
  return { $id: 'kcovet/config@1', title: `${CONFIG_PATH} of a repository that kcovet reviews`, ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
