/**
 * @module The fields of preempt_count: include/linux/preempt.h (v5.5, 6.1, 6.12). An NMI adds NMI_OFFSET and HARDIRQ_OFFSET.
 * Above them the machine keeps what the kernel has in task_struct: how often migrate_disable() is nested. The bits of
 * softirqs are the task's with PREEMPT_RT (current->softirq_disable_cnt), and in the same place here.
 */
export const PREEMPT_MASK = 0xff;
export const SOFTIRQ_MASK = 0xff00;
export const SOFTIRQ_OFFSET = 0x100;
/** local_bh_disable() adds twice SOFTIRQ_OFFSET, so that serving a softirq differs: include/linux/bottom_half.h. */
export const BH_DISABLE = 2 * SOFTIRQ_OFFSET;
export const HARDIRQ_MASK = 0xf0000;
export const HARDIRQ_OFFSET = 0x10000;
export const NMI_MASK = 0xf00000;
export const NMI_OFFSET = 0x100000;
export const MIGRATE_MASK = 0xf000000;
export const MIGRATE_OFFSET = 0x1000000;

/** What preempt_count() gives: 0 where the scheduler may take the CPU, if irqs are on. Softirqs do not count with PREEMPT_RT. */
export function atomicCount(count: number, rt: boolean): number {
  return count & ~(rt ? MIGRATE_MASK | SOFTIRQ_MASK : MIGRATE_MASK);
}
