/** @module Interleavings as pictures: who has the CPU, who waits, what is held, what each step says. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lanesOf } from '../../../src/render/lanes/picture.js';
import { fromText, summaryOf, turnText, valueText } from '../../../src/render/lanes/words.js';
import { row, type RowParts } from './rows.js';

const entry = (parts: RowParts) => row({ access: 'enter', text: '', ...parts });
const pictureOf = (...rows: ReturnType<typeof row>[]) => lanesOf({ trace: rows });
const changes = (...rows: ReturnType<typeof row>[]) => {
  const picture = pictureOf(...rows);
  return picture.steps.map((step) => turnText(step, picture.lanes));
};

describe('lanes of a picture', () => {
  test('a context that interrupts stands right of the one it interrupts, whichever moved first', () => {
    const { lanes } = pictureOf(row({ context: 'nmi' }), row({ context: 'softirq' }), row({ context: 'task', cpu: 1 }), row({ context: 'task' }), row({ context: 'hardirq', by: 'early irq' }), row({ context: 'task', cpu: 1, by: 'user' }));
    expect(lanes.map(({ title }) => title)).toEqual(['CPU0 task', 'CPU0 softirq', 'CPU0 early irq', 'CPU0 NMI', 'CPU1 task', 'CPU1 user']);
  });

  test('each change of lanes says who interrupts whom, and who goes on', () => {
    expect(changes(entry({ context: 'task' }), entry({ context: 'softirq' }), entry({ context: 'nmi' }), row({ context: 'softirq' }), row({ context: 'task' })))
      .toEqual(['CPU0 task', 'softirq interrupts task', 'NMI interrupts softirq', 'back to softirq', 'back to task']);
  });

  test('an interrupt that comes after another one has ended interrupts what is below', () => {
    expect(changes(row({ context: 'task' }), row({ context: 'nmi' }), row({ context: 'softirq' }))).toEqual(['CPU0 task', 'NMI interrupts task', 'softirq interrupts task']);
  });

  test('another CPU moves beside, and interrupts nothing', () => {
    expect(changes(row({ context: 'task' }), row({ context: 'task', cpu: 1 }), row({ context: 'softirq', cpu: 1 }), row({ context: 'task' })))
      .toEqual(['CPU0 task', 'CPU1 task', 'softirq interrupts task', 'CPU0 task']);
  });

  test('tasks of one CPU are switched by the scheduler, and an NMI is of none of them', () => {
    expect(changes(row({ context: 'task', task: 'owner' }), row({ context: 'task', task: 'kthread' }), row({ context: 'nmi' }), row({ context: 'task', task: 'owner' })))
      .toEqual(['CPU0 owner', 'switch to kthread', 'NMI interrupts kthread', 'switch to owner']);
  });

  test('what is interrupted waits, and a lane that is seen only afterwards waited all the time', () => {
    expect(pictureOf(row({ context: 'task' }), row({ context: 'softirq' }), row({ context: 'task' })).stretches)
      .toEqual([{ lane: 0, from: 0, to: 0, state: 'runs' }, { lane: 1, from: 1, to: 1, state: 'runs' }, { lane: 0, from: 1, to: 1, state: 'waits' }, { lane: 0, from: 2, to: 2, state: 'runs' }]);
    expect(pictureOf(entry({ context: 'softirq' }), row({ context: 'softirq' }), row({ context: 'task' })).stretches)
      .toContainEqual({ lane: 0, from: 0, to: 1, state: 'waits' });
  });

  test('a lane ends where it returns from what it was told to run', () => {
    const { stretches } = pictureOf(entry({ context: 'task', function: 'g' }), row({ context: 'task', cpu: 1, access: 'leave', function: 'f' }), row({ context: 'task', access: 'leave', function: 'g', text: 'return;' }), row({ context: 'task', cpu: 1 }));
    expect(stretches.filter(({ lane }) => lane === 0)).toEqual([{ lane: 0, from: 0, to: 2, state: 'runs' }]);
  });

  test('in any order of rows, one context of each CPU runs, it is the one that moves, and no lane does two things at once', () => {
    const anyRow = fc.record({ context: fc.constantFrom('task', 'softirq', 'hardirq', 'nmi'), cpu: fc.nat(1), task: fc.constantFrom('a', 'b'), access: fc.constantFrom('read', 'enter', 'leave'), text: fc.constantFrom('', 'x;') });
    fc.assert(fc.property(fc.array(anyRow, { maxLength: 20 }), fc.boolean(), (parts, isShared) => {
      const { steps, stretches, lanes } = pictureOf(...parts.map((one) => row({ ...one, context: one.context as 'task', access: one.access as 'read', task: isShared && ['task', 'softirq'].includes(one.context) ? one.task : undefined })));
      steps.forEach(({ lane }, i) => {
        const now = stretches.filter(({ from, to }) => from <= i && i <= to);
        expect(new Set(now.map((one) => one.lane)).size).toBe(now.length);
        const running = now.filter(({ state }) => state === 'runs').map((one) => one.lane);
        expect(running).toContain(lane);
        const cpus = running.map((one) => lanes[one]?.cpu);
        expect(new Set(cpus).size).toBe(cpus.length);
      });
    }));
  });
});

describe('steps of a picture', () => {
  test('values: what is written, what is read, what a call gives, what a lock does', () => {
    const { steps } = pictureOf(
      row({ context: 'task', access: 'write', target: 't->kcov_size', old: '6', new: '4' }), row({ context: 'task', target: 't->kcov_area', old: 'NULL', text: 'y;' }), row({ context: 'task', access: 'call', new: 'areaA' }),
      row({ context: 'task', access: 'call', target: 'irqs', old: 'on', new: 'off' }), row({ context: 'task', access: 'lock', target: 'kcov->lock', text: 'spin_lock(&kcov->lock);' }),
      row({ context: 'task', access: 'lock', target: 'kcov->lock', text: 'spin_unlock(&kcov->lock);' }), row({ context: 'task', access: 'leave', text: 'return -EBUSY;', new: '-16' }),
    );
    expect(steps.map(valueText)).toEqual(['t->kcov_size: 6 → 4', 't->kcov_area is NULL', 'gives areaA', 'interrupts on → off', 'takes kcov->lock', 'gives back kcov->lock', 'returns -16']);
  });

  test('what is read names the step that set it, by the row it came from, and what is accessed after a free the free', () => {
    const trace = [
      row({ context: 'task', access: 'write', target: 'area', old: 'areaA', new: 'NULL' }), row({ context: 'softirq', access: 'call', text: 'kfree(remote);', new: 'remoteA' }),
      row({ context: 'task', target: 'area', old: 'NULL', from: 0 }), row({ context: 'task', target: 'remote->kcov', note: 'use after free: remoteA', from: 1 }),
    ];
    const { steps } = lanesOf({ trace });
    expect(steps.map((step) => fromText(step, steps))).toEqual(['', '', 'set at step 1', 'freed at step 2']);
    expect(steps.map(valueText)[1]).toBe('frees remoteA');
  });

  test('an exchange is one step, and all of its accesses where all are wanted', () => {
    const swap = { context: 'softirq' as const, text: 'a = xchg(&b, a);' };
    const trace = [row({ ...swap, access: 'rmw', target: 'b', old: '1', new: '2' }), row({ ...swap, access: 'write', target: 'a', old: '2', new: '1' })];
    expect(lanesOf({ trace }).steps.map(valueText)).toEqual(['a: 2 → 1']);
    expect(lanesOf({ trace }, { all: true }).steps).toHaveLength(2);
  });

  test('a function is named where a lane comes to another one without a call in view', () => {
    const { steps } = pictureOf(entry({ context: 'task', function: 'f' }), row({ context: 'task', function: 'f' }), row({ context: 'task', function: 'g' }), row({ context: 'nmi', function: 'g' }));
    expect(steps.map(({ heading }) => heading)).toEqual([null, null, 'in g()', 'in g()']);
  });

  test('the summary has who interrupts whom and where it goes wrong, a sentence each', () => {
    const picture = pictureOf(row({ context: 'softirq', function: 'kcov_start' }), entry({ context: 'nmi' }), row({ context: 'nmi', note: 'NULL dereference' }));
    expect(summaryOf(picture)).toEqual(['The NMI interrupts the softirq in kcov_start(), after step 1.', 'It goes wrong at step 3, in the NMI: NULL dereference.']);
  });
});

test('names of tasks stay as they are in sentences', () => {
  expect(summaryOf(pictureOf(row({ context: 'task', task: 'owner' }), row({ context: 'softirq', task: 'owner' }), row({ context: 'task', task: 'other', note: 'x' }))))
    .toEqual(['The softirq in owner interrupts task owner in f(), after step 1.', 'The scheduler switches from the softirq in owner to task other at step 3.', 'It goes wrong at step 3, in task other: x.']);
  expect(summaryOf(pictureOf(row({ context: 'task', task: 'task', note: 'x' })))).toEqual(['It goes wrong at step 1, in the task: x.']);
});

describe('stretches under a lock', () => {
  const lock = row({ context: 'task', access: 'lock', target: 'kcov->lock', text: 'spin_lock(&kcov->lock);' });
  const unlock = row({ context: 'task', access: 'lock', target: 'kcov->lock', text: 'spin_unlock(&kcov->lock);' });

  test('last from the lock to the unlock', () => {
    expect(pictureOf(row({ context: 'task' }), lock, row({ context: 'nmi' }), unlock, row({ context: 'task' })).holds).toEqual([{ what: 'kcov->lock held', kind: 'lock', from: 1, to: 3 }]);
  });

  test('are not claimed where the end may be among the rows that are left out', () => {
    const trace = [lock, row({ context: 'task', note: 'NULL dereference' })];
    expect(lanesOf({ trace }).holds).toEqual([]);
    expect(lanesOf({ trace }, { all: true }).holds).toEqual([{ what: 'kcov->lock held', kind: 'lock', from: 0, to: 1 }]);
  });

  test('last to the violation that is about them', () => {
    const again = row({ context: 'softirq', access: 'lock', target: 'kcov->lock', text: 'spin_lock(&kcov->lock);', note: 'the lock is held by this CPU already' });
    expect(pictureOf(lock, again).holds).toEqual([{ what: 'kcov->lock held', kind: 'lock', from: 0, to: 1 }]);
  });
});
