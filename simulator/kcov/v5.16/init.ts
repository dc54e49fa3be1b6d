/** @module kernel/kcov.c (v5.16): what runs at boot. */
import { call, declare, fail, fn, forEach, if_, initcall, int, name, not, number, ref, ret, set, sizeOf, text, unsignedLong } from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { voidPointer } from '../types.js';

export const init: readonly Item[] = [
  // A buffer for each CPU that may run a section in a softirq.
  fn('kcov_init', {
    is: 'static', afterType: '__init', returns: int, locals: { cpu: int },
    body: ({ cpu }) => [
      forEach(call('for_each_possible_cpu', cpu), [
        declare('area', voidPointer, call('vmalloc_node', name('CONFIG_KCOV_IRQ_AREA_SIZE').times(sizeOf(unsignedLong)), call('cpu_to_node', cpu))),
        if_(not(name('area')),
          fail('ENOMEM')),
        set(call('per_cpu_ptr', ref('kcov_percpu_data'), cpu).to('irq_area'), 'area'),
      ]),
      call('debugfs_create_file_unsafe', text('kcov'), number('0600'), 'NULL', 'NULL', ref('kcov_fops')),
      ret(0),
    ],
  }),
  initcall('kcov_init'),
];
