/** @module Calls that take and give back one lock in one function. */
import { callIn, callStatements, firstArgument, LOCK, UNLOCK } from './calls.js';
import type { Edit, Placed, Source } from './source.js';

export interface Region {
  readonly function: string;
  /** Of the first call. */
  readonly line: number;
  readonly calls: readonly Placed[];
}

/** All lock and unlock calls of one lock in one function. */
export function regions(source: Source): Region[] {
  const all = [...callStatements(source, LOCK), ...callStatements(source, UNLOCK)];
  const groups = new Map<string, Placed[]>();
  for (const placed of all) {
    const key = `${placed.function.name} ${firstArgument(placed.statement)}`;
    groups.set(key, [...(groups.get(key) ?? []), placed]);
  }
  return [...groups.values()].flatMap((calls) => {
    const [first] = calls;
    return first && calls.some(({ statement }) => UNLOCK.test(callIn(statement) ?? ' ')) ? [{ function: first.function.name, line: first.statement.place.line, calls }] : [];
  });
}

/** The whole statement written as another one, in one line. */
export function rewritten(source: Source, { statement }: Placed, change: (text: string) => string): Edit {
  const text = source.linesOf(statement).trim().replace(/\s+/gu, ' ');
  return source.replace(statement, `${source.indentOf(statement.place.line)}${change(text)}\n`);
}

export const SPIN = /^spin_(?:un)?lock(?:_irqsave|_irqrestore)?$/u;

/** The lock of a region, as text. */
export const argumentOf = ({ calls: [first] }: Region): string => (first ? firstArgument(first.statement) : '');

/** Regions of spin locks of the common kinds. */
export const spinRegions = (source: Source): Region[] => regions(source).filter(({ calls }) => calls.every(({ statement }) => SPIN.test(callIn(statement) ?? '')));
