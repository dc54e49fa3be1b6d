import { describe, expect, it } from 'vitest';
import {
  block, call, define, file, fn, if_, ifdef, initcall, int, name, number, prototype, ret, set, struct, u64,
} from '../../../simulator/ir/build.js';
import { configure } from '../../../simulator/ir/configure.js';
import { link } from '../../../simulator/ir/link.js';
import { printProgram } from '../../../simulator/ir/print.js';
import type { Config } from '../../../simulator/ir/program.js';

const lines = (p: Parameters<typeof printProgram>[0]): string => printProgram(p).lines.join('\n');

describe('link', () => {
  const header = file('a.h', [
    define('N', number('1')), struct('s', { a: int }), fn('f', { returns: int, body: () => [ret(1)] }),
    fn('only', { ifdef: 'CONFIG_A', body: () => [] }), fn('only', { ifdef: '!CONFIG_A', body: () => [call('g')] }),
  ]);
  const main = file('b.c', [
    struct('s', { b: u64 }), fn('f', { returns: int, body: () => [ret(2)], exported: true }), initcall('f'),
  ]);

  it('lets the later definition of a name win and keeps the main path', () => {
    const linked = link(header, main);
    expect(linked.path).toBe('b.c');
    expect(linked.structs.map((s) => s.fields.map((f) => f.name))).toEqual([['b']]);
    expect(linked.functions.filter((f) => f.name === 'f').map((f) => f.place.path)).toEqual(['b.c']);
    expect(linked.macros.map((m) => m.name)).toEqual(['N']);
    expect([linked.initcalls, linked.exports]).toEqual([['f'], ['f']]);
  });

  it('keeps both sides of an #ifdef until a configuration picks one', () => {
    const linked = link(header, main);
    expect(linked.functions.filter((f) => f.name === 'only')).toHaveLength(2);
    for (const [config, length] of [[{ A: true }, 0], [{}, 1], [{ A: false }, 1]] as const) {
      const only = configure(linked, config).functions.filter((f) => f.name === 'only');
      expect(only.map((f) => f.body.length)).toEqual([length]);
    }
  });
});

describe('configure', () => {
  const program = file('a.c', [
    define('X', number('1'), 'CONFIG_A'),
    prototype('later', { ifdef: 'CONFIG_A' }),
    struct('s', { always: int, sometimes: { type: int, ifdef: 'CONFIG_A' } }),
    fn('f', {
      takes: { x: int },
      body: ({ x }) => [
        ifdef('CONFIG_A', [call('a'), ifdef('CONFIG_B', [call('both')])], [call('b')]),
        if_(x, ifdef('CONFIG_A', [set(x, 1)]), block(ifdef('CONFIG_B', [set(x, 2)], [set(x, 3), ret()]))),
        if_(name('x').eq(2), ifdef('!CONFIG_B', [set(x, 4), set(x, 5)])),
      ],
    }),
    fn('g', { ifdef: 'CONFIG_B', exported: true, body: () => [] }),
    initcall('g'),
  ]);

  it('picks the sides that hold', () => {
    expect(lines(configure(program, { A: true, B: 4 }))).toBe(`#define X 1

void later(void);

struct s {
	int always;
	int sometimes;
};

void f(int x)
{
	a();
	both();
	if (x)
		x = 1;
	else {
		x = 2;
	}
	if (x == 2)
		;
}

void g(void)
{
}
EXPORT_SYMBOL(g);

device_initcall(g);`);
  });

  it('picks the other sides, and drops exports and initcalls of what is gone', () => {
    expect(lines(configure(program, {}))).toBe(`struct s {
	int always;
};

void f(int x)
{
	b();
	if (x)
		;
	else {
		x = 3;
		return;
	}
	if (x == 2) {
		x = 4;
		x = 5;
	}
}`);
  });

  it('leaves no #ifdef behind and does nothing the second time', () => {
    const configs: Config[] = [{}, { A: true }, { B: true }, { A: true, B: true }];
    for (const config of configs) {
      const once = configure(program, config);
      expect(lines(once)).not.toContain('#if');
      expect(configure(once, {})).toEqual(once);
    }
  });
});
