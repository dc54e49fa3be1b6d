/**
 * @module What is uploaded: a patch, and what is wanted of its review. The same patch with the same options is the same submission.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BOUND_NAMES, ARRIVALS_MAX } from '../../simulator/scenario/bounds.js';
import type { Engine, UnreadRequest } from '../engine/engine.js';
import type { Outliner } from '../engine/outliner.js';
import type { Outline } from '../engine/unread.js';
import { GiveUp, type JobRun, type Queue } from '../queue/queue.js';
import type { Store } from '../store/store.js';
import type { SubmissionHead } from '../store/submission-store.js';
import { assumedBy, parseAssumption } from './assumptions.js';
import type { Made } from './figures.js';
import type { JobTable } from './job-table.js';
import { endOpenVersions, VersionTrack } from './version-track.js';

/** Texts of one option. */
const TEXTS_MAX = 50;

const assumption = z.string().max(300).superRefine((text, context) => {
  const parsed = parseAssumption(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.why });
});

export const uploadOptionsSchema = z.strictObject({
  assume: z.array(assumption).max(TEXTS_MAX).optional().describe('Taken for granted, and checked: "irqs off in kcov_start", a bound such as nmi=0, or a Kconfig symbol such as KCOV_ENABLE_COMPARISONS=n.'),
  bounds: z.partialRecord(z.enum(BOUND_NAMES), z.number().int().min(0).max(ARRIVALS_MAX)).optional().describe('Bounds instead of those of the scenarios.'),
  scenarios: z.array(z.string().min(1).max(100)).min(1).max(TEXTS_MAX).optional().describe('Names of the scenarios that are searched; all when left out.'),
  private: z.boolean().optional().describe('Whether only those who may act see it: true when left out.'),
  title: z.string().max(300).optional().describe('What it is called, instead of its subject.'),
});

/** What is wanted of the review of an upload. */
export type UploadOptions = z.infer<typeof uploadOptionsSchema>;

/** Takes uploads. */
export interface UploadDesk {
  /** Keeps a patch to be reviewed; where its review will be. The same again is the same. Rejects with UploadRefused where there is no patch in it. */
  add(patch: string, options: UploadOptions): Promise<{ readonly id: string; readonly number: number }>;
}

/** Why an upload is not taken, in a sentence for whoever sent it. */
export class UploadRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UploadRefused';
  }
}

/** Jobs of this kind have an upload as their payload. */
export const UPLOAD_KIND = 'upload';

/** What people call the only version of an upload. */
const LABEL = 'v1';

/** `outline`: what was read of it when it came; uploads of older releases have none. */
const uploadSchema = z.object({ patch: z.string(), options: uploadOptionsSchema, outline: z.object({ title: z.string(), author: z.string() }).optional() });
type Upload = z.infer<typeof uploadSchema>;

export interface UploadTools {
  readonly store: Store;
  readonly queue: Pick<Queue, 'add' | 'retry'>;
  readonly engine: Pick<Engine, 'reviewUnread'>;
  /** Reads them, so far that they can be told from each other, without keeping this thread. */
  readonly outline: Outliner;
  readonly now: () => number;
  /** Told of each review that was made. */
  readonly onReview?: (made: Made) => void;
}

/** The key of an upload: the same for the same patch with the same options, whatever it is called. */
function keyOf({ patch, options: { assume = [], bounds = {}, scenarios = [], private: isPrivate = true } }: Upload): string {
  const wanted = [patch, [...assume].sort(), Object.entries(bounds).sort(([a], [b]) => (a < b ? -1 : 1)), [...scenarios].sort(), ...(isPrivate ? [] : ['for everybody'])];
  return `upload/${createHash('sha256').update(JSON.stringify(wanted)).digest('hex')}`;
}

const unreadOf = ({ patch, options: { title = '' } }: Upload): UnreadRequest['unread'] => ({ text: patch, title });

