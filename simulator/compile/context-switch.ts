/**
 * @module What the scheduler runs to switch from one task to the next, as a function of the Program that the task which is
 * taken off the CPU runs to the middle, and goes on in when it gets a CPU again: kernel/sched/core.c prepare_task_switch()
 * and finish_task_switch() (6.1.192:5061 and 5097, 6.12.117:5156 and 5192; the same order in 4.14 and 5.7). The files of
 * kernel/sched are not instrumented, what they call there may be: perf events, notifiers, the mm of the next task. The lock
 * of the run queue is irqs off and preempt_count here; irqs are on again before kcov_finish_switch().
 */
import { call, file, fn, unsignedInt } from '../ir/build.js';
import type { FunctionDef } from '../ir/program.js';

/** Called with irqs off and preempt_count raised; `next` is the actor that gets the CPU. */
export const CONTEXT_SWITCH = '__kcovet_context_switch';

/** The function, where a scenario looks into the switch. */
export const SWITCH_MODELS: readonly FunctionDef[] = file('<model>', [
  fn(CONTEXT_SWITCH, {
    takes: { next: unsignedInt },
    body: ({ next }) => [
      call('kcov_prepare_switch', 'current'),
      call('__sanitizer_cov_trace_pc'),
      call('__kcovet_switch_to', next),
      call('__sanitizer_cov_trace_pc'),
      call('local_irq_enable'),
      call('kcov_finish_switch', 'current'),
      call('preempt_enable'),
    ],
  }),
]).functions;
