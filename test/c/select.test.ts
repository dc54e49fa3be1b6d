import { describe, expect, it } from 'vitest';
import { printExpr } from '../../simulator/ir/print.js';
import type { Config } from '../../simulator/ir/program.js';
import { only, program } from './fixture.js';

/** Names of the variables that remain under `config`. */
const left = (text: string, config: Config = {}): string[] => program(text, config).globals.map((g) => g.name);

describe('conditions', () => {
  it.each<[string, Config, boolean]>([
    ['ifdef CONFIG_A', { A: true }, true], ['ifdef CONFIG_A', { A: false }, false], ['ifdef CONFIG_A', {}, false],
    ['ifndef CONFIG_A', {}, true], ['if defined(CONFIG_A)', { A: true }, true], ['if defined CONFIG_A && 1', { A: true }, true],
    ['if !defined(CONFIG_A) || defined(CONFIG_B)', { A: true, B: true }, true], ['if IS_ENABLED(CONFIG_A)', { A: true }, true],
    ['if IS_ENABLED(CONFIG_A)', {}, false], ['if CONFIG_N > 2', { N: 3 }, true], ['if CONFIG_N > 2', { N: 2 }, false],
    ['if 0', {}, false], ['if UNKNOWN', {}, false], ['if __has_attribute(foo)', {}, false], ['if (1 << 3) == 8 ? 1 : 0', {}, true],
    ['ifdef CONFIG_64BIT', {}, true], ['ifdef CONFIG_KCOV', {}, true], ['ifdef CONFIG_KCOV', { KCOV: false }, false],
    ['ifdef __KERNEL__', {}, true], ['ifdef constructor', {}, false], ['if /* why */ defined(CONFIG_A) \\\n && 1', { A: true }, true],
  ])('#%s with %j is %s', (condition, config, taken) => {
    expect(left(`#${condition}\nint yes;\n#else\nint no;\n#endif\nint z;`, config)).toEqual([taken ? 'yes' : 'no', 'z']);
  });

  it('#elif takes the first that holds, also when nested', () => {
    const text = '#if defined(CONFIG_A)\nint a;\n#elif CONFIG_B > 1\nint b;\n#ifdef CONFIG_A\nint c;\n#else\nint d;\n#endif\n#else\nint e;\n#endif';
    expect([left(text, { A: true, B: 2 }), left(text, { B: 2 }), left(text)]).toEqual([['a'], ['b', 'd'], ['e']]);
  });

  it('macros defined in the file count, and their values', () => {
    expect(left('#define X\n#ifdef X\nint a;\n#endif\n#undef X\n#ifdef X\nint b;\n#endif\n#define N 4\n#if N == 4\nint c;\n#endif')).toEqual(['a', 'c']);
  });

  it('a broken condition is listed and taken as false', () => {
    const p = program('#if 1 +\nint a;\n#endif\n#if 1\nint b;');
    expect(p.globals.map((g) => g.name)).toEqual(['b']);
    expect(p.notModelled.map((n) => n.why)).toEqual(['condition not understood, taken as false', '#if without #endif']);
  });

  it('conditions that grow without end are given up and listed', () => {
    const lines = Array.from({ length: 60 }, (_, i) => `#define A${i} (A${i + 1} + A${i + 1})`);
    const p = program(`${lines.join('\n')}\n#if A0\nint a;\n#endif\n`);
    expect(p.notModelled.map((n) => n.why)).toEqual(['condition not understood, taken as false']);
  });

  it('code of the side not taken may be anything', () => {
    expect(program("#if 0\ndon't parse \" this ( {\n#endif\nint a;").notModelled).toEqual([]);
  });
});

describe('macros and includes', () => {
  it('bodies are one line without comments, with an expression where they are one', () => {
    const p = program('#define A(x, ...) \\\n\tf("a  b" /* c */, \\\n\t  x, ##__VA_ARGS__)\n#define EMPTY\n#define N (1 << 30) // n\n');
    expect(p.macros.map(({ name, params, body }) => [name, params, body])).toEqual([
      ['A', ['x', '...'], 'f("a  b" , x, ##__VA_ARGS__)'], ['EMPTY', null, ''], ['N', null, '(1 << 30)'],
    ]);
    expect(p.macros.map((m) => m.expr?.kind)).toEqual(['call', undefined, 'binary']);
    expect(p.macros[0]?.place).toMatchObject({ line: 1, endLine: 3 });
  });

  it('what is spelled for the preprocessor is what it means', () => {
    const p = program("#define S(t) do { (t)->mode |= X; } while (0)\n#define R _IOR('c', 1, unsigned long)\n#define P _IO('c', 100)\n");
    expect(p.macros[0]?.expr).toMatchObject({ kind: 'assign', op: '|=', target: { kind: 'member' } });
    expect(p.macros.slice(1).map((m) => m.expr && printExpr(m.expr))).toEqual(
      ['2U << 30 | 99 << 8 | 1 | sizeof(unsigned long) << 16', '0U << 30 | 99 << 8 | 100'],
    );
  });

  it('includes as written', () => {
    expect(only(program('#include <linux/a.h>').includes)).toMatchObject({ text: '<linux/a.h>', place: { line: 1 } });
  });

  it('comments and strings hide directives and brackets', () => {
    expect(left('/*\n#define X\n{ */\nchar *a = "/* { #if";\n// } \\\n }\nint b; /* " */ int c;')).toEqual(['a', 'b', 'c']);
  });
});
