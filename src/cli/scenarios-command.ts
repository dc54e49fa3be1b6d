/**
 * @module `kcovet scenarios`: what is run on a patch, the sentence each scenario checks and its bounds.
 */
import { Command } from 'commander';
import { BOUND_NAMES, boundsOf } from '../../simulator/scenario/bounds.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import type { Io } from './io.js';
import { loadScenarios } from './parts.js';
import { textWidth } from './review-command.js';
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

/** `kcovet scenarios`. */
export function scenariosCommand(io: Io): Command {
  return new Command('scenarios')
    .summary('list the scenarios: what kcovet runs')
    .description('Lists the scenarios with the sentence each checks and, in brackets, the contexts that run and how often each interrupt may arrive, as --bounds takes it.')
    .action(async () => {
      const scenarios = await loadScenarios();
      const entries = scenarios.map((scenario) => ({ name: scenario.name, text: textOf(scenario) }));
      io.stdout.write(twoColumns(entries, textWidth(io)));
    });
}
