/** @module The models of kcov, compiled for a scenario as a review compiles them. */
import { compile } from '../simulator/compile/compile.js';
import { configure } from '../simulator/ir/configure.js';
import { link } from '../simulator/ir/link.js';
import type { KcovModel } from '../simulator/kcov/model.js';
import { SCALED_AREA_WORDS } from '../simulator/kcov/operations.js';
import { environment } from '../simulator/kernel/environment.js';
import type { Code } from '../simulator/machine/code.js';
import type { KcovScenario } from '../simulator/scenario/kcov-scenario.js';
import { compiledFor } from '../simulator/scenario/scenario.js';

const CONFIG = { KCOV: true, KCOV_ENABLE_COMPARISONS: true };

export function kcovCode(model: KcovModel, scenario: KcovScenario): Code {
  const sizes = { CONFIG_KCOV_IRQ_AREA_SIZE: SCALED_AREA_WORDS, ...scenario.constants };
  const constants = new Map(Object.entries(sizes).map(([name, value]) => [name, BigInt(value)]));
  return compile(link(environment, ...model.files.map((file) => configure(file, CONFIG))), { constants, hashBuckets: 2, ...compiledFor(scenario) });
}
