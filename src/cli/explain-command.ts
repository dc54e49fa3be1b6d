/**
 * @module `kcovet explain RULE`: the page of one rule.
 */
import { Command } from 'commander';
import type { Rule } from '../analysis/rule.js';
import { clean } from '../render/line.js';
import { nearestName } from './arguments.js';
import { CliFailure, type Io } from './io.js';
import { loadRules } from './parts.js';
import { textWidth } from './terminal.js';
import { rulePage } from '../render/rule-page.js';

/** The rule of that name; a failure that suggests the nearest name. */
function find(rules: readonly Rule[], id: string): Rule {
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
      io.stdout.write(rulePage(find(await loadRules(), id), textWidth(io)));
    });
}
