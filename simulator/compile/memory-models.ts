/**
 * @module memcpy() and memset() as functions of the Program: words of eight bytes, then single bytes, one access each, since
 * others may see them half done. Areas that overlap, and those that are not aligned to four bytes, are not modelled.
 */
import { assign, cast, deref, file, fn, for_, name, pointer, ret, set, unsignedChar, unsignedLong, void_, while_ } from '../ir/build.js';
import type { Item, Operand, Term } from '../ir/build.js';
import type { CType, FunctionDef, Stmt } from '../ir/program.js';

const bytes = pointer(void_);

/** `*(type *)(base + i)` */
function at(type: CType, base: Term, i: Term): Term {
  return deref(cast(pointer(type), base.plus(i)));
}

/** Loops `i` through words and then through bytes, and returns the first argument. */
function overAll(i: Term, n: Term, body: (type: CType) => [target: Operand, value: Operand]): Stmt[] {
  return [
    for_([set(i, 0), i.plus(8).le(n), assign(i, 8, '+=')], set(...body(unsignedLong))),
    while_(i.lt(n), [set(...body(unsignedChar)), set(i, 1, '+=')]),
    ret('dst'),
  ];
}

const memcpy: Item = fn('__kcovet_memcpy', {
  returns: bytes, takes: { dst: bytes, src: bytes, n: unsignedLong }, locals: { i: unsignedLong },
  body: ({ dst, src, n, i }) => overAll(i, n, (type) => [at(type, dst, i), at(type, src, i)]),
});

/** Every byte of `word` is the byte to be written. */
const memset: Item = fn('__kcovet_memset', {
  returns: bytes, takes: { dst: bytes, word: unsignedLong, n: unsignedLong }, locals: { i: unsignedLong },
  body: ({ dst, i, n }) => overAll(i, n, (type) => [at(type, dst, i), name('word')]),
});

/** The functions that calls of memcpy() and memset() are compiled to. */
export const MEMORY_MODELS: readonly FunctionDef[] = file('<model>', [memcpy, memset]).functions;
