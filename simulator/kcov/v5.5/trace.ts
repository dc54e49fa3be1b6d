/**
 * @module kernel/kcov.c (v5.5): the callbacks that the compiler puts into instrumented code. They run in every context,
 * NMI included, and record only in task context while the task's kcov_mode says so.
 */
import {
  bool, break_, call, cast, fn, for_, if_, ifdef, increment, joined, name, not, number, on, otherwise, pointer, ret, set, sizeOf,
  switch_, u16, u32, u64, u8, unsignedInt, unsignedLong,
} from '../../ir/build.js';
import type { CType } from '../../ir/program.js';
import type { Item, Operand, Term } from '../../ir/build.js';
import { kcovMode, task } from '../types.js';

const COMPARISONS = 'CONFIG_KCOV_ENABLE_COMPARISONS';

/** Type word of a comparison whose operands have 2^log bytes. */
function cmpSize(log: number): Term {
  return call('KCOV_CMP_SIZE', log);
}

/** One of the eight callbacks for comparisons: `size` is log2 of the operands' bytes. */
function comparison(name: string, operand: CType, type: Operand): Item {
  return fn(name, {
    afterType: 'notrace', takes: { arg1: operand, arg2: operand }, ifdef: COMPARISONS, exported: true,
    body: ({ arg1, arg2 }) => [
      call('write_comp_data', type, arg1, arg2, '_RET_IP_'),
    ],
  });
}

export const trace: readonly Item[] = [
  // READ_ONCE() and barrier() order the mode before size and area against interrupts; kcov_start() has the other half.
  fn('check_kcov_mode', {
    is: 'static notrace', returns: bool, takes: { needed_mode: kcovMode, t: task }, locals: { mode: unsignedInt },
    body: ({ needed_mode, t, mode }) => [
      if_(not(call('in_task')),
        ret('false')),
      set(mode, call('READ_ONCE', t.to('kcov_mode'))),
      call('barrier'),
      ret(mode.eq(needed_mode)),
    ],
  }),

  fn('canonicalize_ip', {
    is: 'static notrace', returns: unsignedLong, takes: { ip: unsignedLong },
    body: ({ ip }) => [
      ifdef('CONFIG_RANDOMIZE_BASE', [
        set(ip, call('kaslr_offset'), '-='),
      ]),
      ret(ip),
    ],
  }),

  // Word 0 counts the PCs behind it.
  fn('__sanitizer_cov_trace_pc', {
    afterType: 'notrace', exported: true,
    locals: {
      t: task, area: pointer(unsignedLong), ip: [unsignedLong, call('canonicalize_ip', '_RET_IP_')], pos: unsignedLong,
    },
    body: ({ t, area, ip, pos }) => [
      set(t, 'current'),
      if_(not(call('check_kcov_mode', 'KCOV_MODE_TRACE_PC', t)),
        ret()),
      set(area, t.to('kcov_area')),
      set(pos, call('READ_ONCE', area.at(0)).plus(1)),
      if_(call('likely', pos.lt(t.to('kcov_size'))), [
        set(area.at(pos), ip),
        call('WRITE_ONCE', area.at(0), pos),
      ]),
    ],
  }),

  // Word 0 counts the records behind it, each of KCOV_WORDS_PER_CMP words: type, both operands, PC.
  fn('write_comp_data', {
    is: 'static', afterType: 'notrace', takes: { type: u64, arg1: u64, arg2: u64, ip: u64 }, ifdef: COMPARISONS,
    locals: {
      t: task, area: pointer(u64), count: u64, start_index: joined(u64), end_pos: joined(u64), max_pos: joined(u64),
    },
    body: ({ type, arg1, arg2, ip, t, area, count, start_index, end_pos, max_pos }) => [
      set(t, 'current'),
      if_(not(call('check_kcov_mode', 'KCOV_MODE_TRACE_CMP', t)),
        ret()),
      set(ip, call('canonicalize_ip', ip)),
      set(area, cast(pointer(u64), t.to('kcov_area'))),
      set(max_pos, t.to('kcov_size').times(sizeOf(unsignedLong))),
      set(count, call('READ_ONCE', area.at(0))),
      set(start_index, number('1').plus(count.times('KCOV_WORDS_PER_CMP'))),
      set(end_pos, start_index.plus('KCOV_WORDS_PER_CMP').times(sizeOf(u64))),
      if_(call('likely', end_pos.le(max_pos)), [
        set(area.at(start_index), type),
        set(area.at(start_index.plus(1)), arg1),
        set(area.at(start_index.plus(2)), arg2),
        set(area.at(start_index.plus(3)), ip),
        call('WRITE_ONCE', area.at(0), count.plus(1)),
      ]),
    ],
  }),

  comparison('__sanitizer_cov_trace_cmp1', u8, cmpSize(0)),
  comparison('__sanitizer_cov_trace_cmp2', u16, cmpSize(1)),
  comparison('__sanitizer_cov_trace_cmp4', u32, cmpSize(2)),
  comparison('__sanitizer_cov_trace_cmp8', u64, cmpSize(3)),
  comparison('__sanitizer_cov_trace_const_cmp1', u8, cmpSize(0).bits('KCOV_CMP_CONST')),
  comparison('__sanitizer_cov_trace_const_cmp2', u16, cmpSize(1).bits('KCOV_CMP_CONST')),
  comparison('__sanitizer_cov_trace_const_cmp4', u32, cmpSize(2).bits('KCOV_CMP_CONST')),
  comparison('__sanitizer_cov_trace_const_cmp8', u64, cmpSize(3).bits('KCOV_CMP_CONST')),

  // The compiler's table: number of cases, width of the value in bits, then the cases.
  fn('__sanitizer_cov_trace_switch', {
    afterType: 'notrace', takes: { val: u64, cases: pointer(u64) }, ifdef: COMPARISONS, exported: true,
    locals: {
      i: u64, count: [u64, name('cases').at(0)], size: [u64, name('cases').at(1)], type: [u64, 'KCOV_CMP_CONST'],
    },
    body: ({ val, cases, i, count, size, type }) => [
      switch_(size,
        on(8, set(type, cmpSize(0), '|='), break_),
        on(16, set(type, cmpSize(1), '|='), break_),
        on(32, set(type, cmpSize(2), '|='), break_),
        on(64, set(type, cmpSize(3), '|='), break_),
        otherwise(ret())),
      for_([set(i, 0), i.lt(count), increment(i)],
        call('write_comp_data', type, cases.at(i.plus(2)), val, '_RET_IP_')),
    ],
  }),
];
