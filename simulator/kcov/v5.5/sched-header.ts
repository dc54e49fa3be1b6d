/** @module include/linux/sched.h (v5.5): the fields of struct task_struct that kcov has in this version. */
import type { Program } from '../../ir/program.js';
import { schedHeaderWith } from '../task-struct.js';

export const schedHeader: Program = schedHeaderWith({});
