/**
 * @module What kcov.c uses of other headers, as a Program of our own: types, constants and list functions. Structs have the
 * fields that kcov or a scenario touches, not the kernel's layout. What the machine provides natively (locks, allocation,
 * per-CPU data, contexts, marked accesses, user memory, iterators, container_of) is not here but in ./calls.ts.
 */
import {
  call, cast, char, define, file, fn, functionType, if_, int, long, longLong, name, named, number, pointer, ref, ret, set, short, sizeOf, struct, structType, typedef,
  unsignedChar, unsignedInt, unsignedLong, unsignedLongLong, unsignedShort, void_,
} from '../ir/build.js';
import type { Item, Term } from '../ir/build.js';
import { link } from '../ir/link.js';
import type { CType, Program } from '../ir/program.js';
import { ERRNO, GFP, LIMITS, POISON, VM_FLAGS } from './environment-constants.js';
import { lists } from './lists.js';

/** include/uapi/asm-generic/int-ll64.h, include/linux/types.h. */
const INTEGERS: Readonly<Record<string, CType>> = {
  u8: unsignedChar, u16: unsignedShort, u32: unsignedInt, u64: unsignedLongLong,
  s8: char, s16: short, s32: int, s64: longLong,
  __u8: unsignedChar, __u16: unsignedShort, __u32: unsignedInt, __u64: unsignedLongLong,
  __s8: char, __s16: short, __s32: int, __s64: longLong,
  __aligned_u64: unsignedLongLong, uint8_t: unsignedChar, uint16_t: unsignedShort, uint32_t: unsignedInt,
  uint64_t: unsignedLongLong, size_t: unsignedLong, ssize_t: long, loff_t: longLong, uintptr_t: unsignedLong,
  gfp_t: unsignedInt, pgoff_t: unsignedLong, vm_flags_t: unsignedLong, umode_t: unsignedShort,
};

function typedefs(types: Readonly<Record<string, CType>>): Item[] {
  return Object.entries(types).map(([name, type]) => typedef(name, type));
}

function constants(values: Readonly<Record<string, number | string>>): Item[] {
  return Object.entries(values).map(([name, value]) => define(name, number(String(value))));
}

/** A pointer constant. */
function poison(name: string, value: string): Item {
  const address = cast(pointer(void_), number(value));
  return define(name, address);
}

/** The number of an ioctl, include/uapi/asm-generic/ioctl.h; `direction` 1 writes, 2 reads, as user space sees it. */
function ioctl(head: string, direction: string, size?: Term): Item {
  const base = number(direction).shl(30).bits(name('type').shl(8)).bits('nr');
  return define(head, size === undefined ? base : base.bits(size.shl(16)));
}

const macros: readonly Item[] = [
  ioctl('_IO(type, nr)', '0U'),
  ioctl('_IOW(type, nr, size)', '1U', sizeOf('size')),
  ioctl('_IOR(type, nr, size)', '2U', sizeOf('size')),
  ioctl('_IOWR(type, nr, size)', '3U', sizeOf('size')),
  // A statement of its own that does nothing, include/linux/compiler_attributes.h.
  define('fallthrough', ['do {} while (0)', number('0')]),
];

const counter: readonly Item[] = [
  struct('atomic_t', { counter: int }),
  typedef('atomic_t', structType('atomic_t')),
  struct('atomic64_t', { counter: long }),
  typedef('atomic64_t', structType('atomic64_t')),
  typedef('atomic_long_t', structType('atomic64_t')),
  struct('refcount_struct', { refs: structType('atomic_t') }),
  typedef('refcount_t', structType('refcount_struct')),
];

/** One word each: 0 is free; what else it may be is the machine's. */
const locks: readonly Item[] = [
  struct('spinlock', { locked: unsignedInt }),
  typedef('spinlock_t', structType('spinlock')),
  struct('raw_spinlock', { locked: unsignedInt }),
  typedef('raw_spinlock_t', structType('raw_spinlock')),
  struct('mutex', { locked: unsignedInt }),
  struct('local_lock', { locked: unsignedInt }),
  typedef('local_lock_t', structType('local_lock')),
];

