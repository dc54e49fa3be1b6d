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
function countedRuns(review: Review): readonly ScenarioRun[] {
  const post = review.scenarios.filter((run) => run.image === 'post');
  return post.length > 0 || review.unaffected ? post : review.scenarios;
}

/** Words for a bound's name: irqBudget is "irq budget". */
function boundInWords(name: string): string {
  return clean(name).replace(/([a-z])([A-Z])/gu, '$1 $2').toLowerCase();
}

/** Bounds of the work, not of what may happen. */
const budgets = new Set(['states']);

/** "2 CPUs, one softirq and one NMI": the widest bounds of all runs, in a fixed order. */
export function boundsInWords(runs: readonly ScenarioRun[]): string {
  const widest = new Map<string, number>();
  for (const run of runs) {
    for (const [name, value] of Object.entries(run.bounds)) if (!budgets.has(name)) widest.set(name, Math.max(value, widest.get(name) ?? value));
  }
  const words: string[] = [];
  const take = (names: readonly string[], word: (n: number) => string): void => {
    const name = names.find((one) => widest.has(one));
    const value = name === undefined ? undefined : widest.get(name);
    if (name === undefined || value === undefined) return;
    widest.delete(name);
    if (value > 0) words.push(word(value));
  };
  take(['cpus', 'cpu'], (n) => few(n, 'CPU'));
  take(['softirq', 'softirqs'], (n) => few(n, 'softirq'));
  take(['hardirq', 'hardirqs'], (n) => few(n, 'hardirq'));
  take(['early'], (n) => `${few(n, 'arrival')} of early irq code`);
  take(['nmi', 'nmis'], (n) => few(n, 'NMI'));
  take(['compiler-reorderings'], (n) => `${few(n, 'reordering')} by the compiler`);
  take(['cpu-reorderings'], (n) => `${few(n, 'reordering')} between CPUs`);
  take(['kill'], (n) => few(n, 'killed task'));
  take(['fork'], (n) => few(n, 'fork'));
  take(['userWrite'], (n) => few(n, 'hostile write'));
  take(['preemptions', 'preempts'], (n) => few(n, 'preemption'));
  take(['migrations'], (n) => few(n, 'migration'));
  const rest = [...widest].filter(([, value]) => value > 0).map(([name, value]) => `${boundInWords(name)} ${value}`);
  const all = [...words, ...rest.sort()];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** Hex digits of a blob id that are shown, as git does in a large repository. */
const BLOB_DIGITS = 12;

/** "on a model of kernel/kcov.c (v5.5, base f50354202dbe)": what the patch was run on, the file that the base is known by. */
export function baseInWords(review: Review): string {
  const { kind, files, label } = review.base;
  const main = files.find((file) => file.path === 'kernel/kcov.c');
  const known = main && main.blob !== null ? main : files.find((file) => file.blob !== null);
  const path = clean((main ?? known ?? files[0])?.path ?? 'kernel/kcov.c');
  const named = main ?? known;
  const blob = named?.blob === null || named?.blob === undefined ? '' : clean(named.blob).slice(0, BLOB_DIGITS);
  const version = /\bv\d+\.\d[\w.-]*/u.exec(label)?.[0] ?? clean(label);
  if (kind === 'model') return `on a model of ${path} (${[version, ...(blob === '' ? [] : [`base ${blob}`])].join(', ')})`;
  return `on ${path} of ${clean(label)}${blob === '' ? '' : ` (base ${blob})`}`;
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
  const gaveUp = new Set(limited.map((run) => run.name));
  const limit = limited.some((run) => run.gaveUp?.endsWith(' MB')) ? 'states or memory' : 'states';
  const ends = [
    ...(gaveUp.size === 0 ? [] : [`${gaveUp.size} of them given up at the limit of ${limit} (${listed([...gaveUp], 3)})`]),
    ...(stopped.length === 0 ? [] : [stoppedInWords(stopped)]),
  ];
  const bystanders = review.unaffected?.length ?? 0;
  const others = bystanders === 0 ? '' : `; ${plural(bystanders, 'other')} ${bystanders === 1 ? 'runs' : 'run'} nothing that the patch changes`;
  const end = ends.length === 0 ? `${names.size === 1 ? '' : 'all '}searched to the end` : ends.join(', ');
  return `${plural(names.size, 'scenario')}, ${plural(states, 'state')}, ${end}${others}`;
}

/** The opening paragraph: that kcovet is a program, what it ran, on which base, within which bounds. */
export function openingOf(review: Review): string {
  const runs = countedRuns(review);
  const bystanders = review.unaffected?.length ?? 0;
  if (runs.length === 0 && bystanders > 0) return `kcovet is a program: it put this patch ${baseInWords(review)}, where none of ${plural(bystanders, 'scenario')} runs anything that the patch changes.`;
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
    return `${one.text.replace(/\s+/gu, ' ')}${at} (${one.why})`;
  });
}

/** "Not seen: … Not modelled: …" and what was assumed; the latter two only of what ran. Never empty: silence about limits would be a claim. */
export function limitsOf(review: Review): string {
  const seen = notSeen(review);
  const modelled = notModelled(review);
  const assumed = review.assumptions;
  const ran = review.scenarios.length > 0;
  const sentences = [
    `Not seen: ${seen.length === 0 ? 'nothing' : listed(seen)}.`,
    ...(ran || modelled.length > 0 ? [`Not modelled: ${modelled.length === 0 ? 'nothing in the code that ran' : listed(modelled)}.`] : []),
    ...(assumed.length === 0 || !ran ? [] : [`Assumed: ${listed(assumed)}.`]),
  ];
  return sentences.join(' ').replace(/\.\.(?=\s|$)/gu, '.');
}
