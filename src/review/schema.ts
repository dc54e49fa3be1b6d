/**
 * @module The review as data, kcovet/review@1: the zod schema that every reader of the JSON can rely on. It is the one
 * statement of the format; the types in ./review.ts are inferred from it and schema/review.schema.json is printed from
 * it. Fields are only ever added, and added ones are optional: they are marked "Added" below.
 */
import { z } from 'zod';

/** Kinds of execution context, in the kernel's words. */
export const contextSchema = z.enum(['task', 'softirq', 'hardirq', 'nmi']);

/** Values of a configuration or of bounds by name. */
const configSchema = z.record(z.string(), z.union([z.boolean(), z.number(), z.string()]));
const boundsSchema = z.record(z.string(), z.number());

/** A place in one of the texts a review is about. */
export const placeSchema = z.object({
  path: z.string().describe('Path as the kernel has it, such as kernel/kcov.c.'),
  image: z.enum(['diff', 'model', 'tree']).describe('The text that holds the line.'),
  side: z.enum(['RIGHT', 'LEFT']).describe('RIGHT is the post-image, LEFT the pre-image.'),
  line: z.number().int().nullable().describe('1-based line in the file of that side; null when only the model knows it.'),
  endLine: z.number().int().nullable().describe('Last line, inclusive; null with line.'),
  inDiff: z.boolean().describe('Whether a hunk of the diff shows the line.'),
  hunk: z.number().int().nullable().describe('1-based index of that hunk within its file.'),
  function: z.string().describe('The function that holds it; empty at file scope.'),
  text: z.string().describe('The C text of the statement, on one line.'),
  patch: z.number().int().optional().describe('Added. Number of the patch (1-based) whose diff shows the line.'),
});

/** One step of a counterexample as people read it. */
export const traceRowSchema = z.object({
  step: z.number().int().describe('Number of the step in the execution, from 1.'),
  cpu: z.number().int().describe('From 0.'),
  context: contextSchema,
  task: z.string().optional().describe('Added. The task that runs, where several share CPUs.'),
  function: z.string(),
  place: placeSchema,
  text: z.string().describe('The C text of the statement that makes the access.'),
  access: z.enum(['read', 'write', 'rmw', 'lock', 'call', 'enter', 'leave']),
  target: z.string().nullable().describe('What is accessed, as C: t->kcov_mode.'),
  old: z.string().nullable().describe('Value before; for a read the value read.'),
  new: z.string().nullable().describe('Value after; null when nothing is written.'),
  marked: z.boolean().describe('READ_ONCE, WRITE_ONCE, atomics: the accesses a compiler may not change.'),
  note: z.string().describe('What is violated at this step; empty otherwise.'),
  remark: z.string().optional().describe('Added. Who may order accesses so, where one is not performed in its place.'),
  from: z.number().int().optional().describe('Added. Index in this trace, from 0, of the row that wrote the value that is read here, or that freed what is accessed; absent when no row did.'),
  by: z.enum(['early irq', 'user']).optional().describe('Added. What runs, where the context does not say it: code of a hardirq that preempt_count does not show; user space.'),
});

/** What makes a question necessary. */
export const evidenceSchema = z.object({
  kind: z.enum(['counterexample', 'observation', 'static', 'alternative']).describe('Added: alternative, an edit with which the scenarios that showed the finding were searched again, without finding it.'),
  scenario: z.string().nullable(),
  contexts: z.array(contextSchema),
  config: configSchema,
  schedule: z.string().nullable().describe('What kcovet replay takes; null unless kind is counterexample.'),
  replayed: z.boolean().describe('The schedule was run again in the same run and showed the same violation.'),
  minimal: z.boolean().optional().describe('Added. No schedule within the bounds shows the same with fewer contexts, then fewer switches, then fewer steps; false where the search for one gave up.'),
  program: z.literal(true).optional().describe('Added. User space alone can take this course: kcovet repro makes a C program of it that shows it on a real kernel.'),
  trace: z.array(traceRowSchema),
  setup: z.string().optional().describe('Added. What happened before the first row, on one line.'),
  text: z.string().optional().describe('Added. An observation or static fact in words, one sentence.'),
  edit: z.array(z.string()).optional().describe('Added. Of an alternative: the edit as lines of a diff.'),
  searched: z.object({ scenarios: z.array(z.string()), states: z.number().int() }).optional().describe('Added. Of an alternative: what was searched again, and how many states that has in all.'),
});

