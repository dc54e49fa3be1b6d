/**
 * @module kernel/kcov.c (v5.16): remote sections. As in v6.12, but for where they keep things: what a section in a softirq
 * finds in the task is saved in the data of the CPU, which has the buffer of the section too.
 */
import {
  call, cast, deref, fn, if_, int, name, not, pointer, ref, ret, set, sizeOf, structType, u64, unsignedInt, unsignedLong, withItems,
} from '../../ir/build.js';
import type { Code, Item, Operand, Term } from '../../ir/build.js';
import { device, remoteEntry, task, voidPointer } from '../types.js';
import { savedState as savedStateOfV612 } from '../v6.12/remote.js';

const perCpuData = pointer(structType('kcov_percpu_data'));
const ofThisCpu = call('this_cpu_ptr', ref('kcov_percpu_data'));
const perCpuLock = ref(name('kcov_percpu_data').dot('lock'));
const lockCpu = call('local_lock_irqsave', perCpuLock, 'flags');
const unlockCpu = call('local_unlock_irqrestore', perCpuLock, 'flags');

/** Gives up when `test` holds. */
function leaveIf(test: Operand): Code {
  return if_(test, [
    unlockCpu,
    ret(),
  ]);
}

/** Sections are for tasks and softirqs; a hardirq on a softirq passes for the softirq. */
const leaveInInterrupts = if_(not(call('in_task')).and(not(call('in_serving_softirq'))),
  ret());

function forget(data: Term): Code[] {
  return [
    set(data.to('saved_mode'), 0),
    set(data.to('saved_size'), 0),
    set(data.to('saved_area'), 'NULL'),
    set(data.to('saved_sequence'), 0),
    set(data.to('saved_kcov'), 'NULL'),
  ];
}

export const savedState: readonly Item[] = withItems(savedStateOfV612, [
  fn('kcov_remote_softirq_start', {
    is: 'static', takes: { t: task }, locals: { data: [perCpuData, ofThisCpu], mode: unsignedInt },
    body: ({ t, data, mode }) => [
      set(mode, call('READ_ONCE', t.to('kcov_mode'))),
      call('barrier'),
      if_(call('kcov_mode_enabled', mode), [
        set(data.to('saved_mode'), mode),
        set(data.to('saved_size'), t.to('kcov_size')),
        set(data.to('saved_area'), t.to('kcov_area')),
        set(data.to('saved_sequence'), t.to('kcov_sequence')),
        set(data.to('saved_kcov'), t.to('kcov')),
        call('kcov_stop', t),
      ]),
    ],
  }),

  fn('kcov_remote_softirq_stop', {
    is: 'static', takes: { t: task }, locals: { data: [perCpuData, ofThisCpu] },
    body: ({ t, data }) => [
      if_(data.to('saved_kcov'), [
        call('kcov_start', t, data.to('saved_kcov'), data.to('saved_size'), data.to('saved_area'), data.to('saved_mode'),
          data.to('saved_sequence')),
        ...forget(data),
      ]),
    ],
  }),
]);

/** The section holds a reference to the device; what it needs of it is read before the handle can vanish. */
export const remoteStart: Item = fn('kcov_remote_start', {
  takes: { handle: u64 }, exported: true,
  locals: {
    t: [task, 'current'], remote: remoteEntry, kcov: device, mode: unsignedInt, area: voidPointer, size: unsignedInt,
    sequence: int, flags: unsignedLong,
  },
  body: ({ handle, t, remote, kcov, mode, area, size, sequence }) => [
    if_(call('WARN_ON', not(call('kcov_check_handle', handle, 'true', 'true', 'true'))),
      ret()),
    leaveInInterrupts,
    lockCpu,
    set(mode, call('READ_ONCE', t.to('kcov_mode'))),
    leaveIf(call('WARN_ON', call('in_task').and(call('kcov_mode_enabled', mode)))),
    leaveIf(call('WARN_ON', call('in_serving_softirq').and(t.to('kcov_softirq')))),
    call('spin_lock', ref('kcov_remote_lock')),
    set(remote, call('kcov_remote_find', handle)),
    if_(not(remote), [
      call('spin_unlock', ref('kcov_remote_lock')),
      unlockCpu,
      ret(),
    ]),
    call('kcov_debug'),
    set(kcov, remote.to('kcov')),
    call('kcov_get', kcov),
    set(mode, kcov.to('mode')),
    set(sequence, kcov.to('sequence')),
    if_(call('in_task'), [
      set(size, kcov.to('remote_size')),
      set(area, call('kcov_remote_area_get', size)),
    ], [
      set(size, 'CONFIG_KCOV_IRQ_AREA_SIZE'),
      set(area, ofThisCpu.to('irq_area')),
    ]),
    call('spin_unlock', ref('kcov_remote_lock')),
    // Only a task comes here without a buffer; it may sleep for a new one, without the lock.
    if_(not(area), [
      unlockCpu,
      set(area, call('vmalloc', size.times(sizeOf(unsignedLong)))),
      if_(not(area), [
        call('kcov_put', kcov),
        ret(),
      ]),
      lockCpu,
    ]),
    set(deref(cast(pointer(u64), area)), 0),
    if_(call('in_serving_softirq'), [
      call('kcov_remote_softirq_start', t),
      set(t.to('kcov_softirq'), 1),
    ]),
    call('kcov_start', t, kcov, size, area, mode, sequence),
    unlockCpu,
  ],
});

/** A device that was disabled meanwhile has another sequence, and gets nothing. */
export const remoteStop: Item = fn('kcov_remote_stop', {
  exported: true,
  locals: {
    t: [task, 'current'], kcov: device, mode: unsignedInt, area: voidPointer, size: unsignedInt, sequence: int,
    flags: unsignedLong,
  },
  body: ({ t, kcov, mode, area, size, sequence }) => [
    leaveInInterrupts,
    lockCpu,
    set(mode, call('READ_ONCE', t.to('kcov_mode'))),
    call('barrier'),
    leaveIf(not(call('kcov_mode_enabled', mode))),
    // The start in this softirq may have found no device.
    leaveIf(call('in_serving_softirq').and(not(t.to('kcov_softirq')))),
    leaveIf(call('WARN_ON', not(call('in_serving_softirq')).and(t.to('kcov_softirq')))),
    set(kcov, t.to('kcov')),
    set(area, t.to('kcov_area')),
    set(size, t.to('kcov_size')),
    set(sequence, t.to('kcov_sequence')),
    call('kcov_stop', t),
    if_(call('in_serving_softirq'), [
      set(t.to('kcov_softirq'), 0),
      call('kcov_remote_softirq_stop', t),
    ]),
    call('spin_lock', ref(kcov.to('lock'))),
    if_(sequence.eq(kcov.to('sequence')).and(kcov.to('remote')),
      call('kcov_move_area', kcov.to('mode'), kcov.to('area'), kcov.to('size'), area)),
    call('spin_unlock', ref(kcov.to('lock'))),
    if_(call('in_task'), [
      call('spin_lock', ref('kcov_remote_lock')),
      call('kcov_remote_area_put', area, size),
      call('spin_unlock', ref('kcov_remote_lock')),
    ]),
    unlockCpu,
    call('kcov_put', kcov),
  ],
});
