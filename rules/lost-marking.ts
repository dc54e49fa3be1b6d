/** @module Rule: an access that was marked is not any more, and others access the same memory meanwhile. */
import { statementsInDiff } from '../src/analysis/changed.js';
import type { PlacedStatement } from '../src/analysis/changed.js';
import { accessesOf, usersOf } from '../src/analysis/observed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';

interface Unmarked extends Hazard {
  readonly access: string;
  readonly macro: 'READ_ONCE' | 'WRITE_ONCE';
  readonly others: string;
}

export const lostMarking = rule<Unmarked>({
  id: 'lost-marking',
  summary: 'Memory that others access meanwhile is read or written without READ_ONCE() or WRITE_ONCE(), which it was before.',
  why: 'Without them the compiler may read again what it has read, leave an access out, or move it. What is read twice is not the same when an interrupt came in between.',
  evidence: 'observation',
  gaps: 'Who accesses the memory is what the scenarios show; an access that moves to another function or is spelled differently is not compared.',
  origin: 'tools/memory-model/Documentation/access-marking.txt, v6.12: where plain accesses are safe, and where they are not.',
  fires: [{
    name: 'the mode is read plainly', on: 'model', scenarios: ['early-irq-while-switched', 'section-in-kthread'],
    edits: [{ find: '\tmode = READ_ONCE(t->kcov_mode);\n\tbarrier();\n\treturn mode == needed_mode;\n', replace: '\tmode = t->kcov_mode; //~ lost-marking\n\tbarrier();\n\treturn mode == needed_mode;\n' }],
  }],
  silent: [{
    name: 'the mode is read plainly, and the marked read stays', on: 'model', scenarios: ['early-irq-while-switched', 'section-in-kthread'],
    edits: [{ find: '\tmode = READ_ONCE(t->kcov_mode);\n\tbarrier();\n\treturn mode == needed_mode;\n', replace: '\tif (!t->kcov_mode)\n\t\treturn false;\n\tmode = READ_ONCE(t->kcov_mode);\n\tbarrier();\n\treturn mode == needed_mode;\n' }],
  }],
  check(subject: Subject): Unmarked[] {
    return statementsInDiff(subject).filter(({ spot }) => spot.added).flatMap((placed) => unmarkedIn(subject, placed));
  },
  question: ({ access, macro, others }) => `Why is \`${access}\` no longer accessed with ${macro}()? ${others} access it while this may be under way.`,
});

/** Accesses of a statement that has lost its mark, each once. */
function unmarkedIn(subject: Subject, { function: def, statement, spot }: PlacedStatement): Unmarked[] {
  const plain = accessesOf(subject, 'post', def.name).filter((a) => !a.marked && a.line === statement.place.line && a.text !== '');
  const unique = plain.filter((a, i) => plain.findIndex((o) => o.op === a.op && o.text === a.text) === i);
  return unique.filter(({ op, text }) => lost(subject, def.name, { op, text })).flatMap(({ op, text }): Unmarked[] => {
    const others = usersOf(subject, { function: def.name, statement, instruction: (i) => i.op === op && i.text === text });
    if (others === null) return [];
    return [{
      property: 'unmarked-access', status: 'new', severity: 'low', spot, labels: [], cause: `unmarked ${def.name} ${op} ${text}`,
      support: [{ kind: 'observation', scenario: null, text: `${others} access it too, in the executions searched.` }],
      access: text, macro: op === 'load' ? 'READ_ONCE' : 'WRITE_ONCE', others,
    }];
  });
}

/** Fewer marked accesses of it than before, and more plain ones. */
function lost(subject: Subject, functionName: string, access: { op: 'load' | 'store'; text: string }): boolean {
  const count = (side: 'pre' | 'post', marked: boolean): number =>
    accessesOf(subject, side, functionName).filter((a) => a.op === access.op && a.text === access.text && a.marked === marked).length;
  return count('post', true) < count('pre', true) && count('post', false) > count('pre', false);
}