/** What somebody takes for granted of a function, and what executions say of it. */
export const assumedSchema = z.object({
  text: z.string().describe('Such as "irqs off in kcov_start".'),
  verdict: z.enum(['holds', 'refuted', 'notReached', 'open', 'notChecked']).describe('open: nothing refutes it, but a search was not at its end.'),
  scenarios: z.number().int().describe('Scenarios that come to the function.'),
  states: z.number().int().describe('States of these.'),
  evidence: evidenceSchema.optional().describe('What refutes it.'),
  why: z.string().optional().describe('Why it is open, or was not checked.'),
});

/** The lines of the diff that a reply quotes above the question. */
export const quoteSchema = z.object({
  patch: z.number().int().describe('Number of the patch, 1-based.'),
  file: z.number().int().describe('0-based index of the file in that patch.'),
  hunk: z.number().int().describe('1-based index of the hunk in that file.'),
  header: z.string().describe('The hunk header as git writes it.'),
  from: z.number().int().describe('0-based index of the first quoted line in the hunk.'),
  lines: z.array(z.string()).describe('With their markers: blank, + or -.'),
});

/** What an older version of the series was asked that this one is not, or that cannot be told. */
export const goneSchema = z.object({
  fingerprint: z.string(),
  id: z.string().describe('Its id in the review of the older version.'),
  rule: z.string(),
  property: z.string(),
  question: z.string().describe('First sentence of the question on the older version.'),
  place: placeSchema.describe('Where it stood in the older version.'),
  why: z.enum(['notFound', 'inBase', 'answered', 'notSearched'])
    .describe('notFound: searched and not there. inBase: the base has it by now. answered: a later patch of the series does. notSearched: what showed it could not be run to its end, so nobody knows.'),
});

/** One question, or one thing found that is not asked. */
export const findingSchema = z.object({
  id: z.string().describe('Short, unique in this review.'),
  fingerprint: z.string().describe('The same for the same finding in the next version of the patch.'),
  cause: z.string().describe('Findings with the same cause are asked about once.'),
  rule: z.string(),
  property: z.string(),
  status: z.enum(['new', 'pre-existing', 'fixed', 'changed']),
  asked: z.boolean(),
  notAskedWhy: z.string().nullable(),
  severity: z.enum(['high', 'medium', 'low', 'note']),
  introducedBy: z.number().int().nullable().describe('Number of the patch that brings it; null when no patch does.'),
  goneBy: z.number().int().nullable().describe('Number of the patch after which it is gone.'),
  question: z.string(),
  place: placeSchema,
  labels: z.array(z.object({ place: placeSchema, text: z.string() })),
  evidence: z.array(evidenceSchema),
  quote: quoteSchema.optional().describe('Added. Absent when the place is not in the diff.'),
  since: z.object({
    state: z.enum(['new', 'remaining']),
    asked: z.string().optional().describe('First sentence of the question on the older version; absent when new.'),
  }).optional().describe('Added. Of what is asked, where the review was held against an older version: whether that was asked the same.'),
});

/** One row of the table of the task's kcov state. */
export const taskStateRowSchema = z.object({
  step: z.number().int(),
  function: z.string(),
  text: z.string().describe('What happened: the C text, or a word such as before.'),
  values: z.record(z.string(), z.string()).describe('Value of each field after it, by field name.'),
  marks: z.array(z.string()).optional().describe('Added. Fields whose value is not what it should be by now.'),
});

