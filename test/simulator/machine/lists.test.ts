/**
 * @module Lists, hash chains and iterators against a reference: random operations on both, then what every iterator visits.
 * The functions are those of simulator/kernel/lists.ts, run as loads and stores; the iterators those of compile/iterators.ts.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { iteratorNames } from '../../../simulator/compile/iterators.js';
import type { Code } from '../../../simulator/machine/code.js';
import { calls, loadBench, runCode, scenarioOf, silentContract } from '../bench.js';
import type { Bench } from '../bench.js';
import { Machine } from '../../../simulator/machine/machine.js';
import { start } from '../../../simulator/machine/initial.js';

const ITEMS = 4;

/** Each visit appends a digit to `seen`; items are numbered from 1. */
const LISTS = `
struct item { u64 n; struct list_head link; struct hlist_node node; };
struct item items[${ITEMS}];
LIST_HEAD(first);
struct list_head second = LIST_HEAD_INIT(second);
struct hlist_head chain;
static DEFINE_HASHTABLE(table, 4);
u64 seen;

static void see(struct item *p) { seen = seen * 10 + (p - items) + 1; }

void init(void) { int i; for (i = 0; i < ${ITEMS}; i++) { INIT_LIST_HEAD(&items[i].link); INIT_HLIST_NODE(&items[i].node); items[i].n = i; } }
void add(int i) { list_add(&items[i].link, &first); }
void add_tail(int i) { list_add_tail(&items[i].link, &first); }
void add_second(int i) { list_add(&items[i].link, &second); }
void del_init(int i) { list_del_init(&items[i].link); }
void del(int i) { list_del(&items[i].link); }
void move(int i) { list_move(&items[i].link, &second); }
void move_tail(int i) { list_move_tail(&items[i].link, &first); }
int empty(void) { return list_empty(&first); }

u64 forward(void) { struct item *p; list_for_each_entry(p, &first, link) { see(p); } return seen; }
u64 forward_second(void) { struct item *p; list_for_each_entry(p, &second, link) { see(p); } return seen; }
u64 backward(void) { struct item *p; list_for_each_entry_reverse(p, &first, link) { see(p); } return seen; }
u64 forward_rcu(void) { struct item *p; list_for_each_entry_rcu(p, &first, link) { see(p); } return seen; }
u64 heads(void) { struct list_head *p; list_for_each(p, &first) { see(list_entry(p, struct item, link)); } return seen; }
u64 heads_prev(void) { struct list_head *p; list_for_each_prev(p, &first) { see(container_of(p, struct item, link)); } return seen; }
u64 heads_rcu(void) { struct list_head *p; list_for_each_rcu(p, &first) { see(list_entry(p, struct item, link)); } return seen; }
u64 safe(void) { struct item *p, *n; list_for_each_entry_safe(p, n, &first, link) { see(p); list_del(&p->link); } return seen * 10 + list_empty(&first); }
u64 heads_safe(void) { struct list_head *p, *n; list_for_each_safe(p, n, &first) { see(list_entry(p, struct item, link)); list_del_init(p); } return seen * 10 + list_empty(&first); }
u64 front(void) { return list_first_entry(&first, struct item, link) - items; }
u64 stops(void) { struct item *p; list_for_each_entry(p, &first, link) { if (p->n == 2) break; if (p->n == 1) continue; see(p); } return seen; }

void chain_add(int i) { hlist_add_head(&items[i].node, &chain); }
void chain_del(int i) { hlist_del_init(&items[i].node); }
void chain_poison(int i) { hlist_del(&items[i].node); }
int chain_empty(void) { return hlist_empty(&chain); }
int unhashed(int i) { return hlist_unhashed(&items[i].node); }
u64 chain_forward(void) { struct item *p; hlist_for_each_entry(p, &chain, node) { see(p); } return seen; }
u64 chain_rcu(void) { struct item *p; hlist_for_each_entry_rcu(p, &chain, node) { see(p); } return seen; }
u64 chain_safe(void) { struct item *p; struct hlist_node *n; hlist_for_each_entry_safe(p, n, &chain, node) { see(p); hlist_del(&p->node); } return seen * 10 + hlist_empty(&chain); }
u64 chain_safe_jump(void) { struct item *p; struct hlist_node *n; hlist_for_each_entry_safe(p, n, &chain, node) { if (p->n == 1) continue; see(p); } return seen; }

void table_add(int i) { hash_add(table, &items[i].node, items[i].n); }
void table_del(int i) { hash_del(&items[i].node); }
u64 table_all(void) { int b; struct item *p; hash_for_each(table, b, p, node) { see(p); } return seen; }
u64 table_safe(void) { int b; struct item *p; struct hlist_node *n; hash_for_each_safe(table, b, n, p, node) { see(p); hash_del(&p->node); } return seen; }
u64 table_find(u64 key) { struct item *p; hash_for_each_possible(table, p, node, key) { if (p->n == key) see(p); } return seen; }
u64 table_find_rcu(u64 key) { struct item *p; hash_for_each_possible_rcu(table, p, node, key) { if (p->n == key) see(p); } return seen; }

u64 possible(void) { int c; u64 s = 0; for_each_possible_cpu(c) { s = s * 10 + c + 1; } return s; }
u64 online(void) { int c; u64 s = 0; for_each_online_cpu(c) { s = s * 10 + c + 1; } return s; }
u64 present(void) { int c; u64 s = 0; for_each_present_cpu(c) { s = s * 10 + c + 1; } return s; }
`;

type Op = readonly [name: string, item: number];
const DIGITS = (items: readonly number[]): bigint => items.reduce((sum, i) => sum * 10n + BigInt(i + 1), 0n);

