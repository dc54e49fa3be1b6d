/**
 * @module kernel/kcov.c (v6.12): remote sections. kcov_remote_start() wires the current task, or the task that a softirq
 * interrupted, to the device behind a handle and gives it a buffer; kcov_remote_stop() takes both back and appends what was
 * recorded to the device's area (./move-area.ts). What a section in a softirq finds in the task is saved and restored.
 */
import {
  bool, call, cast, choose, deref, fn, if_, int, invert, name, not, pointer, ref, ret, set, sizeOf, u64, unsignedInt, unsignedLong,
} from '../../ir/build.js';
import type { Code, Item, Operand } from '../../ir/build.js';
import { device, remoteEntry, task, voidPointer } from '../types.js';

const perCpuLock = ref(name('kcov_percpu_data').dot('lock'));
const lockCpu = call('local_lock_irqsave', perCpuLock, 'flags');
const unlockCpu = call('local_unlock_irqrestore', perCpuLock, 'flags');
const irqAreaSize = 'CONFIG_KCOV_IRQ_AREA_SIZE';

/** Gives up when `test` holds. */
function leaveIf(test: Operand): Code {
  return if_(test, [
    unlockCpu,
    ret(),
  ]);
}

/** Sections are for tasks and softirqs. */
const leaveInInterrupts = if_(not(call('in_task')).and(not(call('in_softirq_really'))),
  ret());

/** Of a section that a softirq interrupts; two sections in softirqs do not nest. */
export const savedState: readonly Item[] = [
  // The scheduler's mark in the mode is no mode.
  fn('kcov_mode_enabled', {
    is: 'static inline', returns: bool, takes: { mode: unsignedInt },
    body: ({ mode }) => [
      ret(mode.mask(invert('KCOV_IN_CTXSW')).ne('KCOV_MODE_DISABLED')),
    ],
  }),

  fn('kcov_remote_softirq_start', {
    is: 'static', takes: { t: task }, locals: { mode: unsignedInt },
    body: ({ t, mode }) => [
      set(mode, call('READ_ONCE', t.to('kcov_mode'))),
      call('barrier'),
      if_(call('kcov_mode_enabled', mode), [
        set(t.to('kcov_saved_mode'), mode),
        set(t.to('kcov_saved_size'), t.to('kcov_size')),
        set(t.to('kcov_saved_area'), t.to('kcov_area')),
        set(t.to('kcov_saved_sequence'), t.to('kcov_sequence')),
        set(t.to('kcov_saved_kcov'), t.to('kcov')),
        call('kcov_stop', t),
      ]),
    ],
  }),

  fn('kcov_remote_softirq_stop', {
    is: 'static', takes: { t: task },
    body: ({ t }) => [
      if_(t.to('kcov_saved_kcov'), [
        call('kcov_start', t, t.to('kcov_saved_kcov'), t.to('kcov_saved_size'), t.to('kcov_saved_area'),
          t.to('kcov_saved_mode'), t.to('kcov_saved_sequence')),
        set(t.to('kcov_saved_mode'), 0),
        set(t.to('kcov_saved_size'), 0),
        set(t.to('kcov_saved_area'), 'NULL'),
        set(t.to('kcov_saved_sequence'), 0),
        set(t.to('kcov_saved_kcov'), 'NULL'),
      ]),
    ],
  }),
];

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
      set(area, call('kcov_remote_area_get', size, 'false')),
    ], [
      set(size, irqAreaSize),
      set(area, call('kcov_remote_area_get', size, 'true')),
    ]),
    call('spin_unlock', ref('kcov_remote_lock')),
    // A task may sleep for a new buffer, without the lock; a softirq goes without.
    if_(not(area), [
      unlockCpu,
      set(area, choose(call('in_task'), call('vmalloc', size.times(sizeOf(unsignedLong))), 'NULL')),
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
    call('spin_lock', ref('kcov_remote_lock')),
    call('kcov_remote_area_put', area, size, not(call('in_task'))),
    call('spin_unlock', ref('kcov_remote_lock')),
    unlockCpu,
    call('kcov_put', kcov),
  ],
});

/** Only a task has one; in an interrupt `current` is somebody else. */
export const commonHandle: Item = fn('kcov_common_handle', {
  returns: u64, exported: true,
  body: () => [
    if_(not(call('in_task')),
      ret(0)),
    ret(name('current').to('kcov_handle')),
  ],
});
