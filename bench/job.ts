/**
 * @module One measurement of ours, in a process of its own, so that each begins with a JIT that has seen nothing: what to
 * measure is the first argument, as JSON; what came of it is printed, as JSON.
 */
import { fileURLToPath } from 'node:url';
import { explore } from '../simulator/explore/explore.js';
import { explorePlainly } from '../simulator/explore/plain-search.js';
import type { Level } from '../simulator/engine/reduction.js';
import { contractFor } from '../simulator/kcov/contract.js';
import { kcovModels } from '../simulator/kcov/index.js';
import { silent } from '../simulator/promela/silent.js';
import { scenarios } from '../simulator/scenario/index.js';
import { kcovCode } from './kcov-code.js';
import { threadPatchCode, threadPatchScenario } from './thread-patch.js';
import type { Arrivals, Size } from './thread-patch.js';

export interface ThreadPatchJob extends Size {
  readonly kind: 'thread-patch';
  readonly arrivals: Arrivals;
  readonly level: Level;
  readonly statesMax: number;
  readonly observe: boolean;
}

export interface KcovJob {
  readonly kind: 'kcov';
  /** Version of the model. */
  readonly model: string;
  readonly engine: 'plain' | 'packed';
  readonly observe: boolean;
  /** Each scenario is searched so often, and its shortest time counts. */
  readonly times: number;
  /** Every how manieth scenario. */
  readonly every: number;
}

export interface Search {
  readonly name: string;
  readonly states: number;
  readonly transitions: number;
  /** Around the search; reading and compiling the program is not in it. */
  readonly seconds: number;
  /** It ended at its cap of states. */
  readonly capped: boolean;
}

export interface JobResult {
  readonly searches: readonly Search[];
  /** The largest the process has been, in megabytes. */
  readonly memoryMb: number;
}

function timed(name: string, search: () => { states: number; transitions: number; gaveUp: string | null }): Search {
  const began = performance.now();
  const { states, transitions, gaveUp } = search();
  return { name, states, transitions, seconds: (performance.now() - began) / 1000, capped: gaveUp !== null };
}

async function threadPatch(job: ThreadPatchJob): Promise<Search[]> {
  const [code, scenario] = [await threadPatchCode(job), threadPatchScenario(job.arrivals, job)];
  return [timed(scenario.name, () => explore(code, scenario, silent, job))];
}

/** More states than any scenario has on a model. */
const STATES_MAX = 200_000;

function kcov(job: KcovJob): Search[] {
  const model = kcovModels.find((one) => one.version === job.model);
  if (!model) throw new Error(`no model ${job.model}`);
  const search = job.engine === 'plain' ? explorePlainly : explore;
  return scenarios.filter((_, i) => i % job.every === 0).map((scenario) => {
    const code = kcovCode(model, scenario);
    const runs = Array.from({ length: job.times }, () => timed(scenario.name, () => search(code, scenario, contractFor(model.dialect), { statesMax: STATES_MAX, observe: job.observe })));
    return runs.reduce((best, run) => (run.seconds < best.seconds ? run : best));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const job = JSON.parse(process.argv[2] ?? '') as ThreadPatchJob | KcovJob;
  const searches = job.kind === 'kcov' ? kcov(job) : await threadPatch(job);
  const result: JobResult = { searches, memoryMb: process.resourceUsage().maxRSS / 1024 };
  process.stdout.write(JSON.stringify(result));
}
