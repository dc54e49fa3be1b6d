/**
 * @module include/linux/sched.h (v6.12): the fields of struct task_struct that kcov has in this version, and what stands
 * next to them. Not the whole struct, and not its layout.
 */
import {
  file, int, pointer, struct, structType, u64, unsignedInt, unsignedLong, void_,
} from '../../ir/build.js';
import type { FieldSpec } from '../../ir/build.js';
import type { CType, Program } from '../../ir/program.js';

function under(ifdef: string): (type: CType) => FieldSpec {
  return (type) => ({ type, ifdef });
}

const tracing = under('CONFIG_TRACING');
const kcov = under('CONFIG_KCOV');
const memcgV1 = under('CONFIG_MEMCG_V1');
const memcg = under('CONFIG_MEMCG');

export const schedHeader: Program = file('include/linux/sched.h', [
  struct('task_struct', {
    flags: unsignedInt,
    pid: int,
    trace_recursion: tracing(unsignedLong),
    // Mode 0: nothing is collected. Size in words of the area; the device, or the remote section's device, in kcov.
    kcov_mode: kcov(unsignedInt),
    kcov_size: kcov(unsignedInt),
    kcov_area: kcov(pointer(void_)),
    kcov: kcov(pointer(structType('kcov'))),
    kcov_handle: kcov(u64),
    kcov_sequence: kcov(int),
    // 1 while a softirq that interrupted the task is in a remote section; the task's own state is in the saved fields then.
    kcov_softirq: kcov(unsignedInt),
    kcov_saved_mode: kcov(unsignedInt),
    kcov_saved_size: kcov(unsignedInt),
    kcov_saved_area: kcov(pointer(void_)),
    kcov_saved_kcov: kcov(pointer(structType('kcov'))),
    kcov_saved_sequence: kcov(int),
    memcg_in_oom: memcgV1(pointer(structType('mem_cgroup'))),
    memcg_nr_pages_over_high: memcg(unsignedInt),
    active_memcg: memcg(pointer(structType('mem_cgroup'))),
    objcg: memcg(pointer(structType('obj_cgroup'))),
  }),
]);