/** What was searched, one entry for each scenario, configuration and image. */
export const scenarioRunSchema = z.object({
  name: z.string(),
  image: z.enum(['pre', 'post']),
  patch: z.number().int().nullable().describe('The image is that after this patch; null for the base.'),
  config: configSchema,
  bounds: boundsSchema,
  verdict: z.enum(['violated', 'holds', 'holdsWithinBound', 'gaveUp']),
  states: z.number().int(),
  transitions: z.number().int(),
  gaveUp: z.string().optional().describe('Added. Why the search ended before it was at its end, and how far it came.'),
  stopped: z.boolean().optional().describe('Added. True where the time ended it: another run may come farther.'),
});

/** What became of one hunk. */
export const hunkSchema = z.object({
  patch: z.number().int(),
  index: z.number().int(),
  path: z.string(),
  oldStart: z.number().int(),
  newStart: z.number().int(),
  placed: z.enum(['exact', 'aligned', 'fuzzy', 'ignored', 'failed']),
  note: z.string(),
});

/** The whole review. */
export const reviewSchema = z.object({
  schema: z.literal('kcovet/review@1'),
  tool: z.object({ version: z.string(), rulesHash: z.string() }),
  verdict: z.enum(['questions', 'nothingToAsk', 'notPlaced', 'alreadyApplied', 'outOfScope']),
  complete: z.boolean().describe('Every hunk placed, every scenario and rule run, every search ended inside its bounds.'),
  stopped: z.boolean().optional().describe('Added. True where the time ended a search: what is found then depends on the machine, and is not to be posted.'),
  submission: z.object({
    subject: z.string(),
    messageId: z.string().nullable(),
    version: z.number().int(),
    patches: z.array(z.object({
      n: z.number().int(), of: z.number().int(), subject: z.string(), messageId: z.string().nullable(),
    })),
  }),
  base: z.object({
    kind: z.enum(['model', 'tree', 'git', 'github']),
    label: z.string(),
    fit: z.number().min(0).max(1).describe('Share of the hunks of Program files that were placed.'),
    files: z.array(z.object({ path: z.string(), blob: z.string().nullable(), verified: z.boolean() })),
    steps: z.array(z.object({ where: z.string(), what: z.string() })).optional().describe('Added. How the base was found: what was tried, and what came of it.'),
    guessed: z.boolean().optional().describe('Added. Nothing of the patch names this base: it is the nearest that fits.'),
  }),
  hunks: z.array(hunkSchema),
  problems: z.array(z.object({ where: z.string(), what: z.string() })),
  failures: z.array(z.object({ rule: z.string().optional(), scenario: z.string().optional(), what: z.string() })),
  assumptions: z.array(z.string()),
  assumed: z.array(assumedSchema).optional().describe('Added. What was taken for granted of functions, checked in every execution; an assumption that is refuted changes nothing else of the review.'),
  findings: z.array(findingSchema),
  taskState: z.array(taskStateRowSchema),
  taskStateTitle: z.string().optional().describe('Added. What the rows show: in which context, after what.'),
  taskStateColumns: z.array(z.string()).optional().describe('Added. Order of the fields; that of the struct.'),
  scenarios: z.array(scenarioRunSchema),
  unaffected: z.array(z.string()).optional().describe('Added. Scenarios that the patch does not affect: not searched on the patched image, and on the base only where they matter.'),
  withoutEffect: z.array(z.string()).optional().describe('Added. Calls that were taken to change nothing kcov depends on, such as prints.'),
  since: z.object({
    subject: z.string(),
    messageId: z.string().nullable(),
    version: z.number().int(),
    asked: z.number().int().describe('Questions on the older version.'),
    remaining: z.number().int(),
    new: z.number().int(),
    gone: z.array(goneSchema),
  }).optional().describe('Added. The older version of the series that this review was held against.'),
  notModelled: z.array(z.object({ place: placeSchema, text: z.string(), why: z.string() })),
});

/** The JSON Schema (draft 2020-12) that is published as schema/review.schema.json. */
export function reviewJsonSchema(): unknown {
  return { $id: 'kcovet/review@1', title: 'A review by kcovet', ...z.toJSONSchema(reviewSchema) };
}
