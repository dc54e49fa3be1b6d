/**
 * @module `.github/kcovet.yml`: what a repository wants of the App. Everything has a default; what is wrong is said with its
 * line and the way out, and then nothing of the file is used. schema/config.schema.json is printed from the schema here.
 */
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { parseGithubName, type GithubName } from '../gateway/github.js';
import type { Finding } from '../review/review.js';
import { matchesGlobs } from './glob.js';

/** Where the file is in a repository. */
export const CONFIG_PATH = '.github/kcovet.yml';
/** Characters that are read of it. */
const TEXT_MAX = 64 * 1024;
/** Problems that are named. */
const PROBLEMS_MAX = 10;

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
export type ReadConfig = { readonly ok: true; readonly config: RepositoryConfig } | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the text of the file; '' gives the defaults. Never throws. */
export function parseConfig(text: string): ReadConfig {
  if (text.length > TEXT_MAX) return { ok: false, problems: [`${CONFIG_PATH}: more than ${TEXT_MAX / 1024} kB: take out what is no configuration`] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const at = (offset: number | undefined): string => `${CONFIG_PATH}:${offset === undefined ? 1 : lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    return { ok: false, problems: document.errors.slice(0, PROBLEMS_MAX).map((error) => `${at(error.pos[0])}: is no YAML: ${plain(error.message)}`) };
  }
  const value = valueOf(document);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { ok: false, problems: [`${at(undefined)}: give keys with their values, such as "conclusion: neutral"`] };
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return { ok: true, config: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => inWords(issue, document, at)).slice(0, PROBLEMS_MAX) };
}

/** The document as plain data; null where it cannot be one, such as aliases that grow without end. */
function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 }) ?? {};
  } catch {
    return null;
  }
}

function inWords(issue: z.core.$ZodIssue, document: Document, at: (offset: number | undefined) => string): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${at(offsetOfKey(document, key))}: no such key: ${plain(key)}: the keys are ${Object.keys(configSchema.shape).join(', ')}`);
  }
  const path = issue.path.map(String);
  return [`${at(offsetOf(document, issue.path))}: ${plain(path.slice(0, 1).join(''))}: ${plain(issue.message)}`];
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] | null } | undefined;
    if (node?.range) return node.range[0];
  }
  return undefined;
}

function offsetOfKey({ contents }: Document, key: string): number | undefined {
  const pair = isMap(contents) ? contents.items.find((one) => isScalar(one.key) && String(one.key.value) === key) : undefined;
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

/** Text of the file within a message: one line, not long. */
function plain(text: string): string {
  return text.replace(/\s+/gu, ' ').trim().slice(0, 160);
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
