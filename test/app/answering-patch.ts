/** @module A patch on top of examples/irq-coverage.mbox that answers one of the questions about it. */

/** The saved state is this CPU's while interrupts are off: lines of a diff. */
export const answering = [
  '--- a/kernel/kcov.c', '+++ b/kernel/kcov.c', '@@ -736,11 +736,10 @@ static void kcov_softirq_park(struct task_struct *t, unsigned long irqflags)',
  ' {', '-\tstruct kcov_parked *parked = &get_cpu_var(kcov_parked);', '+\tstruct kcov_parked *parked = this_cpu_ptr(&kcov_parked);', ' ',
  ' \tt->kcov_irq_depth++;', ' \tparked->kcov = t->kcov;', ' \tparked->area = t->kcov_area;', ' \tparked->size = t->kcov_size;', ' \tparked->mode = t->kcov_mode;',
  ' \tparked->irqflags = irqflags;', '-\tput_cpu_var(kcov_parked);', ' }',
  '@@ -750,11 +749,10 @@ static void kcov_softirq_unpark(struct task_struct *t)',
  ' {', '-\tstruct kcov_parked *parked = &get_cpu_var(kcov_parked);', '+\tstruct kcov_parked *parked = this_cpu_ptr(&kcov_parked);', ' ',
  ' \tt->kcov = parked->kcov;', ' \tt->kcov_mode = parked->mode;', ' \tt->kcov_size = parked->size;', ' \tt->kcov_area = parked->area;', ' \tt->kcov_irq_depth--;',
  ' \tlocal_irq_restore(parked->irqflags);', '-\tput_cpu_var(kcov_parked);', ' }',
];
