/** @module kernel/kcov.c (v5.5): what runs at boot. */
import { call, fn, initcall, int, number, ref, ret, text } from '../../ir/build.js';
import type { Item } from '../../ir/build.js';

export const init: readonly Item[] = [
  fn('kcov_init', {
    is: 'static', afterType: '__init', returns: int,
    body: () => [
      call('debugfs_create_file_unsafe', text('kcov'), number('0600'), 'NULL', 'NULL', ref('kcov_fops')),
      ret(0),
    ],
  }),
  initcall('kcov_init'),
];
