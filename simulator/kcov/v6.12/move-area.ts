/** @module kernel/kcov.c (v6.12, as since v5.5): appends what a remote section recorded to the device's area. */
import {
  break_, call, cast, deref, fn, if_, joined, not, on, otherwise, pointer, ret, set, sizeOf, switch_, u64, unsignedInt, unsignedLong,
} from '../../ir/build.js';
import type { Item, Operand, Term } from '../../ir/build.js';
import type { CType } from '../../ir/program.js';
import { kcovMode, voidPointer } from '../types.js';

/** The word at the start of an area, read as the mode of recording wants it. */
function countOf(type: CType, area: Operand): Term {
  return deref(cast(pointer(type), area));
}

/** Appends the entries of src_area to dst_area, as many as fit; division by the entry's size is a shift. */
export const moveArea: Item = fn('kcov_move_area', {
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
});
