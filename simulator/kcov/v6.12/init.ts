/** @module kernel/kcov.c (v6.12): what runs at boot. */
import {
  call, choose, declare, decrement, empty, fail, fn, if_, ifdef, initcall, int, name, not, number, ref, ret, set, sizeOf, text,
  unsignedLong, while_,
} from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { voidPointer } from '../types.js';

const SELFTEST = 'CONFIG_KCOV_SELFTEST';
const irqAreaSize = name('CONFIG_KCOV_IRQ_AREA_SIZE');
const mode = name('current').to('kcov_mode');
const area = name('area');

export const init: readonly Item[] = [
  // Traces without an area for 300 ms: whatever an interrupt records where it should not, crashes.
  fn('selftest', {
    is: 'static', afterType: '__init', ifdef: SELFTEST, locals: { start: unsignedLong },
    body: ({ start }) => [
      call('pr_err', text('')),
      set(start, 'jiffies'),
      call('WRITE_ONCE', mode, 'KCOV_MODE_TRACE_PC'),
      while_(name('jiffies').minus(start).times('MSEC_PER_SEC').over('HZ').lt(300),
        empty),
      call('WRITE_ONCE', mode, 0),
      call('pr_err', text('')),
    ],
  }),

  // A buffer for each CPU that may run a section in a softirq; more where softirqs can be preempted.
  fn('kcov_init', {
    is: 'static', afterType: '__init', returns: int, locals: { cpu: [int, call('num_possible_cpus')] },
    body: ({ cpu }) => [
      ifdef('CONFIG_PREEMPT_RT', [
        set(cpu, choose(cpu.ge(4), cpu.times(2), cpu.plus(4))),
      ]),
      while_(decrement(cpu), [
        declare('area', voidPointer, call('vmalloc', irqAreaSize.times(sizeOf(unsignedLong)))),
        declare('flags', unsignedLong),
        if_(not(area),
          fail('ENOMEM')),
        call('spin_lock_irqsave', ref('kcov_remote_lock'), 'flags'),
        call('kcov_remote_area_put', area, irqAreaSize, 'true'),
        call('spin_unlock_irqrestore', ref('kcov_remote_lock'), 'flags'),
      ]),
      call('debugfs_create_file_unsafe', text('kcov'), number('0600'), 'NULL', 'NULL', ref('kcov_fops')),
      ifdef(SELFTEST, [
        call('selftest'),
      ]),
      ret(0),
    ],
  }),
  initcall('kcov_init'),
];
