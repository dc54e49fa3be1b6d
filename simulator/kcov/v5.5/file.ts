/**
 * @module kernel/kcov.c (v5.5): the debugfs file. open, mmap and close, what ioctl needs besides, and the table of file
 * operations. ioctl itself is in ./ioctl.ts.
 */
import {
  assign, bool, call, choose, deref, fail, fields, fn, for_, global, goto_, if_, ifdef, int, invert, joined, label, name, neg, not,
  on, otherwise, pointer, ref, ret, set, sizeOf, structType, switch_, text, u64, unsignedLong,
} from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { device, file, inode, voidPointer } from '../types.js';

export const fileOperations: readonly Item[] = [
  // The first mapping gives the device its buffer; every mapping shows that buffer.
  fn('kcov_mmap', {
    is: 'static', returns: int, takes: { filep: file, vma: pointer(structType('vm_area_struct')) },
    locals: {
      res: [int, 0], area: voidPointer, kcov: [device, name('vma').to('vm_file').to('private_data')],
      size: unsignedLong, off: joined(unsignedLong), page: pointer(structType('page')),
    },
    body: ({ vma, res, area, kcov, size, off, page }) => [
      set(area, call('vmalloc_user', vma.to('vm_end').minus(vma.to('vm_start')))),
      if_(not(area),
        fail('ENOMEM')),
      call('spin_lock', ref(kcov.to('lock'))),
      set(size, kcov.to('size').times(sizeOf(unsignedLong))),
      if_(kcov.to('mode').ne('KCOV_MODE_INIT').or(vma.to('vm_pgoff').ne(0))
        .or(vma.to('vm_end').minus(vma.to('vm_start')).ne(size)), [
        set(res, neg('EINVAL')),
        goto_('exit'),
      ]),
      if_(not(kcov.to('area')), [
        set(kcov.to('area'), area),
        set(vma.to('vm_flags'), 'VM_DONTEXPAND', '|='),
        call('spin_unlock', ref(kcov.to('lock'))),
        for_([set(off, 0), off.lt(size), assign(off, 'PAGE_SIZE', '+=')], [
          set(page, call('vmalloc_to_page', kcov.to('area').plus(off))),
          if_(call('vm_insert_page', vma, vma.to('vm_start').plus(off), page),
            call('WARN_ONCE', 1, text(''))),
        ]),
        ret(0),
      ]),
      label('exit'),
      call('spin_unlock', ref(kcov.to('lock'))),
      call('vfree', area),
      ret(res),
    ],
  }),

  fn('kcov_open', {
    is: 'static', returns: int, takes: { inode, filep: file }, locals: { kcov: device },
    body: ({ inode, filep, kcov }) => [
      set(kcov, call('kzalloc', sizeOf(deref(kcov)), 'GFP_KERNEL')),
      if_(not(kcov),
        fail('ENOMEM')),
      set(kcov.to('mode'), 'KCOV_MODE_DISABLED'),
      set(kcov.to('sequence'), 1),
      call('refcount_set', ref(kcov.to('refcount')), 1),
      call('spin_lock_init', ref(kcov.to('lock'))),
      set(filep.to('private_data'), kcov),
      ret(call('nonseekable_open', inode, filep)),
    ],
  }),

  fn('kcov_close', {
    is: 'static', returns: int, takes: { inode, filep: file },
    body: ({ filep }) => [
      call('kcov_put', filep.to('private_data')),
      ret(0),
    ],
  }),

  fn('kcov_get_mode', {
    is: 'static', returns: int, takes: { arg: unsignedLong },
    body: ({ arg }) => [
      if_(arg.eq('KCOV_TRACE_PC'),
        ret('KCOV_MODE_TRACE_PC'),
        if_(arg.eq('KCOV_TRACE_CMP'),
          ifdef('CONFIG_KCOV_ENABLE_COMPARISONS',
            [ret('KCOV_MODE_TRACE_CMP')],
            [fail('ENOTSUPP')]),
          fail('EINVAL'))),
    ],
  }),

  // Touches each page of the buffer, so that no fault on it runs instrumented code while it records.
  fn('kcov_fault_in_area', {
    is: 'static', takes: { kcov: device },
    locals: {
      stride: [unsignedLong, name('PAGE_SIZE').over(sizeOf(unsignedLong))],
      area: [pointer(unsignedLong), name('kcov').to('area')], offset: unsignedLong,
    },
    body: ({ kcov, stride, area, offset }) => [
      for_([set(offset, 0), offset.lt(kcov.to('size')), assign(offset, stride, '+=')],
        call('READ_ONCE', area.at(offset))),
    ],
  }),

  fn('kcov_check_handle', {
    is: 'static inline', returns: bool,
    takes: { handle: u64, common_valid: bool, uncommon_valid: bool, zero_valid: bool },
    body: ({ handle, common_valid, uncommon_valid, zero_valid }) => [
      if_(handle.mask(invert(name('KCOV_SUBSYSTEM_MASK').bits('KCOV_INSTANCE_MASK'))),
        ret('false')),
      switch_(handle.mask('KCOV_SUBSYSTEM_MASK'),
        on('KCOV_SUBSYSTEM_COMMON',
          ret(choose(handle.mask('KCOV_INSTANCE_MASK').parens, common_valid, zero_valid))),
        on('KCOV_SUBSYSTEM_USB',
          ret(uncommon_valid)),
        otherwise(
          ret('false'))),
      ret('false'),
    ],
  }),
];

/** Stands behind kcov_ioctl(), which it names. */
export const fileOperationsTable: Item = global('kcov_fops', structType('file_operations'), {
  static: true, is: 'const',
  init: fields({
    open: 'kcov_open', unlocked_ioctl: 'kcov_ioctl', compat_ioctl: 'kcov_ioctl', mmap: 'kcov_mmap', release: 'kcov_close',
  }),
});
