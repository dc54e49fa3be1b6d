/** @module `npm run bench:mutants`: mutants of kcov as patches, what is asked about them, and docs/mutants.md. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadFrontEnd } from '../../src/c/front-end.js';
import { modelBases, treeBase } from './bases.js';
import type { MutantBase } from './bases.js';
import { mutantsOf } from './mutants.js';
import type { Mutant } from './mutants.js';
import type { Operator } from './operator.js';
import { operators as all } from './operators/index.js';
import { page } from './page.js';
import { randomOf, shuffled } from './random.js';
import { runMutants } from './run.js';
import type { Result } from './run.js';
import { verdictOf } from './verdict.js';

/** Seed of the published table. */
const SEED = 'kcovet-1';
/** Sites of one operator on one base. */
const PER_OPERATOR = 3;

const HELP = `npm run bench:mutants -- [options]

Changes kernel/kcov.c in many small ways, reviews each change as a patch, and
counts how often something is asked: of changes that mean something else it
should be, of changes that mean the same never. Bases are the models as C, and
the tree that KCOVET_LINUX names. Progress goes to standard error.

  --base NAME    only this base: model-v5.5, model-v6.12, tree; may be repeated
  --only NAME    only operators of this id or kind; may be repeated
  --id TEXT      only mutants whose id contains this; may be repeated
  --final        operators that are new in the final run, too
  --seed TEXT    other sites (${SEED})
  --sites N      sites for each operator and base at most (${PER_OPERATOR})
  --quick        one site for each operator, on the first base
  --list         only the mutants, none is reviewed
  --no-compare   survivors are not compared with the base: all count as missed
  --threads N    threads (one for each core)
  --json         every mutant with its diff and what was asked, as JSON
  --write-docs   also writes docs/mutants.md
  --help         this

Mutants are run in an order of their own, so that a run that Ctrl-C ends early
has some of all; what was judged until then is counted and written.

Exit status: 0 done, whatever was asked; 2 usage.
`;

const OPTIONS = {
  base: { type: 'string', multiple: true }, only: { type: 'string', multiple: true }, id: { type: 'string', multiple: true }, final: { type: 'boolean' },
  seed: { type: 'string' }, sites: { type: 'string' }, quick: { type: 'boolean' }, list: { type: 'boolean' }, 'no-compare': { type: 'boolean' }, threads: { type: 'string' }, json: { type: 'boolean' },
  'write-docs': { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
} as const;

type Flags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function numberOf(text: string | undefined, otherwise: number, name: string): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,3}$/u.test(text)) throw new UsageError(`--${name} ${text}: a number from 1 to 9999 is wanted`);
  return Number(text);
}

class UsageError extends Error {}

function chosenOperators(flags: Flags): Operator[] {
  const { only } = flags;
  const chosen = all.filter((o) => (flags.final || !o.held) && (!only || only.includes(o.id) || only.includes(o.kind)));
  if (chosen.length === 0) throw new UsageError(`no operator is called ${(only ?? []).join(' or ')}: ${all.map((o) => o.id).join(', ')}`);
  return chosen;
}

function chosenBases(flags: Flags, says: (what: string) => void): MutantBase[] {
  const tree = treeBase(process.env['KCOVET_LINUX']);
  if ('missing' in tree) says(`no real kernel/kcov.c: ${tree.missing}`);
  const bases = [...modelBases(), ...('missing' in tree ? [] : [tree])];
  const chosen = bases.filter((b, i) => (flags.quick ? i === 0 : !flags.base || flags.base.includes(b.name)));
  if (chosen.length === 0) throw new UsageError(`no base is called ${(flags.base ?? []).join(' or ')}: ${bases.map((b) => b.name).join(', ')}`);
  return chosen;
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({ options: OPTIONS });
  if (flags.help) return void process.stdout.write(HELP);
  const began = performance.now();
  const says = (what: string): void => void process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${what}\n`);
  const [bases, operators] = [chosenBases(flags, says), chosenOperators(flags)];
  const frontEnd = await loadFrontEnd();
  const seed = flags.seed ?? SEED;
  const perOperator = flags.quick ? 1 : numberOf(flags.sites, PER_OPERATOR, 'sites');
  const mutants = bases.flatMap((base) => mutantsOf(base, operators, { seed, perOperator, frontEnd })).filter((m) => !flags.id || flags.id.some((part) => m.id.includes(part)));
  says(`${mutants.length} mutants of ${bases.map((b) => b.label).join(', ')}`);
  if (flags.list) return list(mutants, flags.json ?? false);
  const byId = new Map(operators.map((o) => [o.id, o]));
  let done = 0;
  const onResult = (result: Result): void => {
    done += 1;
    says(`${done}/${mutants.length}  ${verdictOf(result, byId.get(result.mutant.operator) as Operator).padEnd(10)}  ${result.mutant.id}${summary(result)}`);
  };
  const isNeutral = (mutant: Mutant): boolean => byId.get(mutant.operator)?.semantic === false;
  const stop = new AbortController();
  process.once('SIGINT', () => {
    says('ending: what is under way is finished and counted');
    stop.abort();
  });
  const ran = await runMutants(bases, shuffled(mutants, randomOf(seed)), {
    threads: numberOf(flags.threads, availableParallelism(), 'threads'), judge: { compare: !flags['no-compare'] }, isNeutral, onResult, signal: stop.signal,
  });
  const results = mutants.flatMap((mutant) => ran.find((r) => r.mutant === mutant) ?? []);
  const text = page({ results, operators, bases, seed, perOperator, made: mutants.length, compared: !flags['no-compare'] });
  process.stdout.write(flags.json ? `${JSON.stringify({ seed, perOperator, bases: bases.map((b) => b.label), mutants: results.map((r) => asJson(r, byId)) }, null, 1)}\n` : text);
  if (flags['write-docs']) writeFileSync(path.join('docs', 'mutants.md'), text);
}

function list(mutants: readonly Mutant[], json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(mutants, null, 1)}\n` : mutants.map((m) => `${m.id}, line ${m.line}\n${m.diff}\n`).join(''));
}

const summary = ({ questions, differs, unseen }: Result): string =>
  [...questions.slice(0, 2).map((q) => `${q.rule} [${q.property}]`), ...(differs === null ? [] : [differs]), ...unseen.slice(0, 2)].map((one) => `  ${one}`).join(';');

function asJson({ mutant, ...judged }: Result, byId: ReadonlyMap<string, Operator>): unknown {
  const operator = byId.get(mutant.operator);
  return operator ? { ...mutant, kind: operator.kind, semantic: operator.semantic, held: operator.held ?? false, verdict: verdictOf(judged, operator), ...judged } : null;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench:mutants: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError || (error instanceof TypeError && 'code' in error) ? 2 : 1;
}
