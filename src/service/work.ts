/**
 * @module What the service is asked to do, as plain data that a queue keeps: which pull request, why, and the command if it
 * is one. How a pull request stands is never kept: the work reads it when it begins, so that events may come late, twice or
 * in another order.
 */
import { z } from 'zod';

const pullRefSchema = z.object({
  installation: z.number().int(), owner: z.string(), repo: z.string(), repositoryId: z.number().int(), number: z.number().int(),
});

const commentRefSchema = z.object({ kind: z.enum(['issue', 'review']), id: z.number().int() });

const workSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('review'), pull: pullRefSchema, forced: z.boolean().describe('Somebody asked for it: reviewed also where it is a draft or touches nothing of kcov.'), delivery: z.string() }),
  z.object({ kind: z.literal('suite'), pull: pullRefSchema.omit({ number: true }), headSha: z.string(), delivery: z.string() }),
  z.object({
    kind: z.literal('command'), pull: pullRefSchema, delivery: z.string(), comment: commentRefSchema, by: z.string(), body: z.string(),
    inReplyTo: z.number().int().nullable(),
  }),
]);

/** One piece of work. */
export type Work = z.infer<typeof workSchema>;
export type ReviewWork = Extract<Work, { kind: 'review' }>;
export type CommandWork = Extract<Work, { kind: 'command' }>;
export type SuiteWork = Extract<Work, { kind: 'suite' }>;

/** Work as a queue kept it; null for what another release kept. */
export function readWork(payload: unknown): Work | null {
  const parsed = workSchema.safeParse(payload);
  return parsed.success ? parsed.data : null;
}

/** The key of a repository in the store: the same after a renaming. */
export function repositoryKey(repositoryId: number): string {
  return `github/${repositoryId}/`;
}

/** The key of a pull request in the store. */
export function pullKey({ repositoryId, number }: { repositoryId: number; number: number }): string {
  return `${repositoryKey(repositoryId)}${number}`;
}
