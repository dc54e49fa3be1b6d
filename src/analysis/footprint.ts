/**
 * @module What a scenario may run of a Program, told from the text: all that its operations, the initcalls and calls through
 * pointers can come to, with the types, variables and constants that is made of. Where none of it differs between two Programs
 * every execution of the scenario is the same on both. By names, and so too much rather than too little.
 */
import { CONTEXT_SWITCH, SWITCH_MODELS } from '../../simulator/compile/context-switch.js';
import { MEMORY_MODELS } from '../../simulator/compile/memory-models.js';
import { READER_MODEL } from '../../simulator/compile/reader-model.js';
import { RT_FUNCTIONS } from '../../simulator/compile/rt-lock-calls.js';
import { itemsOf } from '../../simulator/ir/items.js';
import type { Items } from '../../simulator/ir/items.js';
import type { Program } from '../../simulator/ir/program.js';
import { environment } from '../../simulator/kernel/environment.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import type { ScenarioResult } from './subject.js';

/** What operations and the contract read of a Program by name, whatever they call. */
const READ_BY_OPERATIONS: readonly string[] = [
  'task_struct', 'file', 'file_operations', 'vm_area_struct', 'kcov_remote_arg',
  'KCOV_INIT_TRACE', 'KCOV_ENABLE', 'KCOV_DISABLE', 'KCOV_REMOTE_ENABLE',
];

/** What the compiler calls of its own accord, such as hlist_add_head() for hash_add(): the same on both sides, unless a patch has its own. None of that calls through pointers. */
const OF_THE_KERNEL: readonly string[] = [...environment.functions, ...environment.macros, ...MEMORY_MODELS, ...RT_FUNCTIONS, ...READER_MODEL].map((item) => item.name);

/** Items that are found by a name put together: __free(x), guard(x). */
const PUT_TOGETHER = /^(?:function|macro|typedef|struct|prototype) (?:__free_|class_)/u;

const whole = new WeakMap<Program, Program>();

/** With the functions that the compiler adds. */
function withModels(program: Program): Program {
  const known = whole.get(program);
  if (known) return known;
  const made = { ...program, functions: [...program.functions, ...MEMORY_MODELS, ...SWITCH_MODELS, ...RT_FUNCTIONS, ...READER_MODEL] };
  whole.set(program, made);
  return made;
}

/** Keys that an operation's `calls` lead to. */
function calledKeys({ keysOf, pointed }: Items, call: string): string[] {
  if (!call.startsWith('.')) return [...keysOf(call)];
  const field = call.slice(1);
  return pointed.filter((p) => p.field === field || p.field === '').flatMap((p) => keysOf(p.function));
}

/** All of a scenario, or only what runs once its set-up is over. */
export type Part = 'whole' | 'actors';

/** What the operations of a scenario may call; null where one does not say. */
function callsOf(scenario: KcovScenario, part: Part): string[] | null {
  const operations = [...(part === 'whole' ? scenario.setUp : []), ...scenario.actors].flatMap((of) => of.operations);
  if (operations.some((operation) => operation.calls === undefined)) return null;
  return [...new Set(operations.flatMap((operation) => operation.calls ?? []))];
}

/** Keys of all that a scenario may come to on a Program; null where that cannot be told. */
function reached(program: Program, scenario: KcovScenario, part: Part): Set<string> | null {
  const calls = callsOf(scenario, part);
  if (!calls) return null;
  const items = itemsOf(withModels(program));
  const named = [...READ_BY_OPERATIONS, ...scenario.objects.flatMap((o) => o.struct ?? []), ...(part === 'whole' ? program.initcalls : []), ...(scenario.switchReturnAddress === undefined ? [] : [CONTEXT_SWITCH])];
  const roots = [...named.flatMap((name) => items.keysOf(name)), ...calls.flatMap((call) => calledKeys(items, call)), ...[...items.items.keys()].filter((key) => PUT_TOGETHER.test(key))];
  const found = new Set(roots);
  for (const key of found) {
    const item = items.items.get(key);
    for (const used of item?.uses ?? []) found.add(used);
    if (item?.callsPointers) for (const { function: name } of items.pointed) for (const used of items.keysOf(name)) found.add(used);
  }
  for (const key of OF_THE_KERNEL.flatMap((name) => items.keysOf(name))) found.add(key);
  for (const key of found) for (const used of items.items.get(key)?.uses ?? []) found.add(used);
  return found;
}

/** By Program, then by what scenarios call: what they reach. */
const cache = new WeakMap<Program, Map<string, Set<string> | null>>();

/** The footprint of a scenario on a Program: keys of items, see itemsOf(); null where it cannot be told. */
export function footprintOf(program: Program, scenario: KcovScenario, part: Part = 'whole'): ReadonlySet<string> | null {
  const ofProgram = cache.get(program) ?? new Map<string, Set<string> | null>();
  cache.set(program, ofProgram);
  const key = JSON.stringify([part, callsOf(scenario, part), scenario.objects.map((o) => o.struct ?? ''), scenario.switchReturnAddress === undefined]);
  const known = ofProgram.get(key);
  if (known !== undefined) return known;
  const made = reached(program, scenario, part);
  ofProgram.set(key, made);
  return made;
}

/** True if what was left out of a scenario that a patch does not affect may run a function. */
export function mayRun(program: Program, { scenario, unaffected }: Pick<ScenarioResult, 'scenario' | 'unaffected'>, name: string): boolean {
  return footprintOf(program, scenario, unaffected === 'after set-up' ? 'actors' : 'whole')?.has(`function ${name}`) ?? true;
}

export interface Change {
  readonly pre: Program;
  readonly post: Program;
  /** Functions that count as changed although they say the same. */
  readonly touched: ReadonlySet<string>;
}

/**
 * False where no execution of a scenario can differ between the two sides of a change, and none comes to a function that counts
 * as changed. Of the actors: where their part of it can not, as long as both sides begin it in the same state.
 */
export function affects({ pre, post, touched }: Change, scenario: KcovScenario, part: Part = 'whole'): boolean {
  if (part === 'whole' && pre.initcalls.join() !== post.initcalls.join()) return true;
  const [was, is] = [itemsOf(withModels(pre)).items, itemsOf(withModels(post)).items];
  const keys = [footprintOf(pre, scenario, part) ?? was.keys(), footprintOf(post, scenario, part) ?? is.keys()].flatMap((of) => [...of]);
  return keys.some((key) => was.get(key)?.text !== is.get(key)?.text || (key.startsWith('function ') && touched.has(key.slice('function '.length))));
}
