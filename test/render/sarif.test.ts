/**
 * @module SARIF and rdjsonl. What SARIF 2.1.0 requires is stated here, from the schema that OASIS publishes (required
 * properties and enumerations of what we use), so that no network is needed.
 */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { rules } from '../../rules/index.js';
import { renderRdjsonl } from '../../src/render/rdjsonl.js';
import { renderSarif } from '../../src/render/sarif.js';
import type { Place } from '../../src/review/review.js';
import { review } from './fixtures/invented-review.js';

const text = z.strictObject({ text: z.string().min(1) });
const region = z.strictObject({ startLine: z.int().min(1), endLine: z.int().min(1).optional(), snippet: text.optional() })
  .refine((one) => one.endLine === undefined || one.endLine >= one.startLine);
const location = z.object({
  id: z.int().min(0).optional(), message: text.optional(),
  physicalLocation: z.strictObject({ artifactLocation: z.strictObject({ uri: z.string().regex(/^[^/:\s][^:\s]*$/u), uriBaseId: z.literal('%SRCROOT%') }), region }),
  logicalLocations: z.array(z.strictObject({ name: z.string().min(1), kind: z.literal('function') })).min(1).optional(),
});
const step = z.strictObject({ executionOrder: z.int().min(1), importance: z.enum(['important', 'essential', 'unimportant']), location, state: z.record(z.string(), text).optional() });
const threadFlow = z.strictObject({ id: z.string(), message: text, locations: z.array(step).min(1) });
const result = z.strictObject({
  ruleId: z.string(), ruleIndex: z.int().min(0).optional(), level: z.enum(['none', 'note', 'warning', 'error']), message: text, locations: z.array(location).length(1),
  relatedLocations: z.array(location).min(1).optional(), codeFlows: z.array(z.strictObject({ message: text.optional(), threadFlows: z.array(threadFlow).min(1) })).min(1).optional(),
  partialFingerprints: z.record(z.string(), z.string().min(1)), properties: z.record(z.string(), z.unknown()),
});
const descriptor = z.strictObject({ id: z.string(), name: z.string(), shortDescription: text, fullDescription: text, help: text, properties: z.strictObject({ tags: z.array(z.string()), precision: z.enum(['very-high', 'high', 'medium', 'low']) }) });
const sarif = z.strictObject({
  $schema: z.url(), version: z.literal('2.1.0'),
  runs: z.array(z.strictObject({
    tool: z.strictObject({ driver: z.strictObject({ name: z.string(), version: z.string(), rules: z.array(descriptor) }) }),
    automationDetails: z.strictObject({ id: z.string() }), columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
    originalUriBaseIds: z.record(z.string(), z.object({ description: text })),
    invocations: z.array(z.strictObject({ executionSuccessful: z.boolean(), toolExecutionNotifications: z.array(z.strictObject({ level: z.enum(['none', 'note', 'warning', 'error']), message: text })) })),
    results: z.array(result), properties: z.record(z.string(), z.unknown()),
  })).length(1),
});

const locate = ({ path, line, endLine }: Place): { path: string; line: number; endLine: number } | null => (line === null ? null : { path, line, endLine: endLine ?? line });
const write = (of = review): z.infer<typeof sarif>['runs'][number] => sarif.parse(JSON.parse(renderSarif(of, { rules, locate }))).runs[0]!;

