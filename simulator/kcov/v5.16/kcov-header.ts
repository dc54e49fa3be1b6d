/**
 * @module include/linux/kcov.h (v5.16): modes, the two macros of the context switch, what the rest of the kernel calls, and
 * the empty forms of these for kernels without CONFIG_KCOV.
 */
import {
  assign, call, define, enumeration, file, fn, if_, include, invert, name, number, prototype, ret, u64,
} from '../../ir/build.js';
import type { Code, Item } from '../../ir/build.js';
import type { CType, Program } from '../../ir/program.js';
import { task } from '../types.js';

const WITH = 'CONFIG_KCOV';
const WITHOUT = '!CONFIG_KCOV';

/** kcov_remote_start() with the handle of a subsystem. */
function startOf(name: string, subsystem: string): Item {
  return fn(name, {
    is: 'static inline', takes: { id: u64 }, ifdef: WITH,
    body: ({ id }) => [
      call('kcov_remote_start', call('kcov_remote_handle', subsystem, id)),
    ],
  });
}

/** For code that runs in softirqs and in tasks, where a section is wanted in softirqs only: those of tasks do not nest. */
function inSoftirq(then: Code): Code {
  return if_(call('in_serving_softirq'), then);
}

/** An empty function for kernels without kcov. */
function stub(name: string, takes: Readonly<Record<string, CType>> = {}): Item {
  return fn(name, { is: 'static inline', takes, ifdef: WITHOUT, body: () => [] });
}

const inSwitch = name('t').to('kcov_mode');

export const kcovHeader: Program = file('include/linux/kcov.h', [
  include('<uapi/linux/kcov.h>'),
  enumeration('kcov_mode', {
    KCOV_MODE_DISABLED: 0, KCOV_MODE_INIT: 1, KCOV_MODE_TRACE_PC: 2, KCOV_MODE_TRACE_CMP: 3,
  }, WITH),
  define('KCOV_IN_CTXSW', number('1').shl(30).parens, WITH),
  prototype('kcov_task_init', { takes: { t: task }, ifdef: WITH }),
  prototype('kcov_task_exit', { takes: { t: task }, ifdef: WITH }),
  // Set in the mode while the scheduler switches from or to the task, so that nothing is recorded then.
  define('kcov_prepare_switch(t)', [
    'do { (t)->kcov_mode |= KCOV_IN_CTXSW; } while (0)', assign(inSwitch, 'KCOV_IN_CTXSW', '|='),
  ], WITH),
  define('kcov_finish_switch(t)', [
    'do { (t)->kcov_mode &= ~KCOV_IN_CTXSW; } while (0)', assign(inSwitch, invert('KCOV_IN_CTXSW'), '&='),
  ], WITH),
  prototype('kcov_remote_start', { takes: { handle: u64 }, ifdef: WITH }),
  prototype('kcov_remote_stop', { ifdef: WITH }),
  prototype('kcov_common_handle', { returns: u64, ifdef: WITH }),
  startOf('kcov_remote_start_common', 'KCOV_SUBSYSTEM_COMMON'),
  startOf('kcov_remote_start_usb', 'KCOV_SUBSYSTEM_USB'),
  fn('kcov_remote_start_usb_softirq', {
    is: 'static inline', takes: { id: u64 }, ifdef: WITH,
    body: ({ id }) => [
      inSoftirq(call('kcov_remote_start_usb', id)),
    ],
  }),
  fn('kcov_remote_stop_softirq', {
    is: 'static inline', ifdef: WITH,
    body: () => [
      inSoftirq(call('kcov_remote_stop')),
    ],
  }),

  stub('kcov_task_init', { t: task }),
  stub('kcov_task_exit', { t: task }),
  stub('kcov_prepare_switch', { t: task }),
  stub('kcov_finish_switch', { t: task }),
  stub('kcov_remote_start', { handle: u64 }),
  stub('kcov_remote_stop'),
  fn('kcov_common_handle', { is: 'static inline', returns: u64, ifdef: WITHOUT, body: () => [ret(0)] }),
  stub('kcov_remote_start_common', { id: u64 }),
  stub('kcov_remote_start_usb', { id: u64 }),
  stub('kcov_remote_start_usb_softirq', { id: u64 }),
  stub('kcov_remote_stop_softirq'),
]);
