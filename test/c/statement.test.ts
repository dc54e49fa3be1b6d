import { describe, expect, it } from 'vitest';
import { again, body, frontEnd, only, program } from './fixture.js';

/** C of one function body and the same printed: what is written here in kernel style must come back as it is. */
const SAME: Record<string, string[]> = {
  'iterator with braces': ['list_for_each(pos, head) {', '\tx = pos;', '}'],
  'iterator without braces': ['list_for_each_entry_safe(a, b, head, node)', '\tkfree(a);'],
  'iterator in an arm': ['if (x)', '\thash_for_each_possible(map, r, hnode, key)', '\t\tbreak;', 'else', '\ty = 1;'],
  'iterator of one argument': ['for_each_possible_cpu(cpu) {', '\tx++;', '}'],
  'iterator of no argument': ['for_each_thing() {', '\tx++;', '}'],
  'iterator in an iterator': ['for_each_online_cpu(cpu)', '\thash_for_each_safe(map, bkt, tmp, r, hnode) {', '\t\thash_del(&r->hnode);', '\t}'],
  'iterator whose list is an expression': ['list_for_each_entry(x, &h->list[3], a.b)', '\tcontinue;'],
  'block macro': ['scoped_guard(spinlock_irqsave, &lock) {', '\ty = 1;', '}'],
  'guard': ['guard(mutex)(&lock);'],
  'conditional without middle': ['x = a ?: b;'],
  'a case range': ['switch (a) {', 'case 1 ... 3:', '\tx;', '}'],
  'typeof and a range of an array': ['typeof(*p) x = *p;', 'int t[4] = { [1 ... 2] = 3 };'],
  'call that only sounds like an iterator': ['idr_for_each(&idr, cb, data);', 'ret = foo_for_each(x, y);'],
  'switch with fallthrough': ['switch (a) {', 'case 1:', 'case 2:', '\tf();', '\tfallthrough;', 'default:', '\treturn;', '}'],
  'goto out': ['if (x)', '\tgoto out;', 'f();', 'out:', 'unlock();'],
  'do while': ['do {', '\tx++;', '} while (--y > 0);'],
  'empty loops': ['for (;;)', '\t;', 'while (x)', '\t;'],
  'else if chain': ['if (a) {', '\tx;', '} else if (b) {', '\ty;', '} else {', '\tz;', '}'],
  'joined declarators': ['unsigned long size, *p, a[3];'],
  'attributes of declarators': ['static const int k = 1;', 'char *p __free(kfree) = NULL;'],
};

describe('statements', () => {
  for (const [name, lines] of Object.entries(SAME)) {
    it(name, () => {
      const text = lines.map((l) => `\t${l}`).join('\n');
      expect(again(text)).toEqual(lines);
      expect(body(text).length).toBeGreaterThan(0);
    });
  }

  it('an iterator macro is a loop with its arguments', () => {
    const loop = only(body('list_for_each_entry(pos, head, node) { f(pos); }'));
    expect(loop).toMatchObject({ kind: 'forEach', macro: 'list_for_each_entry', body: { kind: 'block' } });
    expect(loop.kind === 'forEach' && loop.args.map((a) => a.kind === 'name' && a.name)).toEqual(['pos', 'head', 'node']);
  });

  it('labels and cases are statements of their own, a label before a brace too', () => {
    expect(body('x = 1;\nout:\n').map((s) => s.kind)).toEqual(['expression', 'label']);
    const made = only(body('switch (a) { case 1: { x; } break; default: y; }'));
    expect(made.kind === 'switch' && made.body.map((s) => s.kind)).toEqual(['case', 'block', 'break', 'case', 'expression']);
  });

  it('#ifdef between the arms of an if is decided by the configuration', () => {
    const text = 'if (a)\n\treturn 1;\nelse if (b)\n#ifdef CONFIG_X\n\treturn 2;\n#else\n\treturn -3;\n#endif\nelse\n\treturn 4;';
    expect(again(text, { X: true })).toContain('\treturn 2;');
    expect(again(text)).toContain('\treturn -3;');
    expect(again(text)).not.toContain('\treturn 2;');
    expect(again(text).at(-1)).toBe('\treturn 4;');
  });

  it('a second declarator is joined to the first', () => {
    expect(body('int a, b;')).toMatchObject([{ name: 'a' }, { name: 'b', joined: true }]);
    expect(body('int a;')[0]).not.toHaveProperty('joined');
  });

  it('places are lines of the given text', () => {
    const p = program('/* a\n * comment */\nstatic void f(void)\n{\n\tif (a &&\n\t    b)\n\t\tx = 1;\n}\n');
    const [f] = p.functions;
    expect(f?.place).toEqual({ path: 'kernel/test.c', line: 3, endLine: 8 });
    expect(f?.body[0]?.place).toEqual({ path: 'kernel/test.c', line: 5, endLine: 7 });
    expect(f?.body[0]).toMatchObject({ then: { place: { line: 7, endLine: 7 } } });
  });

  it('a macro that defines a variable is a declaration', () => {
    expect(body('static DEFINE_SPINLOCK(lock);\nLIST_HEAD(l);')).toMatchObject([
      { kind: 'declaration', name: 'lock', type: { kind: 'named', name: 'spinlock_t' }, attributes: ['static'] },
      { kind: 'declaration', name: 'l', type: { kind: 'struct', name: 'list_head' }, init: { kind: 'call' } },
    ]);
  });
});

describe('what is not understood', () => {
  const BAD: Record<string, readonly [string, RegExp]> = {
    'inline assembly': ['asm volatile("nop" ::: "memory");', /assembly/],
    'a function inside a function': ['int g(int a) { return a; }', /function inside/],
    'address of a label': ['p = &&out; out: x;', /label/],
    'nonsense': ['x = = 3;', /not understood/],
    'a floating number': ['x = 1.5;', /number/],
  };
  for (const [name, [text, why]] of Object.entries(BAD)) {
    it(`${name} is listed with its place and the rest is kept`, () => {
      const p = program(`static void f(void)\n{\n\tbefore();\n\t${text}\n\tafter();\n}\nstatic void g(void) { }\n`);
      expect(p.notModelled.map((n) => n.why).join()).toMatch(why);
      expect(p.notModelled[0]?.place.line).toBe(4);
      expect(p.functions.map((f) => f.name)).toEqual(['f', 'g']);
      expect(JSON.stringify(p.functions[0]?.body, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v))).toContain('before');
    });
  }

  it('parses() says so', () => {
    expect(frontEnd.parses('static void f(void) { x = = 3; }')).toBe(false);
    expect(frontEnd.parses('static void f(void) { x = 3; }')).toBe(true);
    expect(frontEnd.parses('static void f(void) { x = 3;')).toBe(false);
  });
});
