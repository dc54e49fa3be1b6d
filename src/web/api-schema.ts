/** @module What the API takes and gives, as zod: what is checked, and what its description is printed from. Fields are only ever added. */
import { z } from 'zod';
import { uploadOptionsSchema } from '../service/upload-job.js';
import { ORIGINS, VERSION_STATES, type SubmissionEntry, type VersionEntry } from '../store/submission-store.js';

/** An upload as JSON. */
export const uploadSchema = uploadOptionsSchema.extend({ patch: z.string().min(1).describe('A raw mail, an mbox with a series, or a diff.') });

export const queuedSchema = z.object({
  id: z.string().describe('Of the submission.'), number: z.number().int().describe('Of its version.'),
  review: z.string().describe('Path of its review.'), events: z.string().describe('Path of its progress, as server-sent events.'), page: z.string().describe('Path of its page.'),
});

export const versionSchema = z.object({
  number: z.number().int(), label: z.string(), state: z.enum(VERSION_STATES), reason: z.string().describe('Why it failed or was dropped.'), progress: z.string(),
  verdict: z.string().nullable().describe('That of its review; null before there is one.'), questions: z.number().int(), base: z.string(),
  at: z.iso.datetime(), changed: z.iso.datetime(), review: z.string().describe('Path of its review.'),
});

export const submissionSchema = z.object({
  id: z.string(), origin: z.enum(ORIGINS), title: z.string(), author: z.string(), where: z.string(), private: z.boolean(), changed: z.iso.datetime(), newest: versionSchema,
});

export const submissionsSchema = z.object({ submissions: z.array(submissionSchema), next: z.string().nullable().describe('Path of the next stretch; null at the end.') });
export const versionsSchema = submissionSchema.extend({ versions: z.array(versionSchema) });
export const errorSchema = z.object({ error: z.string() });

/** An event of progress. */
export const progressSchema = z.object({
  number: z.number().int(), state: z.enum(VERSION_STATES), progress: z.string(), reason: z.string(), verdict: z.string().nullable(), questions: z.number().int(),
  standing: z.string().describe('All of it in a few words.'),
});

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A version as the API gives it. */
export function versionJson(id: string, { number, label, state, reason, progress, verdict, questions, base, atMs, changedMs }: VersionEntry): z.infer<typeof versionSchema> {
  return { number, label, state, reason, progress, verdict, questions, base, at: iso(atMs), changed: iso(changedMs), review: `/api/reviews/${id}/${number}` };
}

/** A submission as the API gives it. */
export function submissionJson({ id, origin, title, author, where, isPrivate, changedMs, newest }: SubmissionEntry): z.infer<typeof submissionSchema> {
  return { id, origin, title, author, where, private: isPrivate, changed: iso(changedMs), newest: versionJson(id, newest) };
}
