/**
 * @module The review as SARIF 2.1.0 (OASIS, docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning: a result for each
 * question, its schedule as a code flow with one thread flow for each CPU and context, numbered in the order of execution.
 */
import type { Evidence, Finding, Place, Review, TraceRow } from '../review/review.js';
import { mainOf } from './evidence.js';
import { clean } from './line.js';
import type { Locate } from './locate.js';
import { statementOf, titleOf, valuesOf } from './trace-row.js';

/** What is known of a rule; what SARIF says of it. */
export interface RuleWords {
  readonly id: string;
  readonly summary: string;
  readonly why: string;
  readonly gaps: string;
}

export interface SarifOptions {
  readonly rules: readonly RuleWords[];
  readonly locate: Locate;
}

/** Results and steps that code scanning takes. */
const RESULTS_MAX = 5_000;
const STEPS_MAX = 10_000;
const MESSAGE_MAX = 20_000;

const levels: Readonly<Record<Finding['severity'], string>> = { high: 'error', medium: 'warning', low: 'note', note: 'note' };

interface Message {
  readonly text: string;
}

/** Text as a message: what would be a link or a placeholder in it (3.11.5, 3.11.6) is written so that it is neither. */
function message(text: string): Message {
  const lines = text.split('\n').map(clean).join('\n').slice(0, MESSAGE_MAX);
  return { text: lines.replace(/\](?=\()/gu, '\\]').replace(/\{(\d+)\}/gu, '{{$1}}') };
}

/** A path as a URI relative to the root of the sources. */
function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function locationOf(place: Place, { locate }: SarifOptions): object {
  const lines = locate(place);
  // Code scanning shows nothing without a line; the first one stands for the file.
  const region = lines ? { startLine: lines.line, endLine: Math.max(lines.line, lines.endLine) } : { startLine: 1 };
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(lines?.path ?? place.path), uriBaseId: '%SRCROOT%' }, region: { ...region, ...(lines && place.text !== '' ? { snippet: { text: clean(place.text) } } : {}) } },
    ...(place.function === '' ? {} : { logicalLocations: [{ name: clean(place.function), kind: 'function' }] }),
  };
}

/** What a step does, on one line. */
function stepInWords(row: TraceRow): string {
  const values = valuesOf(row);
  return [statementOf(row), values === '' ? '' : `(${row.target === null ? '' : `${clean(row.target)} `}${values})`, row.note === '' ? '' : `<-- ${clean(row.note)}`].filter((part) => part !== '').join(' ');
}

/** Steps by CPU and context, each with its number among all of them. */
function threadFlowsOf({ trace }: Evidence, options: SarifOptions): object[] {
  const flows = new Map<string, object[]>();
  for (const [i, row] of trace.slice(0, STEPS_MAX).entries()) {
    const title = titleOf(row);
    const location = { ...locationOf(row.place, options), message: message(stepInWords(row)) };
    const state = row.target !== null && row.new !== null ? { state: { [clean(row.target)]: message(row.new) } } : {};
    flows.set(title, [...flows.get(title) ?? [], { executionOrder: i + 1, importance: row.note === '' ? 'important' : 'essential', location, ...state }]);
  }
  return [...flows].map(([id, locations]) => ({ id, message: message(id), locations }));
}

function codeFlowsOf(finding: Finding, options: SarifOptions): { codeFlows?: object[] } {
  const main = mainOf(finding);
  if (main === undefined || main.trace.length === 0) return {};
  const said = main.setup === undefined || main.setup === '' ? {} : { message: message(`after: ${main.setup}`) };
  return { codeFlows: [{ ...said, threadFlows: threadFlowsOf(main, options) }] };
}

/** The question, and how to see it again. */
function questionOf(finding: Finding): string {
  const schedule = mainOf(finding)?.schedule ?? null;
  return schedule === null ? finding.question : `${finding.question}\n\nkcovet replay ${schedule}`;
}

function resultOf(finding: Finding, options: SarifOptions): object {
  const at = options.rules.findIndex((rule) => rule.id === finding.rule);
  const related = finding.labels.map(({ place, text }, i) => ({ id: i + 1, ...locationOf(place, options), message: message(text) }));
  return {
    ruleId: finding.rule, ...(at >= 0 ? { ruleIndex: at } : {}), level: levels[finding.severity], message: message(questionOf(finding)),
    locations: [locationOf(finding.place, options)],
    ...(related.length > 0 ? { relatedLocations: related } : {}),
    ...codeFlowsOf(finding, options),
    partialFingerprints: { 'kcovet/v1': finding.fingerprint },
    properties: { severity: finding.severity, property: finding.property },
  };
}

function ruleOf({ id, summary, why, gaps }: RuleWords): object {
  const help = [why, ...(gaps === '' ? [] : [`Known gaps: ${gaps}`])].join('\n\n');
  return { id, name: id, shortDescription: { text: summary }, fullDescription: { text: why }, help: { text: help }, properties: { tags: ['kcov'], precision: 'medium' } };
}

/** The review as the text of a SARIF file; only what is asked. */
export function renderSarif(review: Review, options: SarifOptions): string {
  const asked = review.findings.filter((finding) => finding.asked);
  const notes = [...review.problems.map(({ where, what }) => `${where}: ${what}`), ...review.failures.map(({ rule, scenario, what }) => `${rule ?? scenario ?? 'kcovet'}: ${what}`)];
  const run = {
    tool: { driver: { name: 'kcovet', version: review.tool.version, rules: options.rules.map(ruleOf) } },
    automationDetails: { id: 'kcovet/' },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the kernel tree.' } } },
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: notes.map((text) => ({ level: 'note', message: message(text) })) }],
    results: asked.slice(0, RESULTS_MAX).map((finding) => resultOf(finding, options)),
    properties: { verdict: review.verdict, complete: review.complete, base: review.base.label },
  };
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2)}\n`;
}
