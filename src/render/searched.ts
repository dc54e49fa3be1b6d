/**
 * @module The sentences that say what was run, within which bounds, and what was not: a bounded result is never called a
 * proof, and what could not be placed, modelled or finished is named.
 */
import type { Review, ScenarioRun } from '../review/review.js';
import { few, plural } from './count.js';
import { failedInWords } from './hunks.js';
import { clean } from './line.js';

/** Items of a list that are named before "and n more". */
const NAMED_MAX = 6;

/** A list with its tail counted instead of named. */
export function listed(items: readonly string[], max: number = NAMED_MAX): string {
  const unique = [...new Set(items.map((item) => clean(item).replace(/; /gu, ', ').replace(/\.$/u, '')))];
  const shown = unique.slice(0, max).join('; ');
  return unique.length > max ? `${shown}; and ${unique.length - max} more` : shown;
}

/** Runs of the patched Program; those of the base when nothing could be patched. */
export function countedRuns(review: Review): readonly ScenarioRun[] {
  const post = review.scenarios.filter((run) => run.image === 'post');
  return post.length > 0 || review.unaffected ? post : review.scenarios;
}

/** Words for a bound's name: irqBudget is "irq budget". */
function boundInWords(name: string): string {
  return clean(name).replace(/([a-z])([A-Z])/gu, '$1 $2').toLowerCase();
}

/** Bounds of the work, not of what may happen. */
const budgets = new Set(['states']);

/** The widest bound of each name over all runs. */
function widestOf(runs: readonly ScenarioRun[]): Map<string, number> {
  const widest = new Map<string, number>();
  for (const run of runs) {
    for (const [name, value] of Object.entries(run.bounds)) if (!budgets.has(name)) widest.set(name, Math.max(value, widest.get(name) ?? value));
  }
  return widest;
}

/** Names of a bound, and its words. */
type Bound = readonly [names: readonly string[], word: (n: number) => string];

/** What every reader asks first: how many CPUs, and which interrupts. */
const MAIN: readonly Bound[] = [
  [['cpus', 'cpu'], (n) => few(n, 'CPU')],
  [['softirq', 'softirqs'], (n) => few(n, 'softirq')],
  [['hardirq', 'hardirqs'], (n) => few(n, 'hardirq')],
  [['nmi', 'nmis'], (n) => few(n, 'NMI')],
];

const OTHERS: readonly Bound[] = [
  [['early'], (n) => `${few(n, 'arrival')} of early irq code`],
  [['compiler-reorderings'], (n) => `${few(n, 'reordering')} by the compiler`],
  [['cpu-reorderings'], (n) => `${few(n, 'reordering')} between CPUs`],
  [['kill'], (n) => few(n, 'killed task')],
  [['fork'], (n) => few(n, 'fork')],
  [['userWrite'], (n) => few(n, 'hostile write')],
  [['preemptions', 'preempts'], (n) => few(n, 'preemption')],
  [['migrations'], (n) => few(n, 'migration')],
];

function inOrder(widest: ReadonlyMap<string, number>, bounds: readonly Bound[]): string[] {
  return bounds.flatMap(([names, word]) => {
    const value = names.map((name) => widest.get(name)).find((n) => n !== undefined) ?? 0;
    return value > 0 ? [word(value)] : [];
  });
}

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** "2 CPUs, one softirq and one NMI": CPUs and interrupts, the widest bounds of all runs, in a fixed order. */
export function boundsInWords(runs: readonly ScenarioRun[]): string {
  return joined(inOrder(widestOf(runs), MAIN));
}

/** "one killed task and one preemption": the bounds that the opening leaves out. */
export function otherBoundsInWords(runs: readonly ScenarioRun[]): string {
  const widest = widestOf(runs);
  const known = new Set([...MAIN, ...OTHERS].flatMap(([names]) => names));
  const rest = [...widest].filter(([name, value]) => value > 0 && !known.has(name)).map(([name, value]) => `${boundInWords(name)} ${value}`);
  return joined([...inOrder(widest, OTHERS), ...rest.sort()]);
}

/** Hex digits of a blob id that are shown, as git does in a large repository. */
const BLOB_DIGITS = 12;

/** What a base is known by. */
export interface BaseNames {
  readonly path: string;
  /** Its version where it has one, or what else it is called. */
  readonly label: string;
  /** First digits of the blob id; '' where there is none. */
  readonly blob: string;
}

/** The file that the base is known by, and its names. */
export function baseNamesOf(review: Review): BaseNames {
  const { kind, files, label } = review.base;
  const main = files.find((file) => file.path === 'kernel/kcov.c');
  const known = main && main.blob !== null ? main : files.find((file) => file.blob !== null);
  const path = clean((main ?? known ?? files[0])?.path ?? 'kernel/kcov.c');
  const named = main ?? known;
  const blob = named?.blob === null || named?.blob === undefined ? '' : clean(named.blob).slice(0, BLOB_DIGITS);
  const version = kind === 'model' ? /\bv\d+\.\d[\w.-]*/u.exec(label)?.[0] : undefined;
  return { path, label: version ?? clean(label), blob };
}

/** "on a model of kernel/kcov.c (v5.5, base f50354202dbe)": what the patch was run on. */
export function baseInWords(review: Review): string {
  const { path, label, blob } = baseNamesOf(review);
  if (review.base.kind === 'model') return `on a model of ${path} (${[label, ...(blob === '' ? [] : [`base ${blob}`])].join(', ')})`;
  return `on ${path} of ${label}${blob === '' ? '' : ` (base ${blob})`}`;
}