function headOf(upload: Upload, { title, author }: Pick<Outline, 'title' | 'author'>): SubmissionHead {
  return { key: keyOf(upload), origin: 'upload', title, author, where: '', isPrivate: upload.options.private ?? true };
}

/** Takes uploads, and reviews them as jobs. */
export class Uploads implements UploadDesk {
  constructor(private readonly tools: UploadTools) {}

  async add(patch: string, options: UploadOptions): Promise<{ id: string; number: number }> {
    const { store, queue, now } = this.tools;
    const parsed = uploadOptionsSchema.safeParse(options);
    if (!parsed.success) throw new UploadRefused(parsed.error.issues.map(({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`).join('; '));
    const stranger = await strangerIn(parsed.data.scenarios);
    if (stranger !== undefined) throw new UploadRefused(`scenarios: there is no scenario ${JSON.stringify(stranger)}: kcovet scenarios lists them`);
    const { problem, ...outline } = await this.tools.outline(unreadOf({ patch, options: parsed.data })).catch((error: unknown) => {
      throw new UploadRefused(`it could not be read (${error instanceof Error ? error.message : String(error)}): give one series by itself`);
    });
    if (problem !== '') throw new UploadRefused(problem);
    const upload: Upload = { patch, options: parsed.data, outline };
    const key = keyOf(upload);
    // The version first: a job may be at its end before it is known, and then it would wait for ever.
    const begun = await store.submissions.begin({ submission: headOf(upload, outline), id: LABEL, label: LABEL, atMs: now() });
    try {
      if (!await queue.add({ id: key, kind: UPLOAD_KIND, payload: upload, group: key })) await queue.retry(key);
    } catch (error) {
      await endOpenVersions(store, key, { state: 'failed', reason: 'it could not be queued', atMs: now() });
      throw error;
    }
    return begun;
  }

  /** Has an upload reviewed again that could not be; false for any other: the same input gives the same review. */
  async again(key: string): Promise<boolean> {
    return await this.tools.queue.retry(key);
  }

  /** What is done with uploads. */
  get jobs(): JobTable {
    return {
      [UPLOAD_KIND]: {
        run: ({ payload }, run) => this.#review(uploadIn(payload), run),
        failed: ({ payload }, reason) => endOpenVersions(this.tools.store, keyOf(uploadIn(payload)), { state: 'failed', reason, atMs: this.tools.now() }),
      },
    };
  }

  async #review(upload: Upload, run: JobRun): Promise<void> {
    const { store, engine, now, onReview } = this.tools;
    const outline = upload.outline ?? await this.tools.outline(unreadOf(upload));
    const track = await VersionTrack.begin(store, { submission: headOf(upload, outline), id: LABEL, label: LABEL }, now);
    await track.during(async () => {
      const began = performance.now();
      const review = await engine.reviewUnread(requestFor(upload), { signal: run.signal, onProgress: (progress) => track.progress(progress) });
      onReview?.({ review, origin: 'upload', seconds: (performance.now() - began) / 1000 });
      if (review.stopped) throw new GiveUp('stopped before it was at its end: give it more time');
      await track.reviewed(review, upload.patch);
    });
  }
}

/** The first name that no scenario has: a search of none at all would ask nothing. */
async function strangerIn(names: readonly string[] = []): Promise<string | undefined> {
  if (names.length === 0) return undefined;
  const known = new Set((await import('../../simulator/scenario/index.js')).scenarios.map(({ name }) => name));
  return names.find((name) => !known.has(name));
}

function uploadIn(payload: unknown): Upload {
  const parsed = uploadSchema.safeParse(payload);
  if (!parsed.success) throw new GiveUp('an upload as another release keeps it');
  return parsed.data;
}

function requestFor(upload: Upload): UnreadRequest {
  const { assume = [], bounds = {}, scenarios } = upload.options;
  const taken = assumedBy(assume);
  return { unread: unreadOf(upload), ...taken, bounds: { ...taken.bounds, ...bounds }, ...(scenarios === undefined ? {} : { scenarios }) };
}
