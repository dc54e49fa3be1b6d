/**
 * @module The table of kernel functions and macros that kcov.c calls, with the contract of each: where it may be called,
 * whether it may sleep, what it defers. There is no silent no-op: what has no effect on kcov's behaviour is in
 * WITHOUT_EFFECT, and that list is printed in reviews that touch such a call. Everything else is not modelled.
 *
 * Sources are of Linux 6.1.192 unless said; see KERNEL facts in simulator/README.md.
 */

import { calledAnywhere } from './anywhere.js';

export interface CallContract {
  /** May sleep: must not be called in atomic context. 'gfp' depends on the flags in the argument `gfpArgument`; 'outside interrupts': not where in_interrupt(). */
  readonly sleeps: boolean | 'gfp' | 'outside interrupts';
  readonly gfpArgument?: number;
  /** What the call puts off when it runs in an interrupt, '' when nothing. */
  readonly defers: string;
  /** Kernel path that says so. */
  readonly source: string;
}

const gfp = (gfpArgument: number, source: string): CallContract => ({ sleeps: 'gfp', gfpArgument, defers: '', source });
const never = (source: string, defers = ''): CallContract => ({ sleeps: false, defers, source });
const sleeps = (source: string): CallContract => ({ sleeps: true, defers: '', source });

/** Calls that may sleep, that defer, or that give memory back: these are checked and observed where they are made. */
export const CALL_CONTRACTS: Readonly<Record<string, CallContract>> = {
  kzalloc_node: gfp(1, 'include/linux/slab.h'), kvmalloc: gfp(1, 'include/linux/slab.h'), kvzalloc: gfp(1, 'include/linux/slab.h'),
  kvmalloc_array: gfp(2, 'include/linux/slab.h'), kvcalloc: gfp(2, 'include/linux/slab.h'),
  kmalloc_obj: gfp(1, 'include/linux/slab.h'), kzalloc_obj: gfp(1, 'include/linux/slab.h'), kvmalloc_obj: gfp(1, 'include/linux/slab.h'),
  kvzalloc_obj: gfp(1, 'include/linux/slab.h'), kmalloc_objs: gfp(2, 'include/linux/slab.h'), kzalloc_objs: gfp(2, 'include/linux/slab.h'),
  kvmalloc_objs: gfp(2, 'include/linux/slab.h'), kvzalloc_objs: gfp(2, 'include/linux/slab.h'), kmalloc_flex: gfp(3, 'include/linux/slab.h'),
  kzalloc_flex: gfp(3, 'include/linux/slab.h'), kvmalloc_flex: gfp(3, 'include/linux/slab.h'), kvzalloc_flex: gfp(3, 'include/linux/slab.h'),
  vmalloc_array: sleeps('include/linux/vmalloc.h'), vcalloc: sleeps('include/linux/vmalloc.h'), vzalloc_node: sleeps('mm/vmalloc.c'),
  __get_user: sleeps('arch/x86/include/asm/uaccess.h'), __put_user: sleeps('arch/x86/include/asm/uaccess.h'),
  unsafe_get_user: sleeps('include/linux/uaccess.h'), unsafe_put_user: sleeps('include/linux/uaccess.h'),
  mutex_lock_nested: sleeps('kernel/locking/mutex.c'),
  kmalloc: { sleeps: 'gfp', gfpArgument: 1, defers: '', source: 'include/linux/slab.h' },
  kzalloc: { sleeps: 'gfp', gfpArgument: 1, defers: '', source: 'include/linux/slab.h' },
  kmalloc_array: { sleeps: 'gfp', gfpArgument: 2, defers: '', source: 'include/linux/slab.h' },
  kcalloc: { sleeps: 'gfp', gfpArgument: 2, defers: '', source: 'include/linux/slab.h' },
  kmalloc_node: { sleeps: 'gfp', gfpArgument: 1, defers: '', source: 'include/linux/slab.h' },
  kfree: never('mm/slab_common.c'),
  vmalloc: sleeps('mm/vmalloc.c'),
  vzalloc: sleeps('mm/vmalloc.c'),
  vmalloc_user: sleeps('mm/vmalloc.c'),
  vmalloc_node: sleeps('mm/vmalloc.c'),
  // might_sleep() behind a test of in_interrupt(), also for NULL: mm/vmalloc.c, 5.5 to 6.12.
  vfree: { sleeps: 'outside interrupts', defers: 'the freeing goes to a workqueue', source: 'mm/vmalloc.c:2829' },
  memdup_user: sleeps('mm/util.c'),
  get_user: sleeps('arch/x86/include/asm/uaccess.h'),
  put_user: sleeps('arch/x86/include/asm/uaccess.h'),
  copy_from_user: sleeps('include/linux/uaccess.h'),
  copy_to_user: sleeps('include/linux/uaccess.h'),
  vm_insert_page: sleeps('mm/memory.c'),
  // __might_sleep() by itself: include/linux/kernel.h, include/linux/sched.h.
  might_sleep: sleeps('include/linux/kernel.h'), might_fault: sleeps('mm/memory.c'), cond_resched: sleeps('include/linux/sched.h'),
  mutex_lock: sleeps('kernel/locking/mutex.c'),
  nonseekable_open: never('fs/open.c'),
  debugfs_create_file_unsafe: sleeps('fs/debugfs/inode.c'),
  debugfs_create_file: sleeps('fs/debugfs/inode.c'),
};

