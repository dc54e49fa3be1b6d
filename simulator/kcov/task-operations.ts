/** @module What happens to tasks: fork, exit, and the common handle that a task hands to work it causes elsewhere. */
import { BOTTOM_HALVES } from '../compile/rt-lock-calls.js';
import { device, setDevice } from './contract.js';
import { DISABLED, endGeneration, forgetCommon } from './file-operations.js';
import { startsLater } from '../scenario/choices.js';
import type { KcovView } from './contract.js';
import { framed, mayBecome } from './operation.js';
import type { Step } from './operation.js';

/** fork(): the child's task_struct is a copy of the parent's, then kcov_task_init(child) runs with `current` the parent. */
export function fork(child: string): Step {
  return framed(`fork(${child})`, {
    calls: ['kcov_task_init'], deed: { does: 'fork', child },
    begin(view) {
      const [from, to] = [view.addressOf(view.task), view.addressOf(child)];
      const size = view.objectAt(from)?.size ?? 0;
      for (let offset = 0; offset + 4 <= size; offset += 4) view.copyCell(from + offset, to + offset);
      return { function: 'kcov_task_init', args: [to] };
    },
    end: (view) => view.setGhost({ ...view.ghost, forked: [...view.ghost.forked, child].sort(), common: { ...view.ghost.common, [child]: view.ghost.common[view.task] ?? '0' } }),
  });
}

const isForked = (view: KcovView, child: string): boolean => view.ghost.forked.includes(child);

/** A task that may fork before each of its operations and after the last one; a child is born once. */
export function mayFork(child: string, operations: readonly Step[]): Step[] {
  const birth = fork(child);
  const point: Step = { ...birth, ways: () => [{}, { begin: (view) => (isForked(view, child) ? null : birth.begin(view)) }], bound: 'fork' };
  return [point, ...operations.flatMap((operation) => [operation, point])];
}

/** What a child does once it is there; it never runs where it is let run before that. */
export function whenForked(child: string, operations: readonly Step[]): Step[] {
  const gated = operations.map((o): Step => ({ ...o, begin: (view) => (isForked(view, child) ? o.begin(view) : null) }));
  return startsLater(gated);
}

/** The running task exits: kcov_task_exit(current). */
export function exit(): Step {
  return framed('exit', {
    calls: ['kcov_task_exit'], deed: { does: 'exit' },
    begin(view) {
      for (const [name, d] of Object.entries(view.ghost.devices)) if (d.state === 'enabled' && d.owner === view.task) mayBecome(view, name, DISABLED);
      endGeneration(view);
      return { function: 'kcov_task_exit', args: [view.addressOf(view.task)] };
    },
    end(view) {
      for (const [name, d] of Object.entries(view.ghost.devices)) {
        if (d.state !== 'enabled' || d.owner !== view.task) continue;
        setDevice(view, name, device(view, name).abandoned ? { ...DISABLED, state: 'closed' } : DISABLED);
      }
      forgetCommon(view);
    },
  });
}

/** execve(): kcov is not asked (fs/exec.c, begin_new_exec()). The mapping goes, and so does a descriptor that is to be closed: ./file-operations.ts, close(). */
export function exec(): Step {
  return framed('exec()', { calls: [], deed: { does: 'exec' }, begin: () => null, end: () => undefined });
}

/** The task has bottom halves off for a moment; with PREEMPT_RT pending softirqs run in it when they are on again. */
export function bottomHalves(): Step {
  return framed('local_bh_enable()', { calls: [BOTTOM_HALVES], deed: { does: 'bottom-halves' }, begin: () => ({ function: BOTTOM_HALVES, args: [] }), end: () => undefined });
}

/** kcov_common_handle(): what the task, or the one it was forked from, gave to KCOV_REMOTE_ENABLE as the common handle. In an interrupt it may also be none, or one that is just being given. */
export function readCommonHandle(): Step {
  return framed('kcov_common_handle()', {
    calls: ['kcov_common_handle'], deed: { does: 'common-handle' }, begin: () => ({ function: 'kcov_common_handle', args: [] }),
    end(view, result) {
      const expected = view.ghost.common[view.task] ?? '0';
      const none = view.kind !== 'task' && Number(result) === 0;
      const coming = view.kind !== 'task' && Object.values(view.ghost.devices).some((d) => d.arriving.includes(String(result)));
      if (String(result) !== expected && !none && !coming) view.report('common-handle', `kcov_common_handle() returned ${result}, should be ${expected}`);
    },
  });
}
