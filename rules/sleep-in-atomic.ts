/** @module Rule: a function that may sleep is called where nothing may. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const sleepInAtomic = rule<Unexplained>({
  id: 'sleep-in-atomic',
  summary: 'A function that may sleep is called where nothing may.',
  why: 'vmalloc(), GFP_KERNEL, mutexes and user copies schedule. With a spinlock held, interrupts off or in an interrupt that ends in a splat or a hang.',
  evidence: 'counterexample',
  gaps: 'What the code around a section holds is not known.',
  origin: 'kernel/sched/core.c __might_sleep(); DEBUG_ATOMIC_SLEEP.',
  fires: [
    {
      name: 'vmalloc() with the lock held', on: 'model', scenarios: ['section-in-kthread'],
      edits: [{ find: '\tarea = kcov_remote_area_get(size);\n', replace: '\tarea = kcov_remote_area_get(size);\n\tif (!area)\n\t\tarea = vmalloc(size * sizeof(unsigned long)); //~ sleep-in-atomic\n' }],
    },
    {
      name: 'a new ioctl writes to user memory with the lock held', on: 'model', scenarios: ['own-command-when-ready'],
      edits: [
        { path: 'include/uapi/linux/kcov.h', find: "#define KCOV_ENABLE _IO('c', 100)\n", replace: "#define KCOV_SIZE _IOR('c', 3, __u32)\n#define KCOV_ENABLE _IO('c', 100)\n" },
        { find: '\tcase KCOV_DISABLE:\n', replace: '\tcase KCOV_SIZE:\n\t\treturn put_user(kcov->size, (unsigned int __user *)arg); //~ sleep-in-atomic\n\tcase KCOV_DISABLE:\n' },
      ],
    },
  ],
  silent: [
    {
      name: 'an atomic allocation with the lock held', on: 'model', scenarios: ['section-in-kthread', 'allocation-failure'],
      edits: [{ find: '\tarea = kcov_remote_area_get(size);\n', replace: '\tarea = kcov_remote_area_get(size);\n\tif (!area)\n\t\tarea = kmalloc(size * sizeof(unsigned long), GFP_ATOMIC);\n' }],
    },
    {
      name: 'a new ioctl that returns what it reads with the lock held', on: 'model', scenarios: ['own-command-when-ready', 'own-command-of-another-task', 'own-command-in-section'],
      edits: [
        { path: 'include/uapi/linux/kcov.h', find: "#define KCOV_ENABLE _IO('c', 100)\n", replace: "#define KCOV_SIZE _IO('c', 3)\n#define KCOV_ENABLE _IO('c', 100)\n" },
        { find: '\tcase KCOV_DISABLE:\n', replace: '\tcase KCOV_SIZE:\n\t\treturn kcov->size;\n\tcase KCOV_DISABLE:\n' },
      ],
    },
  ],
  check: (subject) => unexplained(subject, ['sleep-in-atomic']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    return `Can this be reached in atomic context? In the schedule below it is: ${found.detail}.`;
  },
});