describe('lists', () => {
  let bench: Bench;
  let code: Code;
  beforeAll(async () => {
    bench = await loadBench();
    code = bench.code(LISTS);
  });

  /** Runs the operations in the set-up, then calls `name`. */
  function after(ops: readonly Op[], name: string, ...args: number[]): { value: bigint; violations: readonly string[] } {
    const operations = [calls('init'), ...ops.map(([op, item]) => calls(op, item)), calls(name, ...args)];
    const machine = new Machine(code, scenarioOf([], { setUp: [{ task: 't0', operations }] }), silentContract);
    const began = start(machine);
    return { value: BigInt(began.state?.ghost.value.at(-1) ?? -1), violations: began.violations.map((v) => v.property) };
  }
  const value = (ops: readonly Op[], name: string, ...args: number[]): bigint => {
    const ran = after(ops, name, ...args);
    expect(ran.violations).toEqual([]);
    return ran.value;
  };

  it('compiles', () => {
    expect(code.notModelled).toEqual([]);
  });

  it('has every iterator in its program, or among the constructs', () => {
    const programs = LISTS + readFileSync(new URL('../../c/constructs-kernel.test.ts', import.meta.url), 'utf8');
    const unused = iteratorNames().filter((name) => !new RegExp(`\\b${name}\\(`).test(programs));
    expect(unused).toEqual([]);
  });

  /** Lists of a reference: what add, add_tail, del_init, move and move_tail make of them. */
  function model(ops: readonly Op[]): { first: number[]; second: number[]; kept: Op[] } {
    let [first, second]: [number[], number[]] = [[], []];
    const kept: Op[] = [];
    for (const [op, item] of ops) {
      const on = first.includes(item) || second.includes(item);
      const adds = ['add', 'add_tail', 'add_second'].includes(op);
      if (adds === on) continue;
      kept.push([op, item]);
      [first, second] = [first.filter((i) => i !== item), second.filter((i) => i !== item)];
      if (op === 'add') first = [item, ...first];
      if (op === 'add_tail' || op === 'move_tail') first = [...first, item];
      if (op === 'add_second' || op === 'move') second = [item, ...second];
    }
    return { first, second, kept };
  }

  const ops = fc.array(fc.tuple(fc.constantFrom('add', 'add_tail', 'add_second', 'del_init', 'del', 'move', 'move_tail'), fc.nat(ITEMS - 1)), { maxLength: 10 });

  it('are as a reference has them, whichever way they are walked', () => {
    fc.assert(fc.property(ops, (all) => {
      const { first, second, kept } = model(all);
      const there = [...first].reverse();
      for (const name of ['forward', 'forward_rcu', 'heads', 'heads_rcu']) expect(value(kept, name), name).toBe(DIGITS(first));
      for (const name of ['backward', 'heads_prev']) expect(value(kept, name), name).toBe(DIGITS(there));
      expect(value(kept, 'forward_second')).toBe(DIGITS(second));
      expect(value(kept, 'empty')).toBe(first.length === 0 ? 1n : 0n);
      for (const name of ['safe', 'heads_safe']) expect(value(kept, name), name).toBe(DIGITS(first) * 10n + 1n);
      const stop = first.includes(2) ? first.slice(0, first.indexOf(2)) : first;
      expect(value(kept, 'stops')).toBe(DIGITS(stop.filter((i) => i !== 1)));
      if (first[0] !== undefined) expect(value(kept, 'front')).toBe(BigInt(first[0]));
    }), { numRuns: 60 });
  });

  it('chains and tables are as a reference has them', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(ITEMS - 1)), { maxLength: 10 }), (all) => {
      let chain: number[] = [];
      const [chained, tabled]: [Op[], Op[]] = [[], []];
      for (const [adds, item] of all) {
        if (adds === chain.includes(item)) continue;
        chain = adds ? [item, ...chain] : chain.filter((i) => i !== item);
        chained.push([adds ? 'chain_add' : 'chain_del', item]);
        tabled.push([adds ? 'table_add' : 'table_del', item]);
      }
      for (const name of ['chain_forward', 'chain_rcu']) expect(value(chained, name), name).toBe(DIGITS(chain));
      expect(value(chained, 'chain_safe')).toBe(DIGITS(chain) * 10n + 1n);
      expect(value(chained, 'chain_safe_jump')).toBe(DIGITS(chain.filter((i) => i !== 1)));
      expect(value(chained, 'chain_empty')).toBe(chain.length === 0 ? 1n : 0n);
      for (let i = 0; i < ITEMS; i += 1) {
        expect(value(chained, 'unhashed', i)).toBe(chain.includes(i) ? 0n : 1n);
        for (const name of ['table_find', 'table_find_rcu']) expect(value(tabled, name, i), name).toBe(chain.includes(i) ? BigInt(i + 1) : 0n);
      }
      // Two buckets: the even keys, then the odd ones.
      const inTable = [...chain.filter((i) => i % 2 === 0), ...chain.filter((i) => i % 2 === 1)];
      for (const name of ['table_all', 'table_safe']) expect(value(tabled, name), name).toBe(DIGITS(inTable));
    }), { numRuns: 60 });
  });

  it('leave poison behind', () => {
    expect(after([['add', 0], ['del', 0]], 'del', 0).violations).toEqual(['wild-access']);
    expect(after([['chain_add', 0], ['chain_poison', 0]], 'chain_poison', 0).violations).toEqual(['wild-access']);
  });

  it('walk the CPUs', () => {
    for (const name of ['possible', 'online', 'present']) expect(runCode(code, calls(name)).result, name).toBe(12);
  });
});
