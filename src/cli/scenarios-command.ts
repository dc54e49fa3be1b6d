/**
 * @module `kcovet scenarios`: what is run on a patch, the sentence each scenario checks and its bounds.
 */
import { Command } from 'commander';
import type { Io } from './io.js';
import { loadScenarios, type ScenarioText } from './parts.js';
import { textWidth } from './review-command.js';
import { twoColumns } from './rules-command.js';

/** The sentence with the bounds as --bounds takes them. */
function textOf({ checks, bounds }: ScenarioText): string {
  const names = Object.entries(bounds ?? {}).map(([name, value]) => `${name}=${value}`);
  return names.length === 0 ? checks : `${checks} [${names.join(',')}]`;
}

/** `kcovet scenarios`. */
export function scenariosCommand(io: Io): Command {
  return new Command('scenarios')
    .summary('list the scenarios: what kcovet runs')
    .description('Lists the scenarios with the sentence each checks and, in brackets, the bounds that --bounds can replace.')
    .action(async () => {
      const scenarios = await loadScenarios();
      const entries = scenarios.map((scenario) => ({ name: scenario.name, text: textOf(scenario) }));
      io.stdout.write(twoColumns(entries, textWidth(io)));
    });
}
