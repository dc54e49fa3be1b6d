/** @module The fields of preempt_count: include/linux/preempt.h (v5.5, 6.1, 6.12). An NMI adds NMI_OFFSET and HARDIRQ_OFFSET. */
export const PREEMPT_MASK = 0xff;
export const SOFTIRQ_MASK = 0xff00;
export const SOFTIRQ_OFFSET = 0x100;
export const HARDIRQ_MASK = 0xf0000;
export const HARDIRQ_OFFSET = 0x10000;
export const NMI_MASK = 0xf00000;
export const NMI_OFFSET = 0x100000;
