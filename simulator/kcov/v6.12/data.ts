/**
 * @module Head of kernel/kcov.c (v6.12): includes, macros, the descriptor of an open device (struct kcov), an entry of the
 * handle table (struct kcov_remote), a spare buffer (struct kcov_remote_area) and the objects at file scope.
 */
import {
  array, bool, call, define, defined, fields, global, include, int, name, named, number, struct, structType, u64, unsignedInt,
  values,
} from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { device, kcovMode, task, voidPointer } from '../types.js';

const HEADERS = [
  'linux/atomic.h', 'linux/compiler.h', 'linux/errno.h', 'linux/export.h', 'linux/types.h', 'linux/file.h', 'linux/fs.h',
  'linux/hashtable.h', 'linux/init.h', 'linux/jiffies.h', 'linux/kmsan-checks.h', 'linux/mm.h', 'linux/preempt.h',
  'linux/printk.h', 'linux/sched.h', 'linux/slab.h', 'linux/spinlock.h', 'linux/vmalloc.h', 'linux/debugfs.h',
  'linux/uaccess.h', 'linux/kcov.h', 'linux/refcount.h', 'linux/log2.h', 'asm/setup.h',
];

const perCpuData = structType('kcov_percpu_data');
const spareAreas = name('kcov_remote_areas');

export const data: readonly Item[] = [
  define('pr_fmt(fmt)', '"kcov: " fmt'),
  define('DISABLE_BRANCH_PROFILING', ''),
  ...HEADERS.map((header) => include(`<${header}>`)),
  define('kcov_debug(fmt, ...)', 'pr_debug("%s: " fmt, __func__, ##__VA_ARGS__)'),
  define('KCOV_WORDS_PER_CMP', number('4')),

  // `lock` protects mode, size, area and t; `refcount` counts the open file, the enabled task and each remote section;
  // `sequence` tells a remote section that the device was enabled anew meanwhile. Sizes are in words of 8 bytes.
  struct('kcov', {
    refcount: named('refcount_t'),
    lock: named('spinlock_t'),
    mode: kcovMode,
    size: unsignedInt,
    area: voidPointer,
    t: task,
    remote: bool,
    remote_size: unsignedInt,
    sequence: int,
  }),
  struct('kcov_remote_area', { list: structType('list_head'), size: unsignedInt }),
  struct('kcov_remote', { handle: u64, kcov: device, hnode: structType('hlist_node') }),

  defined('DEFINE_SPINLOCK', 'kcov_remote_lock', {
    type: named('spinlock_t'), args: ['kcov_remote_lock'], static: true,
  }),
  defined('DEFINE_HASHTABLE', 'kcov_remote_map', {
    type: array(structType('hlist_head'), number('1').shl(4)), args: ['kcov_remote_map', 4], static: true,
  }),
  // Spare buffers of sections in tasks, and of sections in softirqs, which kcov_init() allocates beforehand.
  global('kcov_remote_areas', array(structType('list_head'), 2), {
    static: true, init: values(call('LIST_HEAD_INIT', spareAreas.at(0)), call('LIST_HEAD_INIT', spareAreas.at(1))),
  }),

  // Held while a section starts or stops on this CPU.
  struct('kcov_percpu_data', { lock: named('local_lock_t') }),
  defined('DEFINE_PER_CPU', 'kcov_percpu_data', {
    type: perCpuData, args: [perCpuData, 'kcov_percpu_data'], init: fields({ lock: call('INIT_LOCAL_LOCK', 'lock') }),
    static: true, perCpu: true,
  }),
];
