/**
 * @module Doubly linked lists and hash chains as loads and stores, so that an unprotected use shows as what it is: a lost
 * or dangling link. Marked accesses as in include/linux/list.h (v5.5, 6.1), where the two differ as in 6.1. The checks of
 * CONFIG_DEBUG_LIST are left out.
 */
import {
  call, deref, file, fn, if_, int, name, not, pointer, ref, ret, set, struct, structType,
} from '../ir/build.js';
import type { Code, Item, Operand, Term } from '../ir/build.js';
import type { CType, Program } from '../ir/program.js';

const link = pointer(structType('list_head'));
const node = pointer(structType('hlist_node'));
const head = pointer(structType('hlist_head'));

/** A marked store. */
function mark(target: Operand, value: Operand): Term {
  return call('WRITE_ONCE', target, value);
}

type Types = Readonly<Record<string, CType>>;

/** A static inline function that returns nothing. */
function inline<const P extends Types>(name: string, takes: P, body: (names: { [K in keyof P]: Term }) => readonly Code[]): Item {
  return fn(name, { is: 'static inline', takes, body });
}

/** A static inline function whose body is one return. */
function test<const P extends Types>(name: string, takes: P, value: (names: { [K in keyof P]: Term }) => Operand): Item {
  return fn(name, { is: 'static inline', returns: int, takes, body: (names) => [ret(value(names))] });
}

const doublyLinked: readonly Item[] = [
  inline('INIT_LIST_HEAD', { list: link }, ({ list }) => [
    mark(list.to('next'), list),
    mark(list.to('prev'), list),
  ]),
  inline('__list_add', { new: link, prev: link, next: link }, ({ new: fresh, prev, next }) => [
    set(next.to('prev'), fresh),
    set(fresh.to('next'), next),
    set(fresh.to('prev'), prev),
    mark(prev.to('next'), fresh),
  ]),
  inline('list_add', { new: link, head: link }, ({ new: fresh, head: list }) => [
    call('__list_add', fresh, list, list.to('next')),
  ]),
  inline('list_add_tail', { new: link, head: link }, ({ new: fresh, head: list }) => [
    call('__list_add', fresh, list.to('prev'), list),
  ]),
  inline('__list_del', { prev: link, next: link }, ({ prev, next }) => [
    set(next.to('prev'), prev),
    mark(prev.to('next'), next),
  ]),
  inline('__list_del_entry', { entry: link }, ({ entry }) => [
    call('__list_del', entry.to('prev'), entry.to('next')),
  ]),
  inline('list_del', { entry: link }, ({ entry }) => [
    call('__list_del_entry', entry),
    set(entry.to('next'), 'LIST_POISON1'),
    set(entry.to('prev'), 'LIST_POISON2'),
  ]),
  inline('list_del_init', { entry: link }, ({ entry }) => [
    call('__list_del_entry', entry),
    call('INIT_LIST_HEAD', entry),
  ]),
  inline('list_move', { list: link, head: link }, ({ list, head: to }) => [
    call('__list_del_entry', list),
    call('list_add', list, to),
  ]),
  inline('list_move_tail', { list: link, head: link }, ({ list, head: to }) => [
    call('__list_del_entry', list),
    call('list_add_tail', list, to),
  ]),
  test('list_empty', { head: link }, ({ head: list }) => call('READ_ONCE', list.to('next')).eq(list)),
];

const chains: readonly Item[] = [
  inline('INIT_HLIST_NODE', { h: node }, ({ h }) => [
    set(h.to('next'), 'NULL'),
    set(h.to('pprev'), 'NULL'),
  ]),
  test('hlist_unhashed', { h: node }, ({ h }) => not(h.to('pprev'))),
  test('hlist_empty', { h: head }, ({ h }) => not(call('READ_ONCE', h.to('first')))),
  fn('__hlist_del', {
    is: 'static inline', takes: { n: node },
    locals: { next: [node, name('n').to('next')], pprev: [pointer(node), name('n').to('pprev')] },
    body: ({ next, pprev }) => [
      mark(deref(pprev), next),
      if_(next,
        mark(next.to('pprev'), pprev)),
    ],
  }),
  inline('hlist_del', { n: node }, ({ n }) => [
    call('__hlist_del', n),
    set(n.to('next'), 'LIST_POISON1'),
    set(n.to('pprev'), 'LIST_POISON2'),
  ]),
  inline('hlist_del_init', { n: node }, ({ n }) => [
    if_(not(call('hlist_unhashed', n)), [
      call('__hlist_del', n),
      call('INIT_HLIST_NODE', n),
    ]),
  ]),
  fn('hlist_add_head', {
    is: 'static inline', takes: { n: node, h: head }, locals: { first: [node, name('h').to('first')] },
    body: ({ n, h, first }) => [
      mark(n.to('next'), first),
      if_(first,
        mark(first.to('pprev'), ref(n.to('next')))),
      mark(h.to('first'), n),
      mark(n.to('pprev'), ref(h.to('first'))),
    ],
  }),
];

/** struct list_head, hlist_head and hlist_node with the functions on them. Iterators and container_of() are the machine's. */
export const lists: Program = file('include/linux/list.h', [
  struct('list_head', { next: link, prev: link }),
  struct('hlist_head', { first: node }),
  struct('hlist_node', { next: node, pprev: pointer(node) }),
  ...doublyLinked,
  ...chains,
]);
