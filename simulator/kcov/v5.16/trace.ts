/**
 * @module kernel/kcov.c (v5.16): the callbacks that the compiler puts into instrumented code, as v5.5 has them. They record in
 * task context, and in a softirq that is in a remote section.
 */
import { bool, call, fn, if_, not, ret, set, unsignedInt, withItems } from '../../ir/build.js';
import type { Item } from '../../ir/build.js';
import { kcovMode, task } from '../types.js';
import { trace as traceOfV55 } from '../v5.5/trace.js';

export const trace: readonly Item[] = withItems(traceOfV55, [
  // in_serving_softirq() is true in a hardirq on the softirq, too.
  fn('check_kcov_mode', {
    is: 'static notrace', returns: bool, takes: { needed_mode: kcovMode, t: task }, locals: { mode: unsignedInt },
    body: ({ needed_mode, t, mode }) => [
      if_(not(call('in_task')).and(not(call('in_serving_softirq').and(t.to('kcov_softirq')))),
        ret('false')),
      set(mode, call('READ_ONCE', t.to('kcov_mode'))),
      call('barrier'),
      ret(mode.eq(needed_mode)),
    ],
  }),
]);
