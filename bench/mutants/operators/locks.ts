/** @module Operators on locks and interrupt flags: dropped, weakened, moved. */
import { callIn, callStatements, isMark, jumps, LOCK, pairs, UNLOCK } from '../calls.js';
import type { Pair } from '../calls.js';
import { semantic } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import { regions, rewritten } from '../regions.js';
import type { Source } from '../source.js';

const isLock = (name: string | null): boolean => LOCK.test(name ?? ' ');
const isUnlock = (name: string | null): boolean => UNLOCK.test(name ?? ' ');

/** Calls that save or restore flags, with the flags taken out of them. */
function withoutFlags(suffix: string): (source: Source) => Site[] {
  return (source) => regions(source).filter(({ calls }) => calls.some(({ statement }) => /_irqsave$/u.test(callIn(statement) ?? ''))).map(({ function: name, line, calls }) => ({
    function: name, line,
    edits: calls.map((call) => rewritten(source, call, (text) => text.replace(/_(?:irqsave|irqrestore)\(/u, `${suffix}(`).replace(/, flags\)/u, ')'))),
  }));
}

const moved = (source: Source, fits: (pair: Pair) => boolean): Site[] =>
  pairs(source.siblings).filter(fits).map(({ function: def, first, second }) => ({ function: def.name, line: first.place.line, edits: source.swap(first, second) }));

const movable = (s: Pair['first']): boolean => !isMark(s) && !jumps(s) && s.kind !== 'declaration' && !isLock(callIn(s)) && !isUnlock(callIn(s));

const dropped = (source: Source, name: RegExp): Site[] =>
  callStatements(source, name).map(({ function: def, statement }) => ({ function: def.name, line: statement.place.line, edits: [source.remove(statement)] }));

export const locks: readonly Operator[] = [
  semantic({
    id: 'drop-lock-pair', kind: 'lock', does: 'takes a lock away, with all calls that give it back',
    sites: (source) => regions(source).map(({ function: name, line, calls }) => ({ function: name, line, edits: calls.map(({ statement }) => source.remove(statement)) })),
  }),
  semantic({ id: 'drop-unlock', kind: 'lock', does: 'forgets to give a lock back on one path', sites: (source) => dropped(source, UNLOCK) }),
  semantic({ id: 'drop-lock', kind: 'lock', does: 'gives a lock back that was not taken', sites: (source) => dropped(source, LOCK) }),
  semantic({ id: 'plain-lock', kind: 'irq flags', does: 'takes a lock without turning interrupts off', sites: withoutFlags('') }),
  semantic({
    id: 'drop-irq-restore', kind: 'irq flags', does: 'gives a lock back and leaves interrupts off',
    sites: (source) => callStatements(source, /_unlock_irqrestore$|^local_irq_restore$/u).map((placed) => ({
      function: placed.function.name, line: placed.statement.place.line, edits: [rewritten(source, placed, (text) => text.replace('_irqrestore(', '(').replace(/, flags\)/u, ')'))],
    })),
  }),
  semantic({ id: 'irqs-on-at-unlock', kind: 'irq flags', does: 'turns interrupts on at the end, however they were', sites: withoutFlags('_irq') }),
  semantic({
    id: 'unlock-earlier', kind: 'across unlock', does: 'moves a statement from under a lock behind the unlock',
    sites: (source) => moved(source, ({ first, second }) => movable(first) && isUnlock(callIn(second))),
  }),
  semantic({
    id: 'lock-later', kind: 'across unlock', does: 'moves a statement from under a lock before the lock is taken',
    sites: (source) => moved(source, ({ first, second }) => isLock(callIn(first)) && movable(second)),
  }),
  semantic({
    id: 'unlock-later', kind: 'wider lock', does: 'keeps a lock for one statement more',
    sites: (source) => moved(source, ({ first, second }) => isUnlock(callIn(first)) && movable(second)),
  }),
  semantic({
    id: 'lock-earlier', kind: 'wider lock', does: 'takes a lock one statement earlier',
    sites: (source) => moved(source, ({ first, second }) => movable(first) && isLock(callIn(second))),
  }),
];
