/**
 * @module kernel/kcov.c (v5.5): the table of remote handles and the list of spare buffers. All of it runs with
 * kcov_remote_lock held by the caller.
 */
import {
  block, call, deref, fn, forEach, if_, neg, not, pointer, ref, ret, set, sizeOf, structType, u64, unsignedInt,
} from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { device, remoteArea, remoteEntry } from '../types.js';

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
    is: 'static', returns: remoteArea, takes: { size: unsignedInt },
    locals: { area: remoteArea, pos: pointer(structType('list_head')) },
    body: ({ size, area, pos }) => [
      call('kcov_debug'),
      forEach(call('list_for_each', pos, ref('kcov_remote_areas')), [
        set(area, call('list_entry', pos, structType('kcov_remote_area'), 'list')),
        if_(area.to('size').eq(size), [
          call('list_del', ref(area.to('list'))),
          call('kcov_debug'),
          ret(area),
        ]),
      ]),
      call('kcov_debug'),
      ret('NULL'),
    ],
  }),

  fn('kcov_remote_area_put', {
    is: 'static', takes: { area: remoteArea, size: unsignedInt },
    body: ({ area, size }) => [
      call('kcov_debug'),
      call('INIT_LIST_HEAD', ref(area.to('list'))),
      set(area.to('size'), size),
      call('list_add', ref(area.to('list')), ref('kcov_remote_areas')),
    ],
  }),
];
