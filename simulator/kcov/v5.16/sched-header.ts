/** @module include/linux/sched.h (v5.16): the fields of struct task_struct that kcov has in this version. */
import { unsignedInt } from '../../ir/build.js';
import type { Program } from '../../ir/program.js';
import { schedHeaderWith } from '../task-struct.js';

/** kcov_softirq: 1 while a softirq that interrupted the task is in a remote section. */
export const schedHeader: Program = schedHeaderWith({ kcov_softirq: unsignedInt });