/** The contract of every call that is modelled: CALL_CONTRACTS, and what may be called anywhere. */
export function contractOfCall(name: string): CallContract | null {
  const source = ANYWHERE_BY_NAME.get(name);
  return CALL_CONTRACTS[name] ?? (source === undefined ? null : never(source));
}

const ANYWHERE_BY_NAME = calledAnywhere();

/** Bits of gfp_t that mean "may sleep" (__GFP_DIRECT_RECLAIM), as the model's GFP constants have them. */
export const GFP_DIRECT_RECLAIM = 0x400n;

/**
 * Calls that take a lock which sleeps with PREEMPT_RT, whatever their flags say: the slab allocator has a local_lock_t and
 * spinlock_t (mm/slub.c, 6.12.117:399 and 429; Documentation/locking/locktypes.rst:476).
 */
export const SLEEPS_ON_RT: ReadonlySet<string> = new Set([
  ...Object.entries(CALL_CONTRACTS).flatMap(([name, { sleeps: how }]) => (how === 'gfp' ? [name] : [])), 'kfree', 'kvfree', 'kfree_sensitive',
]);

/** Calls that change nothing kcov's behaviour depends on. Prints are never observable behaviour. */
export const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'pr_debug', 'pr_info', 'pr_notice', 'pr_warn', 'pr_err', 'pr_warn_once', 'pr_err_once', 'pr_info_once', 'pr_warn_ratelimited',
  'printk', 'trace_printk', 'dump_stack', 'no_printk', 'pr_devel', 'pr_cont', 'dev_dbg', 'dev_err', 'dev_warn', 'dev_info',
  'BUILD_BUG_ON', 'BUILD_BUG_ON_MSG', 'static_assert', 'cpu_relax', 'prefetch',
  'lockdep_set_class', 'lockdep_set_novalidate_class', 'kmemleak_ignore', 'kmemleak_not_leak', 'kasan_disable_current', 'kasan_enable_current',
  'instrumentation_begin', 'instrumentation_end', 'kmsan_unpoison_memory', 'assert_spin_locked', 'ASSERT_EXCLUSIVE_WRITER',
  'ASSERT_EXCLUSIVE_ACCESS', 'typecheck', 'kcsan_disable_current', 'kcsan_enable_current', '__release', '__acquire', '__acquire_shared', '__release_shared', '__assume_ctx_lock', 'context_unsafe_alias',
  'rcu_read_lock', 'rcu_read_unlock', 'rcu_read_lock_sched', 'rcu_read_unlock_sched', 'user_access_end',
  'user_read_access_end', 'user_write_access_end', 'local_lock_init',
]);
