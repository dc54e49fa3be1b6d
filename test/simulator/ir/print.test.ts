import { describe, expect, it } from 'vitest';
import {
  array, block, break_, call, declare, defined, define, enumeration, file, fn, for_, forEach, global, goto_, if_, ifdef, increment,
  include, initcall, int, joined, label, name, named, not, number, on, otherwise, pointer, prototype, ref, ret, set, struct, structType,
  switch_, text, typedef, u64, unsignedLong, void_, while_, fields,
} from '../../../simulator/ir/build.js';
import type { Item } from '../../../simulator/ir/build.js';
import { printProgram } from '../../../simulator/ir/print.js';
import type { Stmt } from '../../../simulator/ir/program.js';

const print = (...items: readonly Item[]): string => printProgram(file('x.c', items)).lines.join('\n');

describe('printProgram', () => {
  it('writes statements as the kernel does', () => {
    const printed = print(fn('f', {
      is: 'static notrace', returns: int, takes: { a: int, p: pointer(structType('s')) },
      locals: { x: u64, y: joined(u64), q: [pointer(u64), 'NULL'] },
      body: ({ a, p, x, y, q }) => [
        if_(a, ret(1)),
        if_(not(a), [set(x, 1), set(y, 2)], set(x, 3)),
        if_(a.eq(1), block(set(x, 1)), if_(a.eq(2), set(x, 2), [set(x, 3), set(y, 3)])),
        while_(a, increment(x)),
        for_([set(x, 0), x.lt(4), increment(x)], [call('g', x), call('h', ref(p.to('m')))]),
        forEach(call('list_for_each', p, ref('head')), block(set(q, 'NULL'), break_)),
        switch_(a, on(1), on(2, set(x, 1), break_), otherwise(ret(0))),
        ifdef('CONFIG_A', [set(x, 1)], [declare('z', int, 2), set(x, 'z')]),
        goto_('out'),
        label('out'),
        ret(0),
      ],
      exported: true,
    }));
    expect(printed).toBe(`static notrace int f(int a, struct s *p)
{
	u64 x, y;
	u64 *q = NULL;

	if (a)
		return 1;
	if (!a) {
		x = 1;
		y = 2;
	} else
		x = 3;
	if (a == 1) {
		x = 1;
	} else if (a == 2)
		x = 2;
	else {
		x = 3;
		y = 3;
	}
	while (a)
		x++;
	for (x = 0; x < 4; x++) {
		g(x);
		h(&p->m);
	}
	list_for_each(p, &head) {
		q = NULL;
		break;
	}
	switch (a) {
	case 1:
	case 2:
		x = 1;
		break;
	default:
		return 0;
	}
#ifdef CONFIG_A
	x = 1;
#else
	int z = 2;

	x = z;
#endif
	goto out;
out:
	return 0;
}
EXPORT_SYMBOL(f);`);
  });

  it('writes items at file scope in their order', () => {
    const printed = print(
      include('<linux/x.h>'), define('N', number('4')), define('TWICE(x)', ['((x) * 2)', name('x').times(2)]),
      typedef('word', unsignedLong), enumeration('', { A: 0, B: 5 }),
      struct('s', { list: structType('list_head'), kcov: { type: pointer(void_), ifdef: 'CONFIG_K' }, tail: array(u64) }),
      defined('DEFINE_SPINLOCK', 'lock', { type: named('spinlock_t'), args: ['lock'], static: true }),
      defined('DEFINE_PER_CPU', 'slot', { type: structType('s'), args: [structType('s'), 'slot'], perCpu: true }),
      defined('DEFINE_PER_CPU', 'filled', {
        type: structType('s'), args: [structType('s'), 'filled'], perCpu: true, static: true, init: fields({ a: 1 }),
      }),
      prototype('g', { takes: { x: int }, ifdef: 'CONFIG_K' }),
      fn('g', { is: 'static inline', takes: { x: int }, ifdef: '!CONFIG_K', body: () => [] }),
      global('ops', structType('operations'), { is: 'const', static: true, init: fields({ open: 'f', name: text('k') }) }),
      fn('start', { is: 'static', afterType: '__init', returns: int, body: () => [ret(0)] }), initcall('start'),
    );
    expect(printed).toBe(`#include <linux/x.h>

#define N 4
#define TWICE(x) ((x) * 2)

typedef unsigned long word;

enum {
	A = 0,
	B = 5,
};

struct s {
	struct list_head list;
#ifdef CONFIG_K
	void *kcov;
#endif
	u64 tail[];
};

static DEFINE_SPINLOCK(lock);
DEFINE_PER_CPU(struct s, slot);
static DEFINE_PER_CPU(struct s, filled) = {
	.a = 1,
};

#ifdef CONFIG_K
void g(int x);

#else
static inline void g(int x)
{
}

#endif
static const struct operations ops = {
	.open = f,
	.name = "k",
};

static int __init start(void)
{
	return 0;
}

device_initcall(start);`);
  });

  it('keeps lines near 80 columns by breaking under the open parenthesis', () => {
    const printed = print(fn('f', {
      takes: { a_long_parameter_name: unsignedLong, another_long_parameter_name: pointer(structType('task_struct')) },
      body: ({ a_long_parameter_name: a, another_long_parameter_name: b }) => [
        if_(b.to('kcov_mode').ne('KCOV_MODE_INIT').or(b.to('kcov_size').lt(a)).or(a.eq(0xffffffff)), ret()),
      ],
    }));
    expect(printed).toBe(`void f(unsigned long a_long_parameter_name,
       struct task_struct *another_long_parameter_name)
{
	if (another_long_parameter_name->kcov_mode != KCOV_MODE_INIT ||
	    another_long_parameter_name->kcov_size < a_long_parameter_name ||
	    a_long_parameter_name == 4294967295)
		return;
}`);
  });

  it('says where each statement stands', () => {
    const program = file('x.c', [fn('f', {
      locals: { i: int },
      body: ({ i }) => [
        for_([set(i, 0), i.lt(4), increment(i)], [call('g', i), if_(i, call('h'))]),
        ret(),
      ],
    })]);
    const [f] = program.functions;
    expect(f?.place).toEqual({ path: 'x.c', line: 1, endLine: 11 });
    const lines: Record<string, number[]> = {};
    const visit = (s: Stmt): void => {
      lines[s.kind] = [...(lines[s.kind] ?? []), s.place.line, s.place.endLine];
      if (s.kind === 'for') [s.init, s.body].forEach((x) => { if (x) visit(x); });
      if (s.kind === 'block') s.body.forEach(visit);
      if (s.kind === 'if') visit(s.then);
    };
    f?.body.forEach(visit);
    expect(lines).toEqual({
      declaration: [3, 3], for: [5, 9], expression: [5, 5, 6, 6, 8, 8], block: [5, 9], if: [7, 8], return: [10, 10],
    });
  });
});
