/**
 * @module What a user can tell of a scenario: the results of calls, and the areas when everything has run. Compared are sets over
 * all executions, the patched image's against the base's: what is new on the patched side, and what no execution of it has any more. Fewer
 * interleavings of the same outcomes are no difference, since that is what a longer lock or another order of steps comes to.
 */
import { ERRNO } from '../../simulator/kernel/environment-constants.js';
import { coarseKey } from './incidents.js';
import type { ScenarioResult, Searched } from './subject.js';

/** One thing that differs, the first of its scenario. */
export interface Difference {
  readonly result: ScenarioResult;
  /** What differs: the result of an operation, or an area at the end. */
  readonly of: 'result' | 'area';
  /** The operation's label, or the device's name. */
  readonly what: string;
  /** As people say it, of all executions, sorted: what the base has, and what only the patched image has. */
  readonly before: readonly string[];
  readonly now: readonly string[];
}

function complete(searched: Searched | null): searched is Searched {
  return searched !== null && searched.exploration.gaveUp === null && searched.exploration.notModelled.length === 0;
}

/** "-EINVAL" for -22; other numbers as they are. */
export function resultName(result: string): string {
  const name = Object.entries(ERRNO).find(([, value]) => String(-value) === result)?.[0];
  return name === undefined ? result : `-${name}`;
}

/** Values of one set that the other does not have, sorted. */
const beyond = (set: Iterable<string>, other: ReadonlySet<string>): string[] => [...set].filter((one) => !other.has(one)).sort();

function resultDifference(result: ScenarioResult, pre: Searched, post: Searched): Difference | null {
  for (const [key, before] of pre.exploration.observations.results) {
    const after = post.exploration.observations.results.get(key) ?? new Set();
    const fresh = beyond(after, before);
    if (fresh.length > 0) return { result, of: 'result', what: key.replace(/^.*? \d+ /u, ''), before: [...before].sort().map(resultName), now: fresh.map(resultName) };
  }
  return null;
}

/** Areas of an ending by device, as kcovContract.outcome() writes them. */
function areasOf(ending: string): Map<string, string> {
  return new Map(ending.split('; ').filter((part) => part !== '').map((part) => [part.slice(0, part.indexOf(': ')), part.slice(part.indexOf(': ') + 2)]));
}

/** "PC1 PC2" or "nothing" of an area's records. */
function recordsName(area: string): string {
  const records = JSON.parse(area) as string[][];
  return records.length === 0 ? 'nothing' : records.map((words) => words.join('/')).join(' ');
}

function areaDifference(result: ScenarioResult, pre: Searched, post: Searched): Difference | null {
  const [before, after] = [pre.exploration.observations.endings, post.exploration.observations.endings];
  const [fresh] = beyond(after, before);
  const lost = fresh === undefined ? lostArea([...before], [...after]) : undefined;
  const changed = fresh === undefined ? lost : changedArea([...before], fresh);
  if (changed === undefined) return null;
  const areas = (endings: Iterable<string>): string[] => [...new Set([...endings].map((e) => recordsName(areasOf(e).get(changed) ?? '[]')))].sort();
  return { result, of: 'area', what: changed, before: areas(before), now: fresh === undefined ? areas(after) : areas([fresh]) };
}

/** The device whose area alone is new in an ending; else the first one. */
function changedArea(before: readonly string[], fresh: string): string | undefined {
  const areas = [...areasOf(fresh)];
  return (areas.find(([name, area]) => !before.some((e) => areasOf(e).get(name) === area)) ?? areas[0])?.[0];
}

/** A device that some execution gave a record which none gives it any more. */
function lostArea(before: readonly string[], after: readonly string[]): string | undefined {
  const records = (endings: readonly string[], name: string): Set<string> => new Set(endings.flatMap((e) => (JSON.parse(areasOf(e).get(name) ?? '[]') as string[][]).map((r) => r.join('/'))));
  const names = [...areasOf(before[0] ?? '').keys()];
  return after.length === 0 ? undefined : names.find((name) => beyond(records(before, name), records(after, name)).length > 0);
}

/** The first difference of a scenario that was searched to its end on both sides; null when there is none. */
export function differenceOf(result: ScenarioResult): Difference | null {
  const { pre, post } = result;
  if (!complete(pre) || !complete(post)) return null;
  return resultDifference(result, pre, post) ?? areaDifference(result, pre, post);
}

const keysOf = (searched: Searched | null, { scenario }: ScenarioResult): string[] => (searched?.exploration.found ?? []).map((found) => coarseKey(searched?.code as Searched['code'], scenario, found.violation));

/** True where a scenario violates what it did not, or no longer what it did: its outcomes differ because of that. */
export function isExplained(result: ScenarioResult): boolean {
  const [before, after] = [new Set(keysOf(result.pre, result)), new Set(keysOf(result.post, result))];
  return beyond(after, before).length > 0 || beyond(before, after).length > 0;
}
