/**
 * @module Head of kernel/kcov.c (v5.16): that of v5.5, and what each CPU has: the buffer of sections in softirqs, and what
 * the section of a softirq interrupts.
 */
import { call, defined, fields, int, named, struct, structType, unsignedInt } from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { device, voidPointer } from '../types.js';
import { data as dataOfV55 } from '../v5.5/data.js';

const perCpuData = structType('kcov_percpu_data');

export const data: readonly Item[] = [
  ...dataOfV55,

  // `lock` is held while a section starts or stops on this CPU; saved_kcov is NULL while nothing is saved.
  struct('kcov_percpu_data', {
    irq_area: voidPointer,
    lock: named('local_lock_t'),
    saved_mode: unsignedInt,
    saved_size: unsignedInt,
    saved_area: voidPointer,
    saved_kcov: device,
    saved_sequence: int,
  }),
  defined('DEFINE_PER_CPU', 'kcov_percpu_data', {
    type: perCpuData, args: [perCpuData, 'kcov_percpu_data'], init: fields({ lock: call('INIT_LOCAL_LOCK', 'lock') }),
    static: true, perCpu: true,
  }),
];
