/** @module kernel/kcov.c (v5.16): the debugfs file, as v6.12 has it, but for mmap. */
import {
  assign, call, fail, fn, for_, goto_, if_, int, joined, label, name, neg, not, pointer, ref, ret, set, sizeOf, structType, text,
  unsignedLong, withItems,
} from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { device, file, voidPointer } from '../types.js';
import { fileOperations as fileOperationsOfV612 } from '../v6.12/file.js';

export const fileOperations: readonly Item[] = withItems(fileOperationsOfV612, [
  // The first mapping gives the device its buffer and shows it; what a later one shows has no pages.
  fn('kcov_mmap', {
    is: 'static', returns: int, takes: { filep: file, vma: pointer(structType('vm_area_struct')) },
    locals: {
      res: [int, 0], area: voidPointer, kcov: [device, name('vma').to('vm_file').to('private_data')],
      size: unsignedLong, off: joined(unsignedLong), page: pointer(structType('page')), flags: unsignedLong,
    },
    body: ({ vma, res, area, kcov, size, off, page, flags }) => [
      set(area, call('vmalloc_user', vma.to('vm_end').minus(vma.to('vm_start')))),
      if_(not(area),
        fail('ENOMEM')),
      call('spin_lock_irqsave', ref(kcov.to('lock')), flags),
      set(size, kcov.to('size').times(sizeOf(unsignedLong))),
      if_(kcov.to('mode').ne('KCOV_MODE_INIT').or(vma.to('vm_pgoff').ne(0))
        .or(vma.to('vm_end').minus(vma.to('vm_start')).ne(size)), [
        set(res, neg('EINVAL')),
        goto_('exit'),
      ]),
      if_(not(kcov.to('area')), [
        set(kcov.to('area'), area),
        set(vma.to('vm_flags'), 'VM_DONTEXPAND', '|='),
        call('spin_unlock_irqrestore', ref(kcov.to('lock')), flags),
        for_([set(off, 0), off.lt(size), assign(off, 'PAGE_SIZE', '+=')], [
          set(page, call('vmalloc_to_page', kcov.to('area').plus(off))),
          if_(call('vm_insert_page', vma, vma.to('vm_start').plus(off), page),
            call('WARN_ONCE', 1, text(''))),
        ]),
        ret(0),
      ]),
      label('exit'),
      call('spin_unlock_irqrestore', ref(kcov.to('lock')), flags),
      call('vfree', area),
      ret(res),
    ],
  }),
]);
