/**
 * @module kernel/kcov.c (v6.12): the table of remote handles and the lists of spare buffers. All of it runs with
 * kcov_remote_lock held by the caller.
 */
import {
  block, bool, call, deref, fn, forEach, if_, name, neg, not, pointer, ref, ret, set, sizeOf, structType, u64, unsignedInt,
} from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { device, remoteArea, remoteEntry } from '../types.js';

const listHead = pointer(structType('list_head'));

export const remoteTable: readonly Item[] = [
  fn('kcov_remote_find', {
    is: 'static', returns: remoteEntry, takes: { handle: u64 }, locals: { remote: remoteEntry },
    body: ({ handle, remote }) => [
      forEach(call('hash_for_each_possible', 'kcov_remote_map', remote, 'hnode', handle), block(
        if_(remote.to('handle').eq(handle),
          ret(remote)),
      )),
      ret('NULL'),
    ],
  }),

  fn('kcov_remote_add', {
    is: 'static', returns: remoteEntry, takes: { kcov: device, handle: u64 }, locals: { remote: remoteEntry },
    body: ({ kcov, handle, remote }) => [
      if_(call('kcov_remote_find', handle),
        ret(call('ERR_PTR', neg('EEXIST')))),
      set(remote, call('kmalloc', sizeOf(deref(remote)), 'GFP_ATOMIC')),
      if_(not(remote),
        ret(call('ERR_PTR', neg('ENOMEM')))),
      set(remote.to('handle'), handle),
      set(remote.to('kcov'), kcov),
      call('hash_add', 'kcov_remote_map', ref(remote.to('hnode')), handle),
      ret(remote),
    ],
  }),

  fn('kcov_remote_area_get', {
    is: 'static', returns: remoteArea, takes: { size: unsignedInt, irq: bool },
    locals: {
      area: remoteArea, pos: listHead, list: [listHead, ref(name('kcov_remote_areas').at('irq'))],
    },
    body: ({ size, area, pos, list }) => [
      forEach(call('list_for_each', pos, list), [
        set(area, call('list_entry', pos, structType('kcov_remote_area'), 'list')),
        if_(area.to('size').eq(size), [
          call('list_del', ref(area.to('list'))),
          ret(area),
        ]),
      ]),
      ret('NULL'),
    ],
  }),

  // KMSAN does not see this file write the list, and is told.
  fn('kcov_remote_area_put', {
    is: 'static', takes: { area: remoteArea, size: unsignedInt, irq: bool },
    body: ({ area, size, irq }) => [
      call('INIT_LIST_HEAD', ref(area.to('list'))),
      set(area.to('size'), size),
      call('list_add', ref(area.to('list')), ref(name('kcov_remote_areas').at(irq))),
      call('kmsan_unpoison_memory', ref(area.to('list')), sizeOf(area.to('list'))),
    ],
  }),
];
