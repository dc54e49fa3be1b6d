/**
 * @module The page of a rule, from the fields of its file: as text for `kcovet explain`, as Markdown for docs/rules/, as parts for pages.
 */
import type { Example, Rule } from '../analysis/rule.js';
import { clean, wrap } from './line.js';

/** A paragraph under a heading; nothing for an empty one. */
function section(heading: string, texts: readonly string[], width: number): string[] {
  const lines = texts.flatMap((text) => wrap(text, { width, first: '  ', rest: '  ' }));
  return lines.length === 0 ? [] : ['', heading, ...lines];
}

/** The line of an example as C: the marker of the line that is asked about becomes a mark. */
function codeLine(mark: string, line: string): string {
  return `    ${mark}${clean(line).replace(/\s*\/\/~ [\w-]+\s*$/u, '  <-- here')}`.trimEnd();
}

/** What an edit replaces and by what, as lines of a diff: lines at both ends that stay are context. */
function editLines(find: string, replace: string): string[] {
  const [before, after] = [find, replace].map((text) => (text === '' ? [] : text.replace(/^\n|\n$/gu, '').split('\n'))) as [string[], string[]];
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const marked = (mark: string, lines: readonly string[]): string[] => lines.map((line) => codeLine(mark, line));
  return [
    ...marked(' ', before.slice(0, head)), ...marked('-', before.slice(head, before.length - tail)),
    ...marked('+', after.slice(head, after.length - tail)), ...marked(' ', before.slice(before.length - tail)),
  ];
}

/** An example: its name, and its edits of the base as lines of a diff. */
function exampleLines(example: Example): string[] {
  return [`  ${clean(example.name)}`, ...example.edits.flatMap(({ find, replace }) => editLines(find, replace))];
}

/** Examples under a heading. */
function examples(heading: string, list: readonly Example[]): string[] {
  const lines = list.map(exampleLines);
  return lines.length === 0 ? [] : ['', heading, ...lines.flatMap((one, i) => (i === 0 ? one : ['', ...one]))];
}

/** The kinds of evidence in words. */
export const evidenceWords: Readonly<Record<Rule['evidence'], string>> = {
  counterexample: 'A schedule that leads to the violation; kcovet replay runs it again.',
  observation: 'What every execution searched has in common.',
  static: 'The text of the patch.',
};

/** The page as text. */
export function rulePage(rule: Rule, width: number): string {
  return [
    rule.id, ...wrap(rule.summary, { width, first: '  ', rest: '  ' }),
    ...section('Why', [rule.why], width),
    ...section('Evidence', [evidenceWords[rule.evidence]], width),
    ...section('Known gaps', [rule.gaps], width),
    ...section('Learnt from', [rule.origin], width),
    ...examples('Asks about', rule.fires),
    ...examples('Is silent about', rule.silent),
  ].join('\n').concat('\n');
}

/** The edits of an example as lines of a diff. */
export function exampleDiff({ edits }: Example): string[] {
  return edits.flatMap(({ find, replace }) => editLines(find, replace)).map((line) => line.slice(4));
}

/** Lines of an example as a fenced diff. */
function exampleMarkdown(example: Example): string {
  return [`${clean(example.name)}:`, '', '```diff', ...exampleDiff(example), '```'].join('\n');
}

/** The page as Markdown. */
export function ruleMarkdown(rule: Rule): string {
  return [
    `# ${rule.id}`, rule.summary, `**Why.** ${rule.why}`, `**Evidence.** ${evidenceWords[rule.evidence]}`, `**Known gaps.** ${rule.gaps}`,
    `**Learnt from.** ${rule.origin}`, '## Asks about', ...rule.fires.map(exampleMarkdown), '## Is silent about', ...rule.silent.map(exampleMarkdown),
  ].join('\n\n').concat('\n');
}

/** The list of all pages as Markdown, in the order in which rules ask. */
export function rulesMarkdown(rules: readonly Rule[]): string {
  const rows = rules.map(({ id, evidence, summary }) => `| [${id}](${id}.md) | ${evidence} | ${summary} |`);
  return [
    '# What kcovet can ask', '', `${rules.length} rules, each with examples. These pages are made from the rules themselves, as \`kcovet explain RULE\` is:`,
    '`npm run docs` writes them again.', '', '| rule | evidence | asks when |', '|---|---|---|', ...rows,
  ].join('\n').concat('\n');
}
