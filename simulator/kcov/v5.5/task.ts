/**
 * @module kernel/kcov.c (v5.5): wiring a task to a device and back, references to a device, fork and exit of a task.
 * kcov_disable() and below run with kcov->lock held; kcov_remote_reset() takes kcov_remote_lock inside it.
 */
import {
  call, continue_, fn, forEach, if_, increment, int, name, pointer, ref, ret, set, structType, unsignedInt,
} from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { device, kcovMode, remoteEntry, task, voidPointer } from '../types.js';

export const taskState: readonly Item[] = [
  // Size and area before the mode: an interrupt that sees the mode may use them. See check_kcov_mode().
  fn('kcov_start', {
    is: 'static', takes: { t: task, size: unsignedInt, area: voidPointer, mode: kcovMode, sequence: int },
    body: ({ t, size, area, mode, sequence }) => [
      call('kcov_debug'),
      set(t.to('kcov_size'), size),
      set(t.to('kcov_area'), area),
      call('barrier'),
      call('WRITE_ONCE', t.to('kcov_mode'), mode),
      set(t.to('kcov_sequence'), sequence),
    ],
  }),

  fn('kcov_stop', {
    is: 'static', takes: { t: task },
    body: ({ t }) => [
      call('WRITE_ONCE', t.to('kcov_mode'), 'KCOV_MODE_DISABLED'),
      call('barrier'),
      set(t.to('kcov_size'), 0),
      set(t.to('kcov_area'), 'NULL'),
    ],
  }),

  fn('kcov_task_reset', {
    is: 'static', takes: { t: task },
    body: ({ t }) => [
      call('kcov_stop', t),
      set(t.to('kcov'), 'NULL'),
      set(t.to('kcov_sequence'), 0),
      set(t.to('kcov_handle'), 0),
    ],
  }),

  // Called in fork for the child `t`, which inherits the common handle and nothing else.
  fn('kcov_task_init', {
    takes: { t: task },
    body: ({ t }) => [
      call('kcov_task_reset', t),
      set(t.to('kcov_handle'), name('current').to('kcov_handle')),
    ],
  }),

  fn('kcov_reset', {
    is: 'static', takes: { kcov: device },
    body: ({ kcov }) => [
      set(kcov.to('t'), 'NULL'),
      set(kcov.to('mode'), 'KCOV_MODE_INIT'),
      set(kcov.to('remote'), 'false'),
      set(kcov.to('remote_size'), 0),
      increment(kcov.to('sequence')),
    ],
  }),

  // The device is reset before the unlock, so that no kcov_remote_start() finds a handle of a device half reset.
  fn('kcov_remote_reset', {
    is: 'static', takes: { kcov: device },
    locals: { bkt: int, remote: remoteEntry, tmp: pointer(structType('hlist_node')) },
    body: ({ kcov, bkt, remote, tmp }) => [
      call('spin_lock', ref('kcov_remote_lock')),
      forEach(call('hash_for_each_safe', 'kcov_remote_map', bkt, tmp, remote, 'hnode'), [
        if_(remote.to('kcov').ne(kcov),
          continue_),
        call('kcov_debug'),
        call('hash_del', ref(remote.to('hnode'))),
        call('kfree', remote),
      ]),
      call('kcov_reset', kcov),
      call('spin_unlock', ref('kcov_remote_lock')),
    ],
  }),

  fn('kcov_disable', {
    is: 'static', takes: { t: task, kcov: device },
    body: ({ t, kcov }) => [
      call('kcov_task_reset', t),
      if_(kcov.to('remote'),
        call('kcov_remote_reset', kcov),
        call('kcov_reset', kcov)),
    ],
  }),

  fn('kcov_get', {
    is: 'static', takes: { kcov: device },
    body: ({ kcov }) => [
      call('refcount_inc', ref(kcov.to('refcount'))),
    ],
  }),

  fn('kcov_put', {
    is: 'static', takes: { kcov: device },
    body: ({ kcov }) => [
      if_(call('refcount_dec_and_test', ref(kcov.to('refcount'))), [
        call('kcov_remote_reset', kcov),
        call('vfree', kcov.to('area')),
        call('kfree', kcov),
      ]),
    ],
  }),

  // A task that exits inside a remote section is a bug of the section; the warning catches it, since kcov->t is its owner.
  fn('kcov_task_exit', {
    takes: { t: task }, locals: { kcov: device },
    body: ({ t, kcov }) => [
      set(kcov, t.to('kcov')),
      if_(kcov.eq('NULL'),
        ret()),
      call('spin_lock', ref(kcov.to('lock'))),
      call('kcov_debug'),
      if_(call('WARN_ON', kcov.to('t').ne(t)), [
        call('spin_unlock', ref(kcov.to('lock'))),
        ret(),
      ]),
      call('kcov_disable', t, kcov),
      call('spin_unlock', ref(kcov.to('lock'))),
      call('kcov_put', kcov),
    ],
  }),
];
