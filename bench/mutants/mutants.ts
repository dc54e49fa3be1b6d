/** @module Mutants of a file: for each operator some of its sites, chosen by a seed, each as a mail with a patch. */
import { imageOf } from '../../src/apply/model-image.js';
import { unifiedDiff } from '../../src/apply/unified.js';
import type { FrontEnd } from '../../src/c/front-end.js';
import { KCOV_C } from '../../src/review/base-files.js';
import type { MutantBase } from './bases.js';
import type { Operator, Site } from './operator.js';
import { randomOf, shuffled } from './random.js';
import { edited, Source } from './source.js';

export interface Mutant {
  /** Base, operator, function and a number among the sites of the operator: model-v5.5/drop-barrier/kcov_stop-2. */
  readonly id: string;
  readonly base: string;
  readonly operator: string;
  readonly function: string;
  /** 1-based line of the base's file. */
  readonly line: number;
  readonly diff: string;
  /** The whole file with the change. */
  readonly text: string;
}

export interface Choice {
  readonly seed: string;
  /** Sites of one operator on one base at most. */
  readonly perOperator: number;
}

const linesOf = (text: string): string[] => text.replace(/\n$/u, '').split('\n');

/** The mutants of one base: what the grammar does not take is left out, and so is what changes nothing. */
export function mutantsOf(base: MutantBase, operators: readonly Operator[], of: Choice & { frontEnd: FrontEnd }): Mutant[] {
  const source = new Source(KCOV_C, base.text, of.frontEnd);
  return operators.flatMap((operator) => {
    const random = randomOf(`${of.seed} ${operator.id} ${base.name}`);
    const made: Mutant[] = [];
    for (const { site, number } of shuffled(operator.sites(source).map((one, i) => ({ site: one, number: i + 1 })), random)) {
      if (made.length >= of.perOperator) break;
      const text = textOf(source, site);
      if (text === null || !of.frontEnd.parses(text)) continue;
      const diff = unifiedDiff(imageOf(KCOV_C, linesOf(base.text)), imageOf(KCOV_C, linesOf(text)));
      if (diff === '' || made.some((m) => m.diff === diff)) continue;
      made.push({ id: `${base.name}/${operator.id}/${site.function}-${number}`, base: base.name, operator: operator.id, function: site.function, line: site.line, diff, text });
    }
    return made;
  });
}

/** The text with a site's edits; null where they overlap. */
function textOf(source: Source, { edits }: Site): string | null {
  const sorted = [...edits].sort((a, b) => a.start - b.start);
  return sorted.some((e, i) => i > 0 && e.start < (sorted[i - 1]?.end ?? 0)) ? null : edited(source.text, edits);
}

/** A mail whose changelog claims nothing. */
export function mailOf({ function: name, diff }: Pick<Mutant, 'function' | 'diff'>): string {
  const head = [
    'From: A. Developer <dev@example.org>', 'To: list@example.org', 'Date: Mon, 3 Feb 2020 10:12:45 +0100', 'Message-ID: <mutant@example.org>',
    `Subject: [PATCH] kcov: change ${name}()`, '', `Change ${name}().`, '', 'Signed-off-by: A. Developer <dev@example.org>', '---',
  ];
  return `${head.join('\n')}\n${diff}-- \n2.25.0\n`;
}