describe('SARIF', () => {
  test('has what is asked, with the fingerprint of each, and all rules with help', () => {
    const run = write();
    const asked = review.findings.filter((one) => one.asked);
    expect(run.results.map((one) => one.partialFingerprints['kcovet/v1'])).toEqual(asked.map((one) => one.fingerprint));
    expect(run.tool.driver.rules.map((one) => one.id)).toEqual(rules.map((one) => one.id));
    expect(new Set(run.tool.driver.rules.map((one) => one.id)).size).toBe(rules.length);
    const known = { ...review, findings: asked.map((one) => ({ ...one, rule: rules[3]!.id })) };
    expect(write(known).results.map((one) => one.ruleIndex)).toEqual([3, 3, 3]);
  });

  test('shows a schedule as one thread flow for each CPU and context, numbered in the order of execution', () => {
    const [flow] = write().results.find((one) => one.codeFlows)?.codeFlows ?? [];
    expect(flow?.message?.text).toBe('after: task traced (area 4 words, 1 hit); softirq on CPU0');
    expect(flow?.threadFlows.map((one) => one.id)).toEqual(['CPU0 softirq', 'CPU0 NMI']);
    const steps = flow?.threadFlows.flatMap((one) => one.locations) ?? [];
    expect(steps.map((one) => one.executionOrder)).toEqual(steps.map((_, i) => i + 1));
    expect(steps[0]).toMatchObject({ location: { message: { text: 't->kcov_gate = true (t->kcov_gate 0 -> 1)' } }, state: { 't->kcov_gate': { text: '1' } } });
    expect(steps.at(-1)).toMatchObject({ importance: 'essential', location: { message: { text: expect.stringMatching(/<-- NULL dereference$/u) as string } } });
  });

  test('puts what has no line at the head of its file', () => {
    const late = write().results.find((one) => one.ruleId === 'late-put');
    expect(late?.locations[0]?.physicalLocation).toEqual({ artifactLocation: { uri: 'kernel/kcov.c', uriBaseId: '%SRCROOT%' }, region: { startLine: 1 } });
  });

  test('text from outside is no link, no placeholder and no other path', () => {
    const findings = review.findings.map((one) => ({ ...one, question: 'a[0](b) {0} {x} \u001b[1m', place: { ...one.place, path: 'a b/../c:d%.c' } }));
    const run = write({ ...review, findings, problems: [{ where: '\u0000', what: '[x](y)' }] });
    expect(run.results[0]?.message.text).toMatch(/^a\[0\\\]\(b\) \{\{0\}\} \{x\} \\x1b\[1m/u);
    expect(run.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('a%20b/../c%3Ad%25.c');
    expect(run.invocations[0]?.toolExecutionNotifications[0]?.message.text).toBe('\\x00: [x\\](y)');
  });

  test('is the same each time, and without results when there is nothing to ask', () => {
    expect(renderSarif(review, { rules, locate })).toBe(renderSarif(review, { rules, locate }));
    expect(write({ ...review, verdict: 'outOfScope', findings: [] }).results).toEqual([]);
  });
});

/** What reviewdog's proto/rdf/reviewdog.proto has of a Diagnostic. */
const range = z.strictObject({ start: z.strictObject({ line: z.int().min(1) }), end: z.strictObject({ line: z.int().min(1) }) });
const at = z.strictObject({ path: z.string().min(1), range: range.optional() });
const diagnostic = z.strictObject({
  message: z.string().min(1), location: at, severity: z.enum(['ERROR', 'WARNING', 'INFO']), source: z.strictObject({ name: z.literal('kcovet') }),
  code: z.strictObject({ value: z.string() }), related_locations: z.array(z.strictObject({ message: z.string(), location: at })).optional(),
});

test('rdjsonl has a diagnostic on each line, with the schedule in its message', () => {
  const lines = renderRdjsonl({ ...review, findings: review.findings.map((one) => ({ ...one, question: `${one.question} @torvalds #1` })) }, locate).trimEnd().split('\n');
  const all = lines.map((line) => diagnostic.parse(JSON.parse(line)));
  expect(all).toHaveLength(3);
  const torn = all.find((one) => one.code.value === 'torn-group');
  expect(torn?.message).toMatch(/```\nafter: [\s\S]+replay: kcovet replay nmi-in-section:7f3a:t6s4n5\n```$/u);
  expect(torn?.location.range?.start.line).toBe(14);
  expect(all.map((one) => one.message).join()).not.toMatch(/@torvalds|#1\b/u);
  expect(all.find((one) => one.code.value === 'late-put')?.location).toEqual({ path: 'kernel/kcov.c' });
  expect(renderRdjsonl({ ...review, findings: [] }, locate)).toBe('');
});
