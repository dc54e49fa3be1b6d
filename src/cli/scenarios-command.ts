/**
 * @module `kcovet scenarios`: what is run on a patch, the sentence each scenario checks and its bounds; or which property is checked by
 * which of them.
 */
import { Command } from 'commander';
import { BOUND_NAMES, boundsOf } from '../../simulator/scenario/bounds.js';
import { CIRCUMSTANCES, COLUMNS, EVERYWHERE, propertiesOf } from '../../simulator/scenario/matrix.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { padRight, wrap } from '../render/line.js';
import type { Io } from './io.js';
import { loadScenarios } from './parts.js';
import { textWidth } from './terminal.js';
import { twoColumns } from './rules-command.js';

/** "a task, a softirq and an NMI on 1 CPU". */
function contextsIn({ actors, cpus }: KcovScenario): string {
  const kinds = (['task', 'softirq', 'early', 'hardirq', 'nmi'] as const).map((kind) => ({
    kind, n: actors.filter((actor) => actor.times > 0 && (actor.early ? 'early' : actor.kind) === kind).length,
  })).filter(({ n }) => n > 0);
  const words = kinds.map(({ kind, n }) => {
    const name = kind === 'nmi' ? 'NMI' : kind === 'early' ? 'early irq' : kind;
    return n === 1 ? name : `${n} ${name}s`;
  });
  const last = words.at(-1) ?? '';
  return `${words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`} on ${cpus === 1 ? 'one CPU' : `${cpus} CPUs`}`;
}

/** The bounds as --bounds takes them; '' when there is no interrupt to bound. */
function boundsIn(scenario: KcovScenario): string {
  const bounds = boundsOf(scenario);
  return BOUND_NAMES.filter((name) => (bounds[name] ?? 0) > 0).map((name) => `${name}=${bounds[name]}`).join(',');
}

/** The sentence it checks; in brackets contexts and bounds. */
function textOf(scenario: KcovScenario): string {
  return `${scenario.checks} [${[contextsIn(scenario), boundsIn(scenario)].filter((part) => part !== '').join('; ')}]`;
}

/** One row a scenario, a mark for each property it can meet and for each circumstance; the legend stands above. */
export function matrixText(scenarios: readonly KcovScenario[], width: number): string {
  const margin = Math.max(0, ...scenarios.map(({ name }) => name.length)) + 2;
  const row = (name: string, cells: readonly string[], letters: readonly string[]): string => `${padRight(name, margin)}${cells.join(' ')}  ${letters.join('')}`.trimEnd();
  const legend = [
    `In every scenario: ${EVERYWHERE.join(', ')}.`,
    ...COLUMNS.map(({ code, says, properties }) => `${code}  ${says}: ${properties.join(', ')}`),
    `Letters at the end, where a scenario has it: ${CIRCUMSTANCES.map(({ code, says }) => `${code} ${says}`).join(', ')}.`,
  ].flatMap((text) => wrap(text, { width, first: '', rest: '    ' }));
  const rows = scenarios.map((s) => row(s.name, COLUMNS.map(({ meets }) => (meets(s) ? ' x' : ' .')), CIRCUMSTANCES.map(({ code, has }) => (has(s) ? code : '.'))));
  return `${[...legend, '', row('', COLUMNS.map(({ code }) => code), []), ...rows].join('\n')}\n`;
}

/** The same for programs: what is met everywhere, and by scenario its sentence, its bounds and its own properties. */
function matrixJson(scenarios: readonly KcovScenario[]): string {
  const rows = scenarios.map((s) => ({ name: s.name, checks: s.checks, bounds: boundsOf(s), circumstances: CIRCUMSTANCES.filter(({ has }) => has(s)).map(({ says }) => says), properties: propertiesOf(s) }));
  return `${JSON.stringify({ everywhere: EVERYWHERE, scenarios: rows }, null, 2)}\n`;
}

interface ScenariosFlags {
  readonly matrix?: boolean;
  readonly json?: boolean;
}

const help = `
--matrix marks the properties that a scenario can meet: it is computed from what
its operations do, in which contexts, and not from what was found in it.

Examples:
  kcovet scenarios
  kcovet scenarios --matrix
  kcovet scenarios --json`;

/** `kcovet scenarios`. */
export function scenariosCommand(io: Io): Command {
  return new Command('scenarios')
    .summary('list the scenarios: what kcovet runs')
    .description('Lists the scenarios with the sentence each checks and, in brackets, the contexts that run and how often each interrupt may arrive, as --bounds takes it.')
    .option('--matrix', 'which property is checked by which scenario')
    .option('--json', 'scenarios with their bounds and properties, as JSON')
    .addHelpText('after', help)
    .action(async ({ matrix, json }: ScenariosFlags) => {
      const scenarios = await loadScenarios();
      const entries = scenarios.map((scenario) => ({ name: scenario.name, text: textOf(scenario) }));
      io.stdout.write(json ? matrixJson(scenarios) : matrix ? matrixText(scenarios, textWidth(io)) : twoColumns(entries, textWidth(io)));
    });
}