/** "3 of them stopped after 20 s (one at 31 k states)": the reason as the runs give it, and how far each came. */
function stoppedInWords(runs: readonly ScenarioRun[]): string {
  const why = clean(runs[0]?.gaveUp ?? 'stopped').replace(/, \d+ states$/u, '');
  return `${runs.length} of them ${why} (${listed(runs.map((run) => `${run.name} at ${plural(run.states, 'state')}`))})`;
}

/** "34 scenarios, 1.1 M states, all searched to the end", or how many were not. */
export function extentInWords(review: Review): string {
  const runs = countedRuns(review);
  const states = runs.reduce((sum, run) => sum + run.states, 0);
  const names = new Set(runs.map((run) => run.name));
  const stopped = runs.filter((run) => run.stopped);
  const limited = runs.filter((run) => run.verdict === 'gaveUp' && !run.stopped);
  const isCut = (run: ScenarioRun): boolean => run.gaveUp === undefined && review.notModelled.length > 0;
  const gaveUp = new Set(limited.filter((run) => !isCut(run)).map((run) => run.name));
  const cut = new Set(limited.filter((run) => isCut(run) && !gaveUp.has(run.name)).map((run) => run.name));
  const limit = limited.some((run) => run.gaveUp?.endsWith(' MB')) ? 'states or memory' : 'states';
  const ends = [
    ...(gaveUp.size === 0 ? [] : [`${gaveUp.size} of them given up at the limit of ${limit} (${listed([...gaveUp], 3)})`]),
    ...(cut.size === 0 ? [] : [`${cut.size} of them only up to what is not modelled (${listed([...cut], 3)})`]),
    ...(stopped.length === 0 ? [] : [stoppedInWords(stopped)]),
  ];
  const bystanders = review.unaffected?.length ?? 0;
  const others = bystanders === 0 ? '' : `; the patch does not affect ${plural(bystanders, 'other')}`;
  const end = ends.length === 0 ? `${names.size === 1 ? '' : 'all '}searched to the end` : ends.join(', ');
  return `${plural(names.size, 'scenario')}, ${plural(states, 'state')}, ${end}${others}`;
}

/** The opening paragraph where there is room: that kcovet is a program, what it ran, on which base, within which bounds. */
export function openingOf(review: Review): string {
  const runs = countedRuns(review);
  const bystanders = review.unaffected?.length ?? 0;
  if (runs.length === 0 && bystanders > 0) return `kcovet is a program: it put this patch ${baseInWords(review)}, where it affects none of ${plural(bystanders, 'scenario')}.`;
  if (runs.length === 0) return `kcovet is a program: it put this patch ${baseInWords(review)} and had nothing to run.`;
  const bounds = boundsInWords(runs);
  const within = bounds === '' ? '' : ` with up to ${bounds}`;
  return `kcovet is a program: it ran this patch ${baseInWords(review)}${within}: ${extentInWords(review)}. `
    + 'Questions only about what this patch changes; it may be wrong.';
}

/** A problem of the input, shorter where the form is known: "patch 2 of 2". */
function problemInWords(what: string): string {
  return what.replace(/^the series has (\d+) patches; not in the input: (.+)$/u, (_, of: string, missing: string) =>
    `${/^\d+$/u.test(missing) ? 'patch' : 'patches'} ${missing} of ${of}`);
}

/** What of the submission could not be seen or placed. */
function notSeen(review: Review): string[] {
  const problems = review.problems.map((problem) => problemInWords(problem.what));
  const failures = review.failures.map((failure) => {
    const name = failure.rule ?? failure.scenario;
    return name === undefined ? failure.what : `${name}: ${failure.what}`;
  });
  return [...failedInWords(review), ...problems, ...failures];
}

/** What the model leaves out, from the review itself. */
function notModelled(review: Review): string[] {
  return review.notModelled.map((one) => {
    const at = one.place.function === '' ? '' : ` in ${one.place.function}()`;
    return `${one.text.replace(/\s+/gu, ' ').replace(/;$/u, '')}${at} (${one.why})`;
  });
}

/** Sizes that the model makes small: everybody's concern only when something depends on them. */
const isScaling = (assumption: string): boolean => /\bis scaled to\b/u.test(assumption);

/** "Not seen: … Not modelled: …" and what was assumed; the latter two only of what ran. Never empty: silence about limits would be a claim. */
export function limitsOf(review: Review): string {
  const seen = notSeen(review);
  const modelled = notModelled(review);
  const assumed = review.assumptions.filter((one) => !isScaling(one));
  const scaled = review.assumptions.some(isScaling) ? ['sizes are scaled down'] : [];
  const ran = review.scenarios.length > 0;
  const sentences = [
    `Not seen: ${seen.length === 0 ? 'nothing' : listed(seen)}.`,
    ...(ran || modelled.length > 0 ? [`Not modelled: ${modelled.length === 0 ? 'nothing in the code that ran' : listed(modelled)}.`] : []),
    ...(review.assumptions.length === 0 || !ran ? [] : [`Assumed: ${listed([...assumed, ...scaled])}.`]),
  ];
  return sentences.join(' ').replace(/\.\.(?=\s|$)/gu, '.');
}

/** What `limitsOf` and the opening leave out, for who wants to see everything; null when there is nothing. */
export function detailsOf(review: Review): string | null {
  const scaled = review.assumptions.filter(isScaling);
  const bounds = otherBoundsInWords(countedRuns(review));
  const sentences = [...(bounds === '' ? [] : [`Other bounds: ${bounds}.`]), ...(scaled.length === 0 ? [] : [`Scaled: ${listed(scaled)}.`])];
  return sentences.length === 0 ? null : sentences.join(' ');
}
