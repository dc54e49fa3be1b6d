/**
 * @module Kernel calls that any context may make: they neither sleep nor put anything off. Listed by the header that
 * defines them, so that the table of contracts has every call that is modelled, each once.
 */

/** Names by the kernel path that defines them (6.1 unless the call is newer). */
export const ANYWHERE: Readonly<Record<string, string>> = {
  'include/linux/preempt.h': `in_nmi in_hardirq in_irq in_serving_softirq in_softirq in_interrupt irq_count in_task in_atomic preemptible preempt_count
    preempt_disable migrate_disable migrate_enable preempt_disable_notrace preempt_enable preempt_enable_notrace preempt_enable_no_resched`,
  'include/linux/bottom_half.h': 'local_bh_disable local_bh_enable',
  'include/linux/irqflags.h': `local_irq_disable local_irq_enable local_irq_restore local_irq_save local_save_flags irqs_disabled irqs_disabled_flags`,
  'include/linux/smp.h': 'get_cpu put_cpu smp_processor_id raw_smp_processor_id',
  'include/linux/cpumask.h': 'num_online_cpus num_possible_cpus',
  'include/linux/topology.h': 'cpu_to_node numa_node_id',
  'include/linux/percpu-defs.h': `get_cpu_var put_cpu_var get_cpu_ptr put_cpu_ptr per_cpu per_cpu_ptr this_cpu_ptr raw_cpu_ptr __get_cpu_var
    this_cpu_read this_cpu_write this_cpu_add this_cpu_sub this_cpu_inc this_cpu_dec this_cpu_and this_cpu_or this_cpu_xchg this_cpu_cmpxchg
    this_cpu_add_return this_cpu_inc_return this_cpu_dec_return
    __this_cpu_read __this_cpu_write __this_cpu_add __this_cpu_sub __this_cpu_inc __this_cpu_dec __this_cpu_and __this_cpu_or
    raw_cpu_read raw_cpu_write raw_cpu_add raw_cpu_sub raw_cpu_inc raw_cpu_dec raw_cpu_and raw_cpu_or`,
  'include/linux/spinlock.h': `spin_lock spin_lock_bh spin_lock_irq spin_lock_irqsave spin_lock_irqsave_nested spin_lock_nested spin_trylock spin_trylock_irqsave
    spin_unlock spin_unlock_bh spin_unlock_irq spin_unlock_irqrestore spin_lock_init
    raw_spin_lock raw_spin_lock_bh raw_spin_lock_irq raw_spin_lock_irqsave raw_spin_lock_irqsave_nested raw_spin_lock_nested raw_spin_trylock
    raw_spin_trylock_irqsave raw_spin_unlock raw_spin_unlock_bh raw_spin_unlock_irq raw_spin_unlock_irqrestore raw_spin_lock_init`,
  'include/linux/local_lock.h': `local_lock local_lock_irq local_lock_irqsave local_lock_nested_bh local_unlock local_unlock_irq local_unlock_irqrestore
    local_unlock_nested_bh`,
  'include/linux/lockdep.h': `lockdep_is_held lockdep_assert lockdep_assert_once lockdep_assert_held lockdep_assert_held_once lockdep_assert_not_held
    lockdep_assert_irqs_disabled lockdep_assert_irqs_enabled lockdep_assert_preemption_disabled lockdep_assert_preemption_enabled
    lockdep_assert_in_irq lockdep_assert_in_softirq __kcovet_assume`,
  'include/linux/mutex.h': 'mutex_init mutex_trylock mutex_unlock',
  'include/asm-generic/barrier.h': `barrier mb rmb wmb smp_mb smp_rmb smp_wmb smp_mb__before_atomic smp_mb__after_atomic smp_load_acquire smp_store_release`,
  'include/asm-generic/rwonce.h': 'READ_ONCE READ_ONCE_NOCHECK WRITE_ONCE ACCESS_ONCE',
  'include/linux/atomic/atomic-arch-fallback.h': `xchg xchg_acquire xchg_release xchg_relaxed cmpxchg cmpxchg64 cmpxchg_acquire cmpxchg_release cmpxchg_relaxed
    cmpxchg_local try_cmpxchg try_cmpxchg64 try_cmpxchg_acquire try_cmpxchg_release try_cmpxchg_relaxed`,
  'include/linux/refcount.h': `refcount_set refcount_read refcount_inc refcount_add refcount_dec refcount_inc_not_zero refcount_dec_and_test refcount_sub_and_test`,
  'include/linux/bitops.h': 'set_bit clear_bit test_bit test_and_set_bit test_and_clear_bit',
  'include/linux/rcupdate.h': `rcu_access_pointer rcu_assign_pointer rcu_dereference rcu_dereference_check rcu_dereference_protected rcu_dereference_raw
    RCU_INIT_POINTER unrcu_pointer`,
  'include/linux/err.h': 'ERR_CAST ERR_PTR IS_ERR IS_ERR_OR_NULL PTR_ERR PTR_ERR_OR_ZERO',
  'include/asm-generic/bug.h': 'BUG BUG_ON WARN WARN_ON WARN_ONCE WARN_ON_ONCE',
  'include/linux/compiler.h': `likely unlikely data_race __builtin_expect __force __cond_lock context_unsafe typeof sizeof addressof offsetof
    offsetofend sizeof_field container_of __kcovet_entry_safe`,
  'include/linux/minmax.h': 'min max min3 max3 min_t max_t umin umax clamp swap',
  'include/linux/math.h': 'DIV_ROUND_UP roundup rounddown',
  'include/linux/align.h': 'ALIGN PAGE_ALIGN',
  'include/linux/bits.h': 'BIT BIT_ULL BITS_TO_LONGS lower_32_bits upper_32_bits',
  'include/linux/log2.h': 'ilog2 __ilog2_u32 __ilog2_u64 order_base_2 is_power_of_2',
  'include/linux/overflow.h': `array_size array3_size struct_size struct_size_t size_add size_mul size_sub check_add_overflow check_mul_overflow check_sub_overflow`,
  'include/linux/kernel.h': 'ARRAY_SIZE IS_ENABLED kaslr_offset u64_to_user_ptr',
  'include/linux/sched.h': 'get_current __kcovet_switch_to',
  'include/linux/list.h': `list_entry list_entry_is_head list_entry_rcu list_first_entry list_first_entry_or_null list_last_entry list_next_entry list_prev_entry
    hlist_entry hlist_entry_safe`,
  'include/linux/hashtable.h': 'HASH_SIZE hash_add hash_add_rcu hash_del hash_del_rcu hash_empty hash_hashed hash_init',
  'include/linux/string.h': 'memcpy __memcpy memset __memset',
  'include/linux/mm.h': 'vmalloc_to_page vm_flags_set vma_start_pgoff',
  'include/linux/cleanup.h': 'no_free_ptr retain_and_null_ptr take_ptr',
  'include/linux/jiffies.h': 'jiffies_to_msecs msecs_to_jiffies time_after time_after_eq time_before time_before_eq',
  'include/linux/slab.h': 'kfree_sensitive kvfree',
};

const OPERATIONS = [
  'add', 'add_return', 'cmpxchg', 'dec', 'dec_and_test', 'dec_return', 'fetch_add', 'fetch_dec', 'fetch_inc', 'fetch_sub', 'inc', 'inc_and_test',
  'inc_not_zero', 'inc_return', 'read', 'set', 'sub', 'sub_and_test', 'sub_return', 'try_cmpxchg', 'xchg',
];

/** Every name with its path; atomic_t, atomic64_t and atomic_long_t have the same operations. */
export function calledAnywhere(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [path, names] of Object.entries(ANYWHERE)) for (const name of names.split(/\s+/u)) found.set(name, path);
  for (const type of ['atomic', 'atomic64', 'atomic_long']) for (const operation of OPERATIONS) found.set(`${type}_${operation}`, 'include/linux/atomic/atomic-instrumented.h');
  return found;
}
