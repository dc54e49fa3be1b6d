/** @module Types that the functions of kernel/kcov.c (any version) name again and again. */
import { enumType, pointer, structType, void_ } from '../ir/build.js';

/** `void *` */
export const voidPointer = pointer(void_);
/** `struct task_struct *` */
export const task = pointer(structType('task_struct'));
/** `struct kcov *` */
export const device = pointer(structType('kcov'));
/** `struct kcov_remote *` */
export const remoteEntry = pointer(structType('kcov_remote'));
/** `struct kcov_remote_area *` */
export const remoteArea = pointer(structType('kcov_remote_area'));
/** `struct kcov_remote_arg *` */
export const remoteArg = pointer(structType('kcov_remote_arg'));
/** `enum kcov_mode` */
export const kcovMode = enumType('kcov_mode');
/** `struct file *` */
export const file = pointer(structType('file'));
/** `struct inode *` */
export const inode = pointer(structType('inode'));
