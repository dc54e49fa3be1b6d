import { describe, expect, it } from 'vitest';
import { functionNamed, only, program } from './fixture.js';

describe('variables', () => {
  it('a lock is of its type, with the macro kept', () => {
    expect(only(program('static DEFINE_SPINLOCK(lock);').globals)).toMatchObject({
      name: 'lock', type: { kind: 'named', name: 'spinlock_t' }, static: true, perCpu: false, macro: 'DEFINE_SPINLOCK',
      macroArgs: [{ kind: 'name', name: 'lock' }],
    });
    const types = program('DEFINE_RAW_SPINLOCK(a); DEFINE_MUTEX(b); DEFINE_RWLOCK(c);').globals.map((g) => 'name' in g.type && g.type.name);
    expect(types).toEqual(['raw_spinlock_t', 'mutex', 'rwlock_t']);
  });

  it('a hash table is an array of 1 << bits heads', () => {
    expect(only(program('static DEFINE_HASHTABLE(map, 4);').globals)).toMatchObject({
      name: 'map', macro: 'DEFINE_HASHTABLE', macroArgs: [{ kind: 'name' }, { kind: 'number', value: 4n }],
      type: {
        kind: 'array', of: { kind: 'struct', name: 'hlist_head' },
        length: { kind: 'binary', op: '<<', left: { value: 1n }, right: { value: 4n } },
      },
    });
  });

  it('a list head is initialised', () => {
    expect(only(program('static LIST_HEAD(areas);').globals)).toMatchObject({
      name: 'areas', type: { name: 'list_head' }, init: { kind: 'call', callee: { name: 'LIST_HEAD_INIT' } },
    });
  });

  it('per-CPU variables, plain and with an initialiser, of a struct, a pointer, an array', () => {
    const text = 'static DEFINE_PER_CPU(struct data, a) = {\n\t.lock = INIT_LOCAL_LOCK(lock),\n};\nDEFINE_PER_CPU(void *, b);\n'
      + 'static DEFINE_PER_CPU_ALIGNED(unsigned int, c[4]);\nint after;';
    const p = program(text);
    expect(p.notModelled).toEqual([]);
    expect(p.globals).toMatchObject([
      { name: 'a', perCpu: true, static: true, type: { kind: 'struct', name: 'data' }, init: { items: [{ field: 'lock' }] }, place: { line: 1, endLine: 3 } },
      { name: 'b', perCpu: true, static: false, type: { kind: 'pointer' }, macroArgs: [{ kind: 'type' }, { kind: 'name' }] },
      { name: 'c', perCpu: true, type: { kind: 'array', of: { kind: 'int', name: 'unsigned int' } } },
      { name: 'after', perCpu: false },
    ]);
  });

  it('a table of functions and arrays with designators', () => {
    const p = program('static const struct file_operations fops = {\n\t.open\t= my_open,\n\t.mmap\t= my_mmap,\n};\n'
      + 'static int names[] = { [A] = 1, [B] = 2 }, other __read_mostly = 4;\nint (*callback)(int) = NULL;');
    expect(p.notModelled).toEqual([]);
    expect(p.globals).toMatchObject([
      { name: 'fops', static: true, attributes: ['const'], init: { items: [{ field: 'open', value: { name: 'my_open' } }, { field: 'mmap' }] } },
      { name: 'names', type: { kind: 'array', length: null }, init: { items: [{ index: { name: 'A' } }, { index: { name: 'B' } }] } },
      { name: 'other', attributes: ['__read_mostly'], init: { value: 4n } },
      { name: 'callback', type: { kind: 'pointer', to: { kind: 'function' } } },
    ]);
    expect(p.globals[1]).not.toHaveProperty('attributes');
  });
});

