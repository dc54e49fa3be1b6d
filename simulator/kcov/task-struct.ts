/**
 * @module kcov's fields of struct task_struct (include/linux/sched.h) between those that stand next to them, and the few
 * others that a scenario looks at. Not the whole struct, and not its layout. Later kernels append fields to kcov's part.
 */
import {
  file, int, named, pointer, struct, structType, u64, unsignedInt, unsignedLong, void_,
} from '../ir/build.js';
import type { FieldSpec } from '../ir/build.js';
import type { CType, Program } from '../ir/program.js';

function under(ifdef: string): (type: CType) => FieldSpec {
  return (type) => ({ type, ifdef });
}

const tracing = under('CONFIG_TRACING');
const kcov = under('CONFIG_KCOV');
const memcg = under('CONFIG_MEMCG');

/** include/linux/sched.h with kcov's fields of v5.5 and `later` ones behind them. */
export function schedHeaderWith(later: Readonly<Record<string, CType>>): Program {
  return file('include/linux/sched.h', [
    struct('task_struct', {
      flags: unsignedInt,
      pid: int,
      trace: tracing(unsignedLong),
      trace_recursion: tracing(unsignedLong),
      // Mode 0: nothing is collected. Size in words of the area; the device, or the remote section's device, in kcov.
      kcov_mode: kcov(unsignedInt),
      kcov_size: kcov(unsignedInt),
      kcov_area: kcov(pointer(void_)),
      kcov: kcov(pointer(structType('kcov'))),
      kcov_handle: kcov(u64),
      kcov_sequence: kcov(int),
      ...Object.fromEntries(Object.entries(later).map(([name, type]) => [name, kcov(type)])),
      memcg_in_oom: memcg(pointer(structType('mem_cgroup'))),
      memcg_oom_gfp_mask: memcg(named('gfp_t')),
      memcg_oom_order: memcg(int),
      memcg_nr_pages_over_high: memcg(unsignedInt),
      active_memcg: memcg(pointer(structType('mem_cgroup'))),
    }),
  ]);
}

/**
 * The struct for kernel/kcov.c of later kernels that come without their sched.h: kcov_softirq since v5.11, and the state
 * that a remote section of a task saves since kcov_remote_start() nests (stable 6.1 of 2026); the types are those of the
 * fields saved.
 */
export const laterSchedHeader: Program = schedHeaderWith({
  kcov_softirq: unsignedInt,
  kcov_saved_mode: unsignedInt,
  kcov_saved_size: unsignedInt,
  kcov_saved_area: pointer(void_),
  kcov_saved_kcov: pointer(structType('kcov')),
  kcov_saved_sequence: int,
});
