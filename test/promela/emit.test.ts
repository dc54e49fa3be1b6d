/** @module What is emitted and what is refused, without SPIN. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ordered } from '../../simulator/promela/assignments.js';
import { emitPromela } from '../../simulator/promela/emit.js';
import type { Contract } from '../../simulator/machine/view.js';
import { calls, loadBench, runs, scenarioOf, silentContract } from '../simulator/bench.js';
import type { Bench, Returned } from '../simulator/bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await loadBench();
});

interface Changed {
  readonly contract?: Partial<Contract<Returned>>;
  readonly operation?: Parameters<typeof scenarioOf>[0][number]['operations'][number];
}

/** What becomes of a program whose function f() a task calls. */
function emitted(text: string, { contract, operation = runs('f') }: Changed = {}): string {
  const scenario = scenarioOf([{ kind: 'task', cpu: 0, operations: [operation] }], { name: 'one' });
  const made = emitPromela({ code: bench.code(text), scenario, contract: { ...silentContract, ...contract } });
  return 'refused' in made ? `refused: ${made.refused}` : made.promela;
}

describe('a model', () => {
  it('has one statement for each access, with its C text, and locals that are 0 where nothing reads them', () => {
    expect(emitted('int x = 3, y; void f(void) { y = x + y; }')).toBe(`/* one: the machine */
hidden byte steady = 0;
byte y_0 = 0;
active proctype actor_0() { /* CPU0 task0 */
  byte r0 = 0;
L0: if /* f():1 */
  :: (steady == 0) -> goto L1 /* x */
  fi;
L1: if /* f():1 */
  :: r0 = y_0 -> goto L2 /* y */
  fi;
L2: if /* f():1 */
  :: d_step { assert((3 + r0) <= 30); y_0 = (3 + r0); r0 = 0 } -> goto end3 /* y */
  fi;
end3: false;
}
`);
  });

  it('is the same each time', () => {
    const text = 'struct s { struct s *next; int v; }; struct s a, b = { &a, 1 }; void f(void) { struct s *p = &b; while (p) { p->v++; p = p->next; } }';
    expect(emitted(text)).toBe(emitted(text));
  });

  it('ends an execution in the state it ends in', () => {
    expect(emitted('int *p; void f(void) { *p = 1; }')).toContain('L1: if /* f():1 */\n  :: (steady == 0) -> goto L1 /* *p: null-dereference */');
  });
});

describe('refused is', () => {
  it.each([
    ['a function that calls itself', 'int x; int g(int n) { x = n; return n ? g(n - 1) : 0; } void f(void) { x = 1; g(x); }', /^refused: g\(\) calls itself$/],
    ['a loop that touches nothing shared', 'int x; void f(void) { x = 1; for (;;) ; }', /^refused: a loop that touches nothing shared$/],
    ['preempt_count given back too often', 'int x; void f(void) { x = 1; preempt_enable(); x = 2; }', /^refused: preempt_count is given back before it was taken$/],
    ['a service', 'void f(void) { nonseekable_open(NULL, NULL); }', /^refused: nonseekable_open\(\) means what the contract says$/],
  ])('%s', (_, text, why) => {
    expect(emitted(text)).toMatch(why);
  });

  const TEXT = 'int x; int f(void) { x = 1; return x; }';

  it('an operation that keeps what it is returned', () => {
    expect(emitted(TEXT, { operation: calls('f') })).toMatch(/^refused: f\(\) looks at the state or changes the contract's \(/);
  });

  it('a call of what is not there', () => {
    expect(emitted(TEXT, { operation: runs('g') })).toMatch(/^refused: (the set-up cannot be run: )?g\(\) is not in the Program$/);
  });

  it.each([
    ['looks at interrupts', { entered: (view) => view.setGhost([]) }], ['tells values apart', { isLabel: (value) => value === 1 }],
  ] satisfies [string, Partial<Contract<Returned>>][])('a contract that %s', (_, contract) => {
    expect(emitted(TEXT, { contract })).toMatch(/^refused: the contract (tells values apart|looks at the state)/);
  });
});

describe('assignments at once', () => {
  const one = (target: string, ...reads: string[]): { target: string; text: string; reads: Set<string> } => ({ target, text: reads.join('+'), reads: new Set(reads) });

  it('come in an order in which none reads what another has changed', () => {
    expect(ordered([one('a', 'b'), one('c', 'a'), one('b', 'd')])).toEqual({ statements: ['c = a', 'a = b', 'b = d'], temporaries: 0 });
  });

  it('use a hidden variable where they read each other', () => {
    expect(ordered([one('a', 'b'), one('b', 'a'), one('c', 'c', 'a')])).toEqual({ statements: ['c = c+a', 'tmp_0 = b', 'b = a', 'a = tmp_0'], temporaries: 1 });
  });
});
