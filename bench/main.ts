/** @module `npm run bench`: every figure of the search, of whole reviews and of mails in one run, and their pages in docs where that is asked for. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { againstSpin } from './figures/against-spin.js';
import { engines, observing } from './figures/engines.js';
import { printed } from './figures/figures.js';
import type { Effort, Figures } from './figures/figures.js';
import { growth } from './figures/growth.js';
import { levels } from './figures/levels.js';
import { loadText, machine, machineText } from './figures/machine.js';
import type { Machine } from './figures/machine.js';
import { mails } from './figures/mails.js';
import { plot } from './figures/plot.js';
import { reviews } from './figures/reviews.js';

const HELP = `npm run bench -- [--quick] [--reviews] [--mails] [--json] [--write-docs]

Measures the search: against SPIN where spin and gcc are here, at each level of
reduction, against the plain interpreter, with and without observations, and
how it grows; and how long whole reviews take, on the tree of KCOVET_LINUX too
where that is set; and how fast mails of a mirror are passed over, against git
cat-file alone. Takes about six minutes on an idle machine; each measurement
is a process of its own. Progress goes to standard error.

  --quick       small sizes and single runs, to see that it works
  --reviews     how long reviews take, and not the search
  --mails       how fast mails are passed over, and not the search
  --json        figures as JSON
  --write-docs  also writes docs/search.md, docs/search-growth.svg, docs/reviews.md
                and docs/mails.md
  --help        this

Exit status: 0, 1 where states or transitions differ that must not, 2 usage.
`;

function pageOf(title: string, on: Machine, figures: readonly Figures[]): string {
  return [
    `# ${title}`, '', 'Written by `npm run bench -- --write-docs`; `npm run bench` prints the same for the machine it runs on.', '',
    `${machineText(on)}.`, ...[loadText(on)].filter((line) => line !== null), '', ...figures.map(printed),
  ].join('\n');
}

/** The figures of the search, printed and written where that is asked for. */
async function searchFigures(effort: Effort, on: Machine, values: { json?: boolean; 'write-docs'?: boolean }): Promise<{ figures: Figures[]; curves: ReturnType<typeof growth>['curves'] }> {
  const grown = growth(effort);
  const figures: Figures[] = [await againstSpin(effort), levels(effort), engines(effort), observing(effort), grown.figures];
  const page = pageOf('The search in figures', on, figures);
  if (!values.json) process.stdout.write(page);
  if (values['write-docs']) {
    writeFileSync(path.join('docs', 'search.md'), `${page.trimEnd()}\n\n![Growth of states and seconds with CPUs, interrupts and hits, at levels 0 and 3](search-growth.svg)\n`);
    writeFileSync(path.join('docs', 'search-growth.svg'), plot(grown.curves, machineText(on)));
  }
  return { figures, curves: grown.curves };
}

/** What was wanted and not reached does not fail the run: a busy machine is no error. Counts that differ do. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, reviews: { type: 'boolean' }, mails: { type: 'boolean' }, json: { type: 'boolean' }, 'write-docs': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.quick && values['write-docs']) throw new Error('--quick is not for the docs');
  const began = performance.now();
  const effort: Effort = { quick: values.quick ?? false, says: (what) => process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${what}\n`) };
  const on = machine();
  const tell = (title: string, file: string, figures: readonly Figures[]): void => {
    if (figures.length === 0) return;
    const page = pageOf(title, on, figures);
    if (!values.json) process.stdout.write(page);
    if (values['write-docs']) writeFileSync(path.join('docs', file), `${page.trimEnd()}\n`);
  };
  const some = values.reviews || values.mails;
  const waited = values.reviews || !some ? [await reviews(effort)] : [];
  tell('Reviews in figures', 'reviews.md', waited);
  const passed = values.mails || !some ? [mails(effort)] : [];
  tell('Mails in figures', 'mails.md', passed);
  const searches = some ? null : await searchFigures(effort, on, values);
  const all = [...waited, ...passed, ...(searches?.figures ?? [])];
  if (values.json) process.stdout.write(`${JSON.stringify({ machine: on, figures: all, growth: searches?.curves ?? null }, null, 2)}\n`);
  effort.says('done');
  return all.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof TypeError && 'code' in error ? 2 : 1;
}
