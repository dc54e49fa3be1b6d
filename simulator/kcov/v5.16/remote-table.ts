/** @module kernel/kcov.c (v5.16): the table of remote handles and the list of spare buffers, as v5.5 has them, without its prints. */
import { call, fn, forEach, if_, pointer, ref, ret, set, structType, unsignedInt, withItems } from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { remoteArea } from '../types.js';
import { remoteTable as remoteTableOfV55 } from '../v5.5/remote-table.js';

export const remoteTable: readonly Item[] = withItems(remoteTableOfV55, [
  fn('kcov_remote_area_get', {
    is: 'static', returns: remoteArea, takes: { size: unsignedInt },
    locals: { area: remoteArea, pos: pointer(structType('list_head')) },
    body: ({ size, area, pos }) => [
      forEach(call('list_for_each', pos, ref('kcov_remote_areas')), [
        set(area, call('list_entry', pos, structType('kcov_remote_area'), 'list')),
        if_(area.to('size').eq(size), [
          call('list_del', ref(area.to('list'))),
          ret(area),
        ]),
      ]),
      ret('NULL'),
    ],
  }),

  fn('kcov_remote_area_put', {
    is: 'static', takes: { area: remoteArea, size: unsignedInt },
    body: ({ area, size }) => [
      call('INIT_LIST_HEAD', ref(area.to('list'))),
      set(area.to('size'), size),
      call('list_add', ref(area.to('list')), ref('kcov_remote_areas')),
    ],
  }),
]);
