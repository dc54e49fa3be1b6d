/**
 * @module `kcovet explain RULE`: the document of one rule, from the fields of its file.
 */
import { Command } from 'commander';
import { clean, wrap } from '../render/line.js';
import { nearestName } from './arguments.js';
import { CliFailure, type Io } from './io.js';
import { loadRules, type RuleText } from './parts.js';
import { textWidth } from './review-command.js';

/** A paragraph under a heading; nothing for an empty one. */
function section(heading: string, texts: readonly string[], width: number): string[] {
  const lines = texts.flatMap((text) => wrap(text, { width, first: '  ', rest: '  ' }));
  return lines.length === 0 ? [] : ['', heading, ...lines];
}

/** The code of an example, and its caption when it has one. */
function exampleLines(example: unknown): string[] {
  if (typeof example === 'string') return example.split('\n').map((line) => `  ${clean(line)}`.trimEnd());
  if (typeof example !== 'object' || example === null) return [];
  const record = example as Record<string, unknown>;
  const caption = ['name', 'title', 'why'].map((key) => record[key]).find((value) => typeof value === 'string');
  const code = ['code', 'source', 'patch', 'diff', 'text'].map((key) => record[key]).find((value) => typeof value === 'string');
  return [
    ...(typeof caption === 'string' ? [`  ${clean(caption)}`] : []),
    ...(typeof code === 'string' ? code.trimEnd().split('\n').map((line) => `    ${clean(line)}`.trimEnd()) : []),
  ];
}

/** Examples under a heading. */
function examples(heading: string, list: readonly unknown[]): string[] {
  const lines = list.map(exampleLines).filter((one) => one.length > 0);
  return lines.length === 0 ? [] : ['', heading, ...lines.flatMap((one, i) => (i === 0 ? one : ['', ...one]))];
}

/** The page of a rule. */
export function explain(rule: RuleText, width: number): string {
  const gaps = typeof rule.gaps === 'string' ? [rule.gaps] : rule.gaps;
  return [
    rule.id, ...wrap(rule.summary, { width, first: '  ', rest: '  ' }),
    ...section('Why', [rule.why], width),
    ...section('Evidence', [rule.evidence], width),
    ...section('Known gaps', gaps, width),
    ...section('Learnt from', [rule.origin], width),
    ...examples('Asks about', rule.fires),
    ...examples('Is silent about', rule.silent),
  ].join('\n').concat('\n');
}

/** The rule of that name; a failure that suggests the nearest name. */
function find(rules: readonly RuleText[], id: string): RuleText {
  const rule = rules.find((one) => one.id === id);
  if (rule) return rule;
  const near = nearestName(id, rules.map((one) => one.id));
  throw new CliFailure(`${clean(id)}: no such rule: ${near === null ? 'run kcovet rules for the list' : `did you mean ${near}?`}`);
}

/** `kcovet explain RULE`. */
export function explainCommand(io: Io): Command {
  return new Command('explain')
    .summary('explain one rule')
    .description('Says what a rule asks, why, on which evidence, where it was learnt, and shows examples.')
    .argument('<rule>', 'a name that kcovet rules lists')
    .action(async (id: string) => {
      io.stdout.write(explain(find(await loadRules(), id), textWidth(io)));
    });
}
