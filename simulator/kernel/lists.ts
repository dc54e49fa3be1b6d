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
  inline('list_replace', { old: link, new: link }, ({ old, new: fresh }) => [
    set(fresh.to('next'), old.to('next')),
    set(fresh.to('next').to('prev'), fresh),
    set(fresh.to('prev'), old.to('prev')),
    set(fresh.to('prev').to('next'), fresh),
  ]),
  inline('__list_splice', { list: link, prev: link, next: link }, ({ list, prev, next }) => [
    set(list.to('next').to('prev'), prev),
    set(list.to('prev').to('next'), next),
    set(next.to('prev'), list.to('prev')),
    set(prev.to('next'), list.to('next')),
  ]),
  inline('list_splice', { list: link, head: link }, ({ list, head: to }) => [
    if_(not(call('list_empty', list)), [call('__list_splice', list, to, to.to('next'))]),
  ]),
  inline('list_splice_init', { list: link, head: link }, ({ list, head: to }) => [
    if_(not(call('list_empty', list)), [
      call('__list_splice', list, to, to.to('next')),
      call('INIT_LIST_HEAD', list),
    ]),
  ]),
  // include/linux/rculist.h: the list is right for readers at every step.
  inline('__list_add_rcu', { new: link, prev: link, next: link }, ({ new: fresh, prev, next }) => [
    set(fresh.to('next'), next),
    set(fresh.to('prev'), prev),
    call('smp_store_release', ref(prev.to('next')), fresh),
    set(next.to('prev'), fresh),
  ]),
  inline('list_add_rcu', { new: link, head: link }, ({ new: fresh, head: list }) => [
    call('__list_add_rcu', fresh, list, list.to('next')),
  ]),
  inline('list_add_tail_rcu', { new: link, head: link }, ({ new: fresh, head: list }) => [
    call('__list_add_rcu', fresh, list.to('prev'), list),
  ]),
  inline('list_del_rcu', { entry: link }, ({ entry }) => [
    call('__list_del_entry', entry),
    set(entry.to('prev'), 'LIST_POISON2'),
  ]),
  test('list_is_first', { list: link, head: link }, ({ list, head: of }) => list.to('prev').eq(of)),
  test('list_is_last', { list: link, head: link }, ({ list, head: of }) => list.to('next').eq(of)),
  test('list_is_head', { list: link, head: link }, ({ list, head: of }) => list.eq(of)),
  fn('list_is_singular', {
    is: 'static inline', returns: int, takes: { head: link },
    body: ({ head: list }) => [
      if_(call('list_empty', list), [ret(0)]),
      ret(list.to('next').eq(list.to('prev'))),
    ],
  }),
  test('list_empty', { head: link }, ({ head: list }) => call('READ_ONCE', list.to('next')).eq(list)),
];

const chains: readonly Item[] = [
  inline('INIT_HLIST_HEAD', { h: head }, ({ h }) => [
    set(h.to('first'), 'NULL'),
  ]),
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

/** include/linux/rculist.h. */
const chainsRcu: readonly Item[] = [
  inline('hlist_del_rcu', { n: node }, ({ n }) => [
    call('__hlist_del', n),
    set(n.to('pprev'), 'LIST_POISON2'),
  ]),
  inline('hlist_del_init_rcu', { n: node }, ({ n }) => [
    if_(not(call('hlist_unhashed', n)), [
      call('__hlist_del', n),
      mark(n.to('pprev'), 'NULL'),
    ]),
  ]),
  fn('hlist_add_head_rcu', {
    is: 'static inline', takes: { n: node, h: head }, locals: { first: [node, name('h').to('first')] },
    body: ({ n, h, first }) => [
      set(n.to('next'), first),
      mark(n.to('pprev'), ref(h.to('first'))),
      call('smp_store_release', ref(h.to('first')), n),
      if_(first,
        mark(first.to('pprev'), ref(n.to('next')))),
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
  ...chainsRcu,
]);
