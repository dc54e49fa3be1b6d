/**
 * @module What is uploaded: a patch, and what is wanted of its review. The same patch with the same options is the same submission.
 */
import { z } from 'zod';
import { BOUND_NAMES, ARRIVALS_MAX } from '../../simulator/scenario/bounds.js';
import { parseAssumption } from './assumptions.js';

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
