/** @module docs/mutants.md: how many mutants are asked about, by kind, and all that are not, with their reasons. */
import type { MutantBase } from './bases.js';
import type { Operator } from './operator.js';
import type { Result } from './run.js';
import { recallOf, rowsOf, verdictOf } from './verdict.js';
import type { Row, Verdict } from './verdict.js';

export interface Run {
  readonly results: readonly Result[];
  readonly operators: readonly Operator[];
  readonly bases: readonly MutantBase[];
  readonly seed: string;
  readonly perOperator: number;
  /** Mutants that a run to the end has. */
  readonly made: number;
  /** Survivors were compared with the base; otherwise each counts as missed. */
  readonly compared: boolean;
}

export function page(run: Run): string {
  const { results, operators, bases, seed, perOperator, made, compared } = run;
  const [rows, quiet] = [rowsOf(results, operators, true), rowsOf(results, operators, false)];
  const held = operators.filter((o) => o.held).length;
  return [
    '# Mutants', '', 'Written by `npm run bench:mutants -- --final --write-docs`. No figure here depends on the machine, only how far a run that was ended has come.', '',
    `${results.length} small changes of ${bases.map((b) => b.label).join(', ')}, each reviewed as a patch whose changelog claims nothing. Up to ${perOperator} sites for each of`,
    `the operators on each base, chosen with the seed \`${seed}\`; ${held} of the ${operators.length} operators are used for the first time in this run.`, '',
    ...(results.length < made ? [`The run was ended before its end: ${results.length} of ${made} mutants, in an order that the seed decides.`, ''] : []),
    `**Asked: ${percent(recallOf(rows))}** of the changes that are not equivalent. **Questions on neutral changes: ${total(quiet, 'false question')}** of ${total(quiet, 'false question') + total(quiet, 'silent')}.`, '',
    'A mutant is equivalent only if in every scenario end states, violations, results and footprints are those of the base, and',
    'all but the last still are when the compiler or a CPU puts one access off. Every other one that nothing is asked about is missed.', '',
    ...(compared ? [] : ['In this run survivors were not compared with the base: each counts as missed, also one that is equivalent.', '']),
    ...semanticTable(rows), '', ...neutralTable(quiet), '', ...sides(run), '', ...operatorTable(run), '', ...survivors(run), '', ...falseQuestions(run),
  ].join('\n').replace(/\n{3,}/gu, '\n\n').trimEnd() + '\n';
}

const total = (rows: readonly Row[], verdict: Verdict): number => rows.reduce((n, { counts }) => n + counts[verdict], 0);
const percent = (share: number): string => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

function semanticTable(rows: readonly Row[]): string[] {
  const line = (name: string, list: readonly Row[]): string => `| ${name} | ${total(list, 'asked')} | ${total(list, 'missed')} | ${total(list, 'equivalent')} | ${percent(recallOf(list))} |`;
  return ['| changed | asked | missed | equivalent | recall |', '|---|--:|--:|--:|--:|', ...rows.map((row) => line(row.kind, [row])), line('**all**', rows)];
}

function neutralTable(rows: readonly Row[]): string[] {
  const line = (name: string, list: readonly Row[]): string => `| ${name} | ${total(list, 'silent')} | ${total(list, 'false question')} |`;
  return ['| neutral | silent | asked about |', '|---|--:|--:|', ...rows.map((row) => line(row.kind, [row])), line('**all**', rows)];
}

/** Operators that were known all the time beside those that were not, and base by base. */
function sides({ results, operators, bases }: Run): string[] {
  const line = (name: string, some: readonly Result[], by: readonly Operator[]): string => {
    const [rows, quiet] = [rowsOf(some, by, true), rowsOf(some, by, false)];
    return `| ${name} | ${total(rows, 'asked')} | ${total(rows, 'missed')} | ${total(rows, 'equivalent')} | ${percent(recallOf(rows))} | ${total(quiet, 'silent')} | ${total(quiet, 'false question')} |`;
  };
  const held = operators.filter((o) => o.held);
  return [
    '| part | asked | missed | equivalent | recall | silent | asked about |', '|---|--:|--:|--:|--:|--:|--:|',
    line('operators known before', results, operators.filter((o) => !o.held)), ...(held.length > 0 ? [line('operators new in this run', results, held)] : []),
    ...bases.map((base) => line(base.label, results.filter((r) => r.mutant.base === base.name), operators)),
  ];
}

function operatorTable({ results, operators }: Run): string[] {
  const row = (o: Operator): string => {
    const counts = rowsOf(results, [o], o.semantic);
    const of = o.semantic ? [total(counts, 'asked'), total(counts, 'missed'), total(counts, 'equivalent')] : [total(counts, 'false question'), '', total(counts, 'silent')];
    return `| \`${o.id}\`${o.held ? ' (new)' : ''} | ${o.semantic ? o.kind : `neutral: ${o.kind}`} | ${o.does} | ${of.join(' | ')} |`;
  };
  return ['## Operators', '', '| operator | kind | what it does | asked | missed | equivalent or silent |', '|---|---|---|--:|--:|--:|', ...operators.map(row)];
}

function withVerdict({ results, operators }: Run, verdict: Verdict): Result[] {
  const byId = new Map(operators.map((o) => [o.id, o]));
  return results.filter((r) => {
    const operator = byId.get(r.mutant.operator);
    return operator !== undefined && verdictOf(r, operator) === verdict;
  });
}

function survivors(run: Run): string[] {
  const missed = withVerdict(run, 'missed').map((r) => `| ${r.mutant.id} | ${change(r)} | ${[...(r.differs === null ? [] : [r.differs]), ...r.unseen].join('; ')} |`);
  const equivalent = withVerdict(run, 'equivalent').map((r) => `| ${r.mutant.id} | ${change(r)} |`);
  return [
    '## Nothing was asked', '', 'Missed: what differs from the base, as far as the first scenario shows it.', '', '| mutant | change | differs |', '|---|---|---|', ...missed, '',
    'Equivalent: nothing differs in any scenario.', '', '| mutant | change |', '|---|---|', ...equivalent,
  ];
}

function falseQuestions(run: Run): string[] {
  const asked = withVerdict(run, 'false question').map((r) => `| ${r.mutant.id} | ${change(r)} | ${r.questions.map((q) => `${q.rule} (${q.property}) in ${q.function}()`).join('; ')} |`);
  return asked.length === 0 ? [] : ['## Questions on neutral changes', '', '| mutant | change | question |', '|---|---|---|', ...asked];
}

/** The changed lines, in one line of a table. */
function change({ mutant }: Result): string {
  const lines = mutant.diff.split('\n').filter((line) => /^[-+](?![-+]{2} )/u.test(line)).map((line) => `\`${line.replace(/\s+/gu, ' ').replace(/\|/gu, '\\|')}\``);
  return lines.length > 4 ? `${lines.slice(0, 4).join(' ')} and ${lines.length - 4} lines more` : lines.join(' ');
}
