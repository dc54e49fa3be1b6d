/**
 * @module How contexts nest: what the entry of each adds to preempt_count, and where it may come. A softirq where irqs are
 * on, bottom halves are on and no softirq or hardirq runs; a hardirq where irqs are on; an NMI anywhere but in an NMI.
 * Early irq code is that of a hardirq with irqs off before irq_enter() has counted it, or after irq_exit() has taken that
 * back (kernel/softirq.c of 6.1, __irq_exit_rcu()): it adds nothing, and what asks preempt_count sees what was interrupted.
 */
import { HARDIRQ_MASK, HARDIRQ_OFFSET, NMI_MASK, NMI_OFFSET, SOFTIRQ_MASK, SOFTIRQ_OFFSET } from '../kernel/preempt-count.js';
import type { ContextKind, CpuState } from './state.js';

/** What the entry of a context adds to preempt_count: include/linux/hardirq.h, kernel/softirq.c. */
export function entryOffset(kind: ContextKind): number {
  switch (kind) {
    case 'task': return 0;
    case 'softirq': return SOFTIRQ_OFFSET;
    case 'hardirq': return HARDIRQ_OFFSET;
    case 'nmi': return NMI_OFFSET + HARDIRQ_OFFSET;
  }
}

/** Whether a CPU takes an interrupt of a kind now. Early irq code comes as the hardirq that it belongs to does. */
export function mayInterrupt(cpu: Pick<CpuState, 'irqsOn' | 'preemptCount'>, kind: ContextKind): boolean {
  switch (kind) {
    case 'task': return false;
    case 'softirq': return cpu.irqsOn && (cpu.preemptCount & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK)) === 0;
    case 'hardirq': return cpu.irqsOn && (cpu.preemptCount & (NMI_MASK | HARDIRQ_MASK)) === 0;
    case 'nmi': return (cpu.preemptCount & NMI_MASK) === 0;
  }
}
