/**
 * @module Bases that were searched before, for whoever reviews many patches on one: its Program is compiled, its dialect
 * asked and its scenarios are searched once. Made and passed in by the caller, and as long-lived as the caller's hold on it. A
 * review is the same with it and without.
 */
import { Compiled, knowsRt, sectionsAllowed } from '../analysis/search.js';
import type { Searchable } from '../analysis/search.js';
import type { SearchAnswer, SearchLimits } from '../analysis/searcher.js';
import type { KcovScenario } from '../../simulator/scenario/index.js';
import type { Stage } from './base.js';

/** What decides an answer beside image and scenario. */
export interface AnswerSettings extends Pick<SearchLimits, 'statesMax' | 'memoryMax'> {
  readonly bounds: Readonly<Record<string, number>>;
}

/** An image that is ready to run, with what was found on it so far. */
export class KnownImage {
  private readonly answers = new Map<string, SearchAnswer>();

  constructor(readonly image: Searchable) {}

  answer(scenario: KcovScenario, settings: AnswerSettings): SearchAnswer | null {
    return this.answers.get(keyOf(scenario, settings)) ?? null;
  }

  /** Keeps an answer that another search would give again: what was stopped or failed may come out better the next time. */
  keep(scenario: KcovScenario, settings: AnswerSettings, answer: SearchAnswer): void {
    if ('exploration' in answer && !answer.exploration.stopped) this.answers.set(keyOf(scenario, settings), answer);
  }
}

function keyOf({ name }: KcovScenario, { statesMax, memoryMax, bounds }: AnswerSettings): string {
  return JSON.stringify([name, statesMax, memoryMax ?? null, Object.entries(bounds).sort()]);
}

export class KnownBases {
  private readonly images = new Map<string, KnownImage>();

  /** The base that a stage is; `integers`: Kconfig symbols that the patched Program uses, without CONFIG_. */
  imageOf({ images, program }: Stage, config: unknown, integers: readonly string[]): KnownImage {
    const key = JSON.stringify([config, integers, [...images].map(([path, { lines }]) => [path, lines])]);
    const known = this.images.get(key);
    if (known) return known;
    const made = new KnownImage(searchable(new Compiled(program, integers), knowsRt(program)));
    this.images.set(key, made);
    return made;
  }
}

/**
 * An image with what it allows, which is tried out when it is asked for. What the base of a patch allows is run on what the patch
 * makes of it, too: a refusal shows as coverage that is lost.
 */
export function searchable(compiled: Compiled, rt: boolean, base?: Searchable): Searchable {
  let allows: Searchable['allows'] | null = null;
  return {
    compiled, rt,
    get allows() {
      return (allows ??= new Set([...(base?.allows ?? []), ...sectionsAllowed(compiled)]));
    },
  };
}
