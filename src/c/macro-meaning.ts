/**
 * @module What the body of a macro means where its spelling needs the preprocessor: `do { … } while (0)` is what it
 * encloses, and the numbers of ioctls are those of include/uapi/asm-generic/ioctl.h (v5.5 to v6.12).
 */
import type { Argument, BinaryOp, Expr, Stmt } from '../../simulator/ir/program.js';

/** Directions of _IOC(). */
const DIRECTION: ReadonlyMap<string, bigint> = new Map([['_IO', 0n], ['_IOW', 1n], ['_IOR', 2n], ['_IOWR', 3n]]);

const number = (value: bigint, suffix = ''): Expr => ({ kind: 'number', value, suffix });
const binary = (left: Expr, op: BinaryOp, right: Expr): Expr => ({ kind: 'binary', op, left, right });

/** The number of an ioctl: direction, size, type and number in their bits. */
function ioctlNumber(direction: bigint, args: readonly Argument[]): Expr | null {
  const [type, nr, size] = args;
  if (!type || type.kind === 'type' || !nr || nr.kind === 'type') return null;
  const letter = type.kind === 'number' ? number(type.value) : type;
  const head = binary(binary(number(direction, 'U'), '<<', number(30n)), '|', binary(letter, '<<', number(8n)));
  const base = binary(head, '|', nr);
  return size ? binary(base, '|', binary({ kind: 'sizeof', of: size }, '<<', number(16n))) : base;
}

/** The statements inside `do { … } while (0)`; null for anything else, and where a break would mean something else. */
function enclosed(body: readonly Stmt[]): readonly Stmt[] | null {
  const only = body.length === 1 ? body[0] : undefined;
  if (only?.kind !== 'doWhile' || only.body.kind !== 'block') return null;
  const once = only.test.kind === 'number' && only.test.value === 0n;
  const leaves = JSON.stringify(only.body, (_, v: unknown) => (typeof v === 'bigint' ? 0 : v)).match(/"kind":"(break|continue)"/);
  return once && !leaves ? only.body.body : null;
}

/** `e`, the body of a macro, with these spellings replaced by what they mean; otherwise `e` itself. */
export function macroMeaning(e: Expr): Expr {
  if (e.kind === 'call' && e.callee.kind === 'name') {
    const direction = DIRECTION.get(e.callee.name);
    return (direction === undefined ? null : ioctlNumber(direction, e.args)) ?? e;
  }
  if (e.kind !== 'statementExpression') return e;
  const body = enclosed(e.body);
  if (body === null) return e;
  const only = body.length === 1 ? body[0] : undefined;
  return only?.kind === 'expression' ? only.expr : { kind: 'statementExpression', body };
}