const krefPointer = pointer(structType('kref'));

/** include/linux/kref.h. */
const references: readonly Item[] = [
  struct('kref', { refcount: structType('refcount_struct') }),
  fn('kref_init', { is: 'static inline', takes: { kref: krefPointer }, body: ({ kref }) => [call('refcount_set', ref(kref.to('refcount')), 1)] }),
  fn('kref_get', { is: 'static inline', takes: { kref: krefPointer }, body: ({ kref }) => [call('refcount_inc', ref(kref.to('refcount')))] }),
  fn('kref_get_unless_zero', {
    is: 'static inline', returns: int, takes: { kref: krefPointer },
    body: ({ kref }) => [ret(call('refcount_inc_not_zero', ref(kref.to('refcount'))))],
  }),
  fn('kref_put', {
    is: 'static inline', returns: int, takes: { kref: krefPointer, release: pointer(functionType(void_, krefPointer)) },
    body: ({ kref }) => [
      if_(call('refcount_dec_and_test', ref(kref.to('refcount'))), [
        call('release', kref),
        ret(1),
      ]),
      ret(0),
    ],
  }),
];

const filePointer = pointer(structType('file'));
const vmaPointer = pointer(structType('vm_area_struct'));
const inodePointer = pointer(structType('inode'));

/** A pointer to a function that returns `returns`. */
function operation(returns: CType, ...params: readonly CType[]): CType {
  return pointer(functionType(returns, ...params));
}

const files: readonly Item[] = [
  struct('inode', { i_mode: named('umode_t') }),
  struct('file', { private_data: pointer(void_), f_mode: unsignedInt, f_pos: named('loff_t') }),
  struct('page', { flags: unsignedLong }),
  struct('vm_area_struct', {
    vm_start: unsignedLong, vm_end: unsignedLong, vm_flags: unsignedLong, vm_pgoff: unsignedLong, vm_file: filePointer,
    vm_private_data: pointer(void_),
  }),
  struct('file_operations', {
    open: operation(int, inodePointer, filePointer),
    unlocked_ioctl: operation(long, filePointer, unsignedInt, unsignedLong),
    compat_ioctl: operation(long, filePointer, unsignedInt, unsignedLong),
    mmap: operation(int, filePointer, vmaPointer),
    release: operation(int, inodePointer, filePointer),
    // What other drivers name in their tables: their order is not the kernel's, nothing asks for it.
    owner: pointer(void_), llseek: operation(named('loff_t'), filePointer, named('loff_t'), int),
    read: operation(named('ssize_t'), filePointer, pointer(char), named('size_t'), pointer(named('loff_t'))),
    write: operation(named('ssize_t'), filePointer, pointer(char), named('size_t'), pointer(named('loff_t'))),
    poll: operation(unsignedInt, filePointer, pointer(void_)), mmap_prepare: operation(int, pointer(void_)),
    flush: operation(int, filePointer, pointer(void_)), fasync: operation(int, int, filePointer, int),
  }),
  // include/linux/mm.h since 6.3, where writers of vm_flags go through functions.
  fn('vm_flags_set', {
    is: 'static inline', takes: { vma: vmaPointer, flags: unsignedLong },
    body: ({ vma, flags }) => [
      set(vma.to('vm_flags'), flags, '|='),
    ],
  }),
];

/** The part of struct task_struct that is not kcov's; a sched.h linked behind replaces it. */
const task: Item = struct('task_struct', { flags: unsignedInt, pid: int });

/** Link it before the headers of kcov and kernel/kcov.c. */
export const environment: Program = link(
  lists,
  file('environment', [
    ...typedefs(INTEGERS), ...constants(ERRNO), ...constants(GFP), ...constants(VM_FLAGS), ...constants(LIMITS),
    ...Object.entries(POISON).map(([name, value]) => poison(name, value)),
    ...macros, ...counter, ...references, ...locks, ...files, task,
  ]),
);
