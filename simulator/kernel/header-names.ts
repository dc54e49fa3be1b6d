/**
 * @module Names that headers of the kernel bring, for those headers that kernel/kcov.c includes for a few things of one
 * family. A family is wider than the header, so that a name outside of it is certainly none of the header's. Sources:
 * include/linux/ of v5.5 and v6.12.
 */

/** Header as an include names it, with what each of its names matches. */
export const headerFamilies: ReadonlyMap<string, RegExp> = new Map([
  ['<linux/debugfs.h>', /debugfs|DEBUGFS/u],
  ['<linux/hashtable.h>', /hash|HASH/u],
  ['<linux/kmsan-checks.h>', /kmsan|KMSAN/u],
  ['<linux/log2.h>', /log2|pow_of_two|power_of_2|order_base|bits_per/u],
  ['<linux/refcount.h>', /refcount|REFCOUNT/u],
  ['<linux/uaccess.h>', /user|USER|uaccess|access_ok|fault|_fs$|_DS$/u],
  // struct vm_area_struct, vm_insert_page() and flags such as VM_DONTEXPAND are of mm.h.
  ['<linux/vmalloc.h>', /v[mz]?alloc|vrealloc|VMALLOC|vfree|vmap|vunmap|vread|vwrite|(?:get|find|free|remove|alloc)\w*_vm_area|kernel_range|IOREMAP|^vm_(?:struct|map|unmap|reset|flags$|area_(?!struct))|^VM_(?:ALLOC|ALLOW|MAP|USERMAP|DMA|UNINIT|NO_GUARD|KASAN|FLUSH|DEFER|SPARSE)/u],
]);