describe('functions', () => {
  it('attributes stay in the order written, known and unknown ones', () => {
    const p = program('static __always_inline bool a(void) { return true; }\nvoid notrace b(void) { }\n'
      + 'static __brand_new u64 c(struct foo *f) __must_hold(&f->lock) { return 1; }\n'
      + 'static noinline __no_sanitize_thread struct foo *d(int x) { return NULL; }\nint __init e(void) { return 0; }');
    expect(p.notModelled).toEqual([]);
    expect(p.functions.map((f) => [f.name, f.attributes, f.typeAt])).toEqual([
      ['a', ['static', '__always_inline'], undefined], ['b', ['notrace'], 0],
      ['c', ['static', '__brand_new', '__must_hold(&f->lock)'], 2], ['d', ['static', 'noinline', '__no_sanitize_thread'], undefined],
      ['e', ['__init'], 0],
    ]);
    expect(functionNamed(p, 'c').returns).toEqual({ kind: 'named', name: 'u64' });
    expect(functionNamed(p, 'd').returns).toMatchObject({ kind: 'pointer', to: { kind: 'struct', name: 'foo' } });
  });

  it('parameters, with what sparse says of pointers', () => {
    const p = program('static long f(struct file *filep, unsigned cmd, const char __user *buf, int v[], int (*cb)(u64)) { return 0; }');
    expect(only(p.functions).params).toMatchObject([
      { name: 'filep', type: { kind: 'pointer', to: { kind: 'struct', name: 'file' } } },
      { name: 'cmd', type: { kind: 'int', name: 'unsigned', bytes: 4, signed: false } },
      { name: 'buf', type: { kind: 'pointer', qualifiers: ['const', '__user'], to: { kind: 'int', name: 'char' } } },
      { name: 'v', type: { kind: 'array', length: null } }, { name: 'cb', type: { kind: 'pointer', to: { kind: 'function' } } },
    ]);
  });

  it('exports, initcalls, module data, prototypes', () => {
    const p = program('void f(void);\nextern int g(struct foo *x);\nextern int y;\nvoid f(void) { }\nEXPORT_SYMBOL_GPL(f);\n'
      + 'device_initcall(f);\nlate_initcall_sync(h);\nMODULE_LICENSE("GPL");\nstatic_assert(sizeof(int) == 4);\nSTRANGE(x, y);\n');
    expect(p.exports).toEqual(['f']);
    expect(p.initcalls).toEqual(['f', 'h']);
    expect(p.prototypes?.map((x) => x.name)).toEqual(['f', 'g']);
    expect(p.globals).toEqual([]);
    expect(p.notModelled).toMatchObject([{ text: 'STRANGE(x, y);', why: 'macro at file scope', place: { line: 10 } }]);
  });

  it('one broken function does not spoil its neighbours, an unclosed brace neither', () => {
    const p = program('void a(void)\n{\n\tx();\n}\nvoid b(void)\n{\n\tif (y) {\n\tz();\n}\nvoid c(void)\n{\n\tw();\n}\n');
    expect(p.functions.map((f) => f.name)).toContain('a');
    expect(p.functions.map((f) => f.name)).toContain('c');
    expect(p.notModelled.length).toBeGreaterThan(0);
  });
});

describe('types', () => {
  it('fields of a task_struct of ours', () => {
    const p = program(`struct task_struct {
	unsigned int __state;
	struct list_head tasks, *others[2];
#ifdef CONFIG_COV
	unsigned int cov_mode;
	u64 cov_handle ____cacheline_aligned;
#endif
	randomized_struct_fields_start
	unsigned in_x:1;
	union { int a; struct { u8 b; }; };
	int (*call)(int, void *);
	__aligned_u64 tail[];
	DECLARE_STRANGE(bits, 64);
};`, { COV: true });
    expect(only(p.structs.filter((s) => s.name === 'task_struct')).fields.map((f) => f.name)).toEqual(
      ['__state', 'tasks', 'others', 'cov_mode', 'cov_handle', 'in_x', '<task_struct.6>', 'call', 'tail'],
    );
    expect(p.structs.find((s) => s.union)?.fields.map((f) => f.name)).toEqual(['a', '<task_struct.6.1>']);
    expect(p.notModelled.map((n) => n.why).sort()).toEqual(['field not understood']);
    expect(p.structs.find((s) => s.name === 'task_struct')?.fields.find((f) => f.name === 'in_x')?.bits).toBe(1);
  });

  it('enums count on, over macros and members', () => {
    const p = program('#define BASE 0x10\nenum mode { A, B = BASE, C, D = 1 << 4 | 1, E = B + 2 };\nenum { X = -1, Y };\nenum q { U = UNKNOWN, V, W = 3 };');
    expect(p.enums.map((e) => [e.name, e.members.map((m) => `${m.name}=${m.value}`)])).toEqual([
      ['mode', ['A=0', 'B=16', 'C=17', 'D=17', 'E=18']], ['', ['X=-1', 'Y=0']], ['q', ['W=3']],
    ]);
    expect(p.notModelled.length).toBe(2);
  });

  it('typedefs, also in casts', () => {
    const p = program('typedef unsigned long word;\ntypedef int (*fn)(int);\nstatic void f(void) { x = (word)*p; y = (word)(a + b); z = sizeof(word); }');
    expect(p.typedefs).toMatchObject([{ name: 'word', type: { name: 'unsigned long', bytes: 8 } }, { name: 'fn', type: { kind: 'pointer' } }]);
    expect(only(p.functions).body).toMatchObject([
      { expr: { value: { kind: 'cast', arg: { kind: 'unary', op: '*' } } } }, { expr: { value: { kind: 'cast', arg: { kind: 'binary' } } } },
      { expr: { value: { kind: 'sizeof', of: { kind: 'type' } } } },
    ]);
  });

  it('integers in every spelling', () => {
    const p = program('long unsigned int a; short int b; unsigned c; long long unsigned d; signed char e; unsigned char f; _Bool g; char h; u8 i; size_t j;');
    expect(p.globals.map((g) => ('name' in g.type ? g.type.name : g.type.kind))).toEqual(
      ['unsigned long', 'short', 'unsigned', 'unsigned long long', 'signed char', 'unsigned char', 'bool', 'char', 'u8', 'size_t'],
    );
  });
});
