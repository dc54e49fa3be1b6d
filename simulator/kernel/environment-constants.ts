/**
 * @module Numbers that kcov.c takes from other headers, as of Linux v5.5 on x86-64. Each table names its header. Values
 * that a configuration scales (areas, hash tables) are not here.
 */

/** include/uapi/asm-generic/errno-base.h, errno.h; include/linux/errno.h for those past 511. */
export const ERRNO: Readonly<Record<string, number>> = {
  EPERM: 1, ENOENT: 2, EINTR: 4, EIO: 5, ENXIO: 6, E2BIG: 7, EBADF: 9, EAGAIN: 11, ENOMEM: 12, EACCES: 13, EFAULT: 14, EBUSY: 16,
  EEXIST: 17, ENODEV: 19, ENOTDIR: 20, EINVAL: 22, ENFILE: 23, EMFILE: 24, ENOTTY: 25, EFBIG: 27, ENOSPC: 28, EPIPE: 32,
  ERANGE: 34, EDEADLK: 35, ENOSYS: 38, EOVERFLOW: 75, EOPNOTSUPP: 95, EALREADY: 114, EINPROGRESS: 115, ENOTSUPP: 524,
};

/** include/linux/gfp.h (v5.5). GFP_ATOMIC and GFP_NOWAIT lack __GFP_DIRECT_RECLAIM: they do not sleep. */
export const GFP: Readonly<Record<string, number>> = {
  __GFP_HIGHMEM: 0x2, __GFP_HIGH: 0x20, __GFP_IO: 0x40, __GFP_FS: 0x80, __GFP_ZERO: 0x100, __GFP_ATOMIC: 0x200,
  __GFP_DIRECT_RECLAIM: 0x400, __GFP_KSWAPD_RECLAIM: 0x800, __GFP_RECLAIM: 0xc00, __GFP_NOWARN: 0x2000,
  __GFP_RETRY_MAYFAIL: 0x4000, __GFP_NOFAIL: 0x8000, __GFP_NORETRY: 0x10000, __GFP_HARDWALL: 0x20000,
  __GFP_ACCOUNT: 0x100000,
  GFP_ATOMIC: 0xa20, GFP_KERNEL: 0xcc0, GFP_KERNEL_ACCOUNT: 0x100cc0, GFP_NOWAIT: 0x800, GFP_NOIO: 0xc00, GFP_NOFS: 0xc40,
  GFP_USER: 0x20cc0,
};

/** include/linux/mm.h (v5.5). */
export const VM_FLAGS: Readonly<Record<string, number>> = {
  VM_READ: 0x1, VM_WRITE: 0x2, VM_EXEC: 0x4, VM_SHARED: 0x8, VM_MAYWRITE: 0x20, VM_PFNMAP: 0x400, VM_IO: 0x4000,
  VM_DONTCOPY: 0x20000, VM_DONTEXPAND: 0x40000, VM_DONTDUMP: 0x4000000, VM_MIXEDMAP: 0x10000000,
};

/** include/linux/limits.h and kernel.h, and the page of x86-64; decimal spellings with C suffixes. */
export const LIMITS: Readonly<Record<string, string>> = {
  HZ: '250UL', MSEC_PER_SEC: '1000L', PAGE_SHIFT: '12', PAGE_SIZE: '4096UL', BITS_PER_LONG: '64',
  U8_MAX: '255', U16_MAX: '65535', U32_MAX: '4294967295U', U64_MAX: '18446744073709551615ULL', S32_MAX: '2147483647',
  INT_MAX: '2147483647', UINT_MAX: '4294967295U', LONG_MAX: '9223372036854775807L', ULONG_MAX: '18446744073709551615UL',
  SIZE_MAX: '18446744073709551615UL', LLONG_MAX: '9223372036854775807LL', ULLONG_MAX: '18446744073709551615ULL',
};

/** include/linux/poison.h; CONFIG_ILLEGAL_POINTER_VALUE of x86-64 is part of the value. */
export const POISON: Readonly<Record<string, string>> = {
  LIST_POISON1: '0xdead000000000100UL', LIST_POISON2: '0xdead000000000122UL',
};
