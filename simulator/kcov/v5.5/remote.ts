/**
 * @module kernel/kcov.c (v5.5): remote sections. kcov_remote_start() wires the current kernel thread to the device behind
 * a handle and gives it a buffer; kcov_remote_stop() takes both back and appends what was recorded to the device's area.
 * In this version sections are for tasks only.
 */
import {
  break_, call, cast, deref, fn, if_, int, joined, name, not, on, otherwise, pointer, ref, ret, set, sizeOf, switch_,
  u64, unsignedInt, unsignedLong,
} from '../../ir/build.js';
import type { Item, Operand, Term } from '../../ir/build.js';
import type { CType } from '../../ir/program.js';
import { device, kcovMode, remoteEntry, task, voidPointer } from '../types.js';

/** The word at the start of an area, read as the mode of recording wants it. */
function countOf(type: CType, area: Operand): Term {
  return deref(cast(pointer(type), area));
}

export const remoteSections: readonly Item[] = [
  // The section holds a reference to the device; what it needs of it is read before the handle can vanish.
  fn('kcov_remote_start', {
    takes: { handle: u64 }, exported: true,
    locals: { remote: remoteEntry, area: voidPointer, t: task, size: unsignedInt, mode: kcovMode, sequence: int },
    body: ({ handle, remote, area, t, size, mode, sequence }) => [
      if_(call('WARN_ON', not(call('kcov_check_handle', handle, 'true', 'true', 'true'))),
        ret()),
      if_(call('WARN_ON', not(call('in_task'))),
        ret()),
      set(t, 'current'),
      if_(call('WARN_ON', t.to('kcov')),
        ret()),
      call('kcov_debug'),
      call('spin_lock', ref('kcov_remote_lock')),
      set(remote, call('kcov_remote_find', handle)),
      if_(not(remote), [
        call('kcov_debug'),
        call('spin_unlock', ref('kcov_remote_lock')),
        ret(),
      ]),
      call('kcov_get', remote.to('kcov')),
      set(t.to('kcov'), remote.to('kcov')),
      set(size, remote.to('kcov').to('remote_size')),
      set(mode, remote.to('kcov').to('mode')),
      set(sequence, remote.to('kcov').to('sequence')),
      set(area, call('kcov_remote_area_get', size)),
      call('spin_unlock', ref('kcov_remote_lock')),
      if_(not(area), [
        set(area, call('vmalloc', size.times(sizeOf(unsignedLong)))),
        if_(not(area), [
          set(t.to('kcov'), 'NULL'),
          call('kcov_put', remote.to('kcov')),
          ret(),
        ]),
      ]),
      set(countOf(u64, area), 0),
      call('kcov_debug'),
      call('kcov_start', t, size, area, mode, sequence),
    ],
  }),

  // Appends the entries of src_area to dst_area, as many as fit; division by the entry's size is a shift.
  fn('kcov_move_area', {
    is: 'static',
    takes: { mode: kcovMode, dst_area: voidPointer, dst_area_size: unsignedInt, src_area: voidPointer },
    locals: {
      word_size: [u64, sizeOf(unsignedLong)], count_size: u64, entry_size_log: joined(u64), dst_len: u64, src_len: joined(u64),
      dst_entries: voidPointer, src_entries: joined(voidPointer), dst_occupied: u64, dst_free: joined(u64),
      bytes_to_move: joined(u64), entries_moved: joined(u64),
    },
    body: (it) => [
      call('kcov_debug'),
      switch_(it.mode,
        on('KCOV_MODE_TRACE_PC',
          set(it.dst_len, call('READ_ONCE', countOf(unsignedLong, it.dst_area))),
          set(it.src_len, countOf(unsignedLong, it.src_area)),
          set(it.count_size, sizeOf(unsignedLong)),
          set(it.entry_size_log, call('__ilog2_u64', sizeOf(unsignedLong))),
          break_),
        on('KCOV_MODE_TRACE_CMP',
          set(it.dst_len, call('READ_ONCE', countOf(u64, it.dst_area))),
          set(it.src_len, countOf(u64, it.src_area)),
          set(it.count_size, sizeOf(u64)),
          call('BUILD_BUG_ON', not(call('is_power_of_2', 'KCOV_WORDS_PER_CMP'))),
          set(it.entry_size_log, call('__ilog2_u64', sizeOf(u64).times('KCOV_WORDS_PER_CMP'))),
          break_),
        otherwise(
          call('WARN_ON', 1),
          ret())),
      if_(it.dst_len.gt(it.dst_area_size.times(it.word_size).minus(it.count_size).parens.shr(it.entry_size_log).parens),
        ret()),
      set(it.dst_occupied, it.count_size.plus(it.dst_len.shl(it.entry_size_log))),
      set(it.dst_free, it.dst_area_size.times(it.word_size).minus(it.dst_occupied)),
      set(it.bytes_to_move, call('min', it.dst_free, it.src_len.shl(it.entry_size_log))),
      set(it.dst_entries, it.dst_area.plus(it.dst_occupied)),
      set(it.src_entries, it.src_area.plus(it.count_size)),
      call('memcpy', it.dst_entries, it.src_entries, it.bytes_to_move),
      set(it.entries_moved, it.bytes_to_move.shr(it.entry_size_log)),
      switch_(it.mode,
        on('KCOV_MODE_TRACE_PC',
          call('WRITE_ONCE', countOf(unsignedLong, it.dst_area), it.dst_len.plus(it.entries_moved)),
          break_),
        on('KCOV_MODE_TRACE_CMP',
          call('WRITE_ONCE', countOf(u64, it.dst_area), it.dst_len.plus(it.entries_moved)),
          break_),
        otherwise(
          break_)),
    ],
  }),

  // A device that was disabled meanwhile has another sequence, and gets nothing.
  fn('kcov_remote_stop', {
    exported: true,
    locals: {
      t: [task, 'current'], kcov: [device, name('t').to('kcov')], area: [voidPointer, name('t').to('kcov_area')],
      size: [unsignedInt, name('t').to('kcov_size')], sequence: [int, name('t').to('kcov_sequence')],
    },
    body: ({ t, kcov, area, size, sequence }) => [
      if_(not(kcov), [
        call('kcov_debug'),
        ret(),
      ]),
      call('kcov_stop', t),
      set(t.to('kcov'), 'NULL'),
      call('spin_lock', ref(kcov.to('lock'))),
      call('kcov_debug'),
      if_(sequence.eq(kcov.to('sequence')).and(kcov.to('remote')),
        call('kcov_move_area', kcov.to('mode'), kcov.to('area'), kcov.to('size'), area)),
      call('spin_unlock', ref(kcov.to('lock'))),
      call('spin_lock', ref('kcov_remote_lock')),
      call('kcov_remote_area_put', area, size),
      call('spin_unlock', ref('kcov_remote_lock')),
      call('kcov_put', kcov),
    ],
  }),

  fn('kcov_common_handle', {
    returns: u64, exported: true,
    body: () => [
      ret(name('current').to('kcov_handle')),
    ],
  }),
];
