/**
 * @module The comparison of a review with what people wrote in the thread, as data, kcovet/comparison@1: the zod schema, of
 * which schema/comparison.schema.json is printed. Fields are only ever added, and added ones are optional.
 */
import { z } from 'zod';

/**
 * How near a finding is to a remark, the nearest first: it stands at the statement quoted last or has a label there; at
 * one of the lines quoted above the remark; elsewhere in the function; elsewhere in the hunk.
 */
export const nearSchema = z.enum(['line', 'quoted', 'function', 'hunk']);

const oursSchema = z.object({
  id: z.string().describe('Of the finding in this run.'),
  rule: z.string(),
  question: z.string().describe('Its first sentence.'),
  function: z.string(),
  text: z.string().describe('The statement.'),
});

const remarkSchema = z.object({
  author: z.string(),
  messageId: z.string().describe('Of the mail; empty on the page of an archive.'),
  text: z.string().describe('Its first sentence.'),
  kind: z.enum(['inline', 'answer', 'overall']).describe('Under lines of the patch, under the words of somebody else, or about all of it.'),
  place: z.object({
    patch: z.number().int(), path: z.string(), hunk: z.number().int().describe('1-based within its file.'),
    line: z.number().int().nullable().describe('1-based in the post-image of that patch; null for a removed line.'),
    function: z.string().describe('As the diff shows it; empty at file scope.'),
    text: z.string().describe('The quoted line that it stands under.'),
  }).nullable().describe('Null unless inline.'),
  met: z.array(oursSchema.extend({ near: nearSchema })).describe('Findings at the line or among the quoted lines, the nearest first.'),
  beside: z.array(oursSchema.extend({ near: nearSchema })).describe('Where nothing meets it: those in the same function or hunk.'),
});

export const comparisonSchema = z.object({
  schema: z.literal('kcovet/comparison@1'),
  tool: z.object({ version: z.string(), rulesHash: z.string() }),
  submission: z.object({ subject: z.string(), messageId: z.string().nullable() }),
  mails: z.number().int().describe('Mails of the thread that were read, the patches among them.'),
  counts: z.object({
    inline: z.number().int().describe('Inline remarks of people other than the author.'),
    met: z.number().int(), theirsAlone: z.number().int(), ours: z.number().int().describe('Questions that kcovet asks.'), oursAlone: z.number().int(),
  }),
  remarks: z.array(remarkSchema).describe('In the order of the mails.'),
  oursAlone: z.array(oursSchema),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type ComparedRemark = Comparison['remarks'][number];
export type Near = z.infer<typeof nearSchema>;

/** The JSON Schema (draft 2020-12) that is published as schema/comparison.schema.json. */
export function comparisonJsonSchema(): unknown {
  return { $id: 'kcovet/comparison@1', title: 'A comparison of kcovet with a thread', ...z.toJSONSchema(comparisonSchema) };
}
