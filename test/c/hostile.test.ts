import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printProgram } from '../../simulator/ir/print.js';
import { frontEnd, program } from './fixture.js';

const MANY = 100_000;
const many = (s: string, n = MANY): string => s.repeat(n);

const DEEP: Record<string, string> = {
  'parentheses': `x = ${many('(')}1${many(')')};`,
  'open parentheses': `x = ${many('(')};`,
  'braces': `${many('{')}${many('}')}`,
  'open braces': many('{'),
  'unary operators': `x = ${many('!')}1;`,
  'a long sum': `x = 1${many('+1')};`,
  'ifs': `${many('if(a)', 20_000)} b;`,
  'else ifs': `${many('if(a) b; else ', 10_000)} c;`,
  'labels': `${many('l:', 20_000)} x;`,
  'statement expressions': `x = ${many('({')}1;${many('})')};`,
  'iterators': `${many('for_each_x(a) ', 10_000)} x;`,
  'calls in calls': `${many('min_t(u64, 1, ', 10_000)}1${many(')', 10_000)};`,
};

describe('hostile text', () => {
  for (const [name, text] of Object.entries(DEEP)) {
    it(`${name}: listed, in bounded time, and the next function is read`, { timeout: 20_000 }, () => {
      const p = program(`static void f(void)\n{\n${text}\n}\n}\nstatic int after(void)\n{\n\treturn 1;\n}\n`);
      expect(p.notModelled.length).toBeGreaterThan(0);
      expect(p.functions.map((f) => f.name)).toContain('after');
      expect(printProgram(p).lines.length).toBeGreaterThan(0);
    });
  }

  it('five megabytes are refused with a reason', () => {
    const p = program(many('int x;\n', 800_000));
    expect(p.notModelled).toMatchObject([{ why: expect.stringContaining('5600000 characters') as string }]);
    expect(frontEnd.parses(many('int x;\n', 800_000))).toBe(false);
  });

  it('NULs, an unterminated comment, an unterminated string', () => {
    expect(program('int a;\0\0\nint b;').notModelled).toMatchObject([{ why: 'control characters in the text', place: { line: 1 } }]);
    expect(program('int a;\n/* int b;').notModelled).toMatchObject([{ why: 'comment without an end', place: { line: 2 } }]);
    const p = program('void f(void)\n{\n\tx = "a;\n}\nvoid g(void)\n{\n}\n');
    expect(p.functions.map((f) => f.name)).toContain('g');
    expect(p.notModelled.length).toBeGreaterThan(0);
  });

  it('the list of what is not modelled has an end', () => {
    const p = program(many('STRANGE(x);\n', 5_000));
    expect(p.notModelled.length).toBe(1_001);
    expect(p.notModelled.at(-1)?.why).toMatch(/more/);
  });

  it('any text gives a Program whose places lie in the text', () => {
    const piece = fc.constantFrom(
      '{', '}', '(', ')', ';', ',', '=', '*', '&', '"', "'", '/*', '*/', '//', '\n', '\\\n', '#if 1\n', '#else\n', '#endif\n', '#define A(x) x\n',
      'int ', 'struct ', 'static ', 'x', 'u64 ', 'if ', 'else ', 'for_each_x', 'DEFINE_PER_CPU', 'case ', 'return ', '->', '0x', '1', ':', '?',
      'sizeof', '__init ', '__must_hold', '[', ']', '\0', 'é', '\ud800', 'min_t', 'typedef ', 'enum ', 'scoped_guard', 'void f(void)\n{\n', '\n}\n',
    );
    const text = fc.oneof(fc.array(piece, { maxLength: 60 }).map((p) => p.join('')), fc.string({ unit: 'binary', maxLength: 200 }));
    fc.assert(fc.property(text, (t) => {
      const p = program(t);
      const lines = t.split('\n').length;
      for (const { place } of [...p.notModelled, ...p.functions, ...p.globals, ...p.structs, ...p.macros]) {
        expect(place.line).toBeGreaterThanOrEqual(1);
        expect(place.endLine).toBeGreaterThanOrEqual(place.line);
        expect(place.endLine).toBeLessThanOrEqual(lines);
      }
      frontEnd.parses(t);
      frontEnd.expression(t);
      frontEnd.statements(t);
    }), { numRuns: 500 });
  });
});
