/**
 * @module Programs of `kcovet repro` on real kernels: each change of ./one-line-changes.ts is reviewed as a patch, a program is made
 * of what is found, and it must say "shown" on the kernel with the change, and "not shown" on the one without.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { imageOf } from '../../../src/apply/model-image.js';
import { unifiedDiff } from '../../../src/apply/unified.js';
import { submissionOfDiff } from '../../../src/mail/texts.js';
import type { BaseInput } from '../../../src/review/base-input.js';
import { reproSubmission } from '../../../src/review/repro-submission.js';
import { reviewSubmission } from '../../../src/review/review-submission.js';
import { bootProgram } from './boot.js';
import type { Machine, Tried } from './boot.js';
import type { BuildOptions, Built } from './build.js';
import { buildKernel } from './build.js';
import type { Disagreement } from './compare.js';
import type { Held } from './held.js';
import { ONE_LINE_CHANGES } from './one-line-changes.js';
import type { OneLineChange } from './one-line-changes.js';
import { KCOV } from './port.js';

const HEADERS = ['include/linux/kcov.h', 'include/uapi/linux/kcov.h', 'include/linux/sched.h'];
const STATES_MAX = 400_000;
const SHOWN = 0;
const NOT_SHOWN = 1;

const linesOf = (text: string): string[] => text.replace(/\n$/u, '').split('\n');

/** The file with a change; throws where it does not fit. */
function changed(text: string, { what, find, by }: OneLineChange): string {
  if (!find.test(text)) throw new Error(`"${what}": ${String(find)} is not in ${KCOV}: state it anew in test/conformance/kernel/one-line-changes.ts`);
  return text.replace(find, by);
}

/** The program for what a change violates. */
async function programFor(change: OneLineChange, source: string, mutant: string): Promise<string> {
  const before = readFileSync(path.join(source, KCOV), 'utf8');
  const files = new Map([KCOV, ...HEADERS].map((file) => [file, file === KCOV ? before : readFileSync(path.join(source, file), 'utf8')]));
  const base: BaseInput = { kind: 'tree', label: path.basename(path.dirname(source)), files, blobs: new Map(), steps: [], guessed: false };
  const submission = submissionOfDiff('change', change.what, unifiedDiff(imageOf(KCOV, linesOf(before)), imageOf(KCOV, linesOf(mutant))));
  const review = await reviewSubmission(submission, { states: STATES_MAX, bounds: {}, base, scenarios: [change.scenario] });
  const why: string[] = [];
  for (const finding of review.findings.filter(({ property }) => property === change.property)) {
    for (const { schedule } of finding.evidence) {
      const made = schedule === null ? null : await reproSubmission(submission, schedule, { bounds: {}, base, question: finding.question });
      if (made?.kind === 'program') return made.text;
      if (made) why.push(made.why);
    }
  }
  throw new Error(`"${change.what}": no program: ${why.join('; ') || `${change.scenario} shows no ${change.property}`}`);
}

/** Builds a program as the binary of that name. */
function compiled(program: string, binary: string): string {
  writeFileSync(`${binary}.c`, program);
  execFileSync('gcc', ['-Wall', '-Wextra', '-Werror', '-O2', '-pthread', '-static', '-o', binary, `${binary}.c`], { stdio: ['ignore', 'ignore', 'inherit'] });
  return binary;
}

/** What is not as it must be; null where all is. */
function judged({ what }: OneLineChange, without: Tried, with_: Tried): Disagreement | null {
  if (without.status === NOT_SHOWN && with_.status === SHOWN) return null;
  const text = ({ status, says }: Tried): string => `exit status ${status ?? 'none'}, ${says}`;
  return { sequence: [], line: 0, kernel: `without: ${text(without)}; with the change: ${text(with_)}`, simulator: `a program for "${what}": not shown, and shown` };
}

/** All changes on one version. */
export async function holdReproducers({ accelerator, ...options }: Pick<BuildOptions, 'version' | 'cache' | 'say'> & { readonly accelerator: string }): Promise<Held> {
  const { say } = options;
  const built = buildKernel({ ...options, instrumented: true });
  const text = readFileSync(path.join(built.source, KCOV), 'utf8');
  const folder = mkdtempSync(path.join(tmpdir(), 'kcovet-repro-'));
  const disagreements: Disagreement[] = [];
  try {
    const init = path.join(folder, 'runner');
    execFileSync('gcc', ['-Wall', '-Wextra', '-Werror', '-O2', '-static', '-o', init, path.resolve('test/conformance/kernel/runner.c')], { stdio: ['ignore', 'ignore', 'inherit'] });
    const machine = ({ kernel }: Built): Machine => ({ kernel, init, accelerator });
    const tried: { change: OneLineChange; mutant: string; program: string }[] = [];
    for (const [i, change] of ONE_LINE_CHANGES.entries()) {
      const mutant = changed(text, change);
      tried.push({ change, mutant, program: compiled(await programFor(change, built.source, mutant), path.join(folder, `program-${i}`)) });
      say(`${change.what}: a program is made, ${i + 1} of ${ONE_LINE_CHANGES.length}`);
    }
    for (const { change, mutant, program } of tried) {
      const without = await bootProgram(machine(built), program);
      say(`${change.what}: without it ${without.says}`);
      const with_ = await bootProgram(machine(buildKernel({ ...options, instrumented: true, files: new Map([[KCOV, mutant]]), say: () => undefined })), program);
      say(`${change.what}: with it ${with_.says}`);
      const disagreement = judged(change, without, with_);
      if (disagreement) disagreements.push(disagreement);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { row: { what: 'programs of kcovet repro', compared: ONE_LINE_CHANGES.length, disagreements: disagreements.length, note: 'shown with a bug put in, not shown without' }, disagreements };
}
