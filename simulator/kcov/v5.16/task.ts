/** @module kernel/kcov.c (v5.16): wiring a task to a device and back, as v6.12 has it, but for what a child does not get. */
import { call, fn, name, set, withItems } from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { task } from '../types.js';
import { taskState as taskStateOfV612 } from '../v6.12/task.js';

export const taskState: readonly Item[] = withItems(taskStateOfV612, [
  // Called in fork for the child `t`. kcov_softirq is copied with the task.
  fn('kcov_task_init', {
    takes: { t: task },
    body: ({ t }) => [
      call('kcov_task_reset', t),
      set(t.to('kcov_handle'), name('current').to('kcov_handle')),
    ],
  }),
]);
