/** @module What C and GNU C offer and kernel code uses: typeof, ranges, bit-fields, unions, static locals, pointers to functions, macros. */
import { constructs, type Construct } from './construct.js';

const TYPES: readonly Construct[] = [
  ['typeof of a variable and of what a pointer points to', 'int f(void){ u8 a = 255; u8 *p = &a; typeof(a) b = a; __typeof__(*p) c = 1; b += c; return b; }', 0],
  ['typeof of a value', 'u64 f(void){ u32 a = 0xffffffff; typeof(a + 1ull) x = a; x += 1; return x; }', 4294967296],
  ['typeof of a call and of a type', 'u8 g(void){ return 1; } int f(void){ typeof(g()) x = 255; typeof(u8) y = 255; x += 1; y += 1; return x + y; }', 0],
  ['typeof in casts and sizeof', 'int f(void){ u8 a = 1; return (typeof(a))(257) * 10 + sizeof(typeof(a)); }', 11],
  ['a pointer to a typeof', 'int f(void){ u64 v = 3; typeof(v) *p = &v; *p += 1; return v; }', 4],
  ['__auto_type and auto', 'u64 f(void){ u64 big = 0x100000000UL; __auto_type x = big; auto y = (u8)255; y += 2; return x + y; }', 4294967297],
  ['typeof as an argument', 'struct s { u64 a; u64 b; }; struct s g; int f(void){ struct s *p; u64 *b = &g.b; g.a = 5; p = container_of(b, typeof(*p), b); return p->a; }', 5],
  ['an enum cast', 'enum e { A, B = 4 }; int f(int x){ enum e v = (enum e)x; return v == B; }', 1, 4],
  ['bool is 0 or 1', 'int f(int x){ bool b = x; return b * 10 + (bool)(x & 4); }', 11, 4],
  ['a signed bit-field', 'struct s { int a : 3; int b : 5; }; int f(void){ struct s x = { .a = 3 }; x.b = -7; x.a = 5; return x.a * 100 + x.b; }', -307],
  ['bit-fields keep their neighbours', 'struct s { unsigned a : 1; unsigned b : 3; unsigned c : 28; }; struct s g; int f(void){ g.c = 1000; g.b = 7; g.a = 1; g.b += 2; g.a ^= 1; return g.c * 100 + g.b * 10 + g.a; }', 100010],
  ['bit-fields share one word', 'struct s { u64 x; unsigned a : 20, b : 12; unsigned c : 1; }; int f(void){ return sizeof(struct s); }', 16],
  ['a bit-field of width 0 begins a word', 'struct s { unsigned a : 4; unsigned : 0; unsigned b : 4; }; int f(void){ return sizeof(struct s); }', 8],
  ['bit-fields of 64 bits', 'struct s { u64 a : 40; u64 b : 24; }; u64 f(void){ struct s x = { 1, 2 }; x.a = 0x8000000001UL; return x.a + x.b; }', 549755813891],
  ['a global with bit-fields', 'struct s { unsigned a : 4; unsigned b : 4; int c; }; struct s g = { .a = 9, .b = 5, .c = 1 }; int f(void){ struct s x = g; return x.a * 100 + x.b * 10 + x.c; }', 951],
  ['unions in structs without a name', 'struct s { int kind; union { u64 whole; struct { u32 low, high; }; }; }; struct s g; int f(void){ g.whole = 0x300000002UL; return g.high * 10 + g.low; }', 32],
  ['a union is copied', 'union u { u64 whole; u32 half[2]; }; int f(void){ union u a = { .whole = 0x500000004UL }, b; b = a; return b.half[1] * 10 + b.half[0]; }', 54],
  ['a field of a union without a name in an initialiser', 'struct s { int k; union { int a; u64 b; }; }; int f(void){ struct s x = { .k = 2, .b = 7 }; return x.k * 10 + x.a; }', 27],
  ['packed and aligned are accepted', 'struct s { u32 a; u32 b; } __packed __aligned(8); struct s g __aligned(64); int f(void){ g.b = 3; return g.a + g.b; }', 3],
  ['an array of char', 'int f(void){ char buf[16]; int i, n = 0; for (i = 0; i < 16; i++) buf[i] = i; for (i = 0; i < 16; i++) n += buf[i]; return n; }', 120],
  ['ranges in designators', 'int t[8] = { [0 ... 2] = 1, [4] = 5, [5 ... 7] = 2 }; int f(void){ int i, s = 0; for (i = 0; i < ARRAY_SIZE(t); i++) s = s * 10 + t[i]; return s; }', 11105222],
  ['an array as long as its last designator', 'static const int t[] = { [3] = 7 }; int f(void){ return ARRAY_SIZE(t) * 10 + t[3]; }', 47],
  ['a struct of one scalar by value', 'struct id { u64 val; }; struct id make(int x){ if (!x) return (struct id){ .val = 0 }; return (struct id){ .val = current->pid + x }; } u64 use(struct id i){ return i.val * 10; } int f(int x){ struct id k = make(x); return use(k) + use(make(1)) + make(2).val; }', 42, 3],
  ['the address of a compound literal', 'struct s { int a, b; }; int sum(struct s *p){ return p->a * 10 + p->b; } int f(void){ return sum(&(struct s){ .b = 2, .a = 1 }) + ((int []){ 5, 6 })[1]; }', 18],
];

const FLOW: readonly Construct[] = [
  ['a case of a range', 'int f(int x){ switch (x) { case 0 ... 3: return 1; case 5 ... 9: return 2; default: return 3; } }', 2, 9],
  ['a case between ranges', 'int f(int x){ switch (x) { case 0 ... 3: return 1; case 5 ... 9: return 2; default: return 3; } }', 3, 4],
  ['a range of constants', 'enum { LOW = 2, HIGH = LOW + 2 }; int f(int x){ switch (x) { case LOW ... HIGH: return 1; } return 0; }', 1, 4],
  ['fallthrough in its spellings', 'int f(int x){ int r = 0; switch (x) { case 1: r += 1; fallthrough; case 2: r += 2; __attribute__((__fallthrough__)); case 3: r += 4; break; case 4: r = 9; } return r; }', 7, 1],
  ['a ?: b evaluates a once', 'int n; int get(void){ n++; return 4; } int f(void){ int a = get() ?: 7; int b = 0 ?: 3; return a * 100 + b * 10 + n; }', 431],
  ['goto out of loops', 'int f(void){ int i, j; for (i = 0; i < 4; i++) for (j = 0; j < 4; j++) if (i * j == 6) goto found; return 0; found: return i * 10 + j; }', 23],
  ['a chain of cleanups', 'int f(int x){ int r = 0; if (x == 1) goto a; if (x == 2) goto b; return 9; b: r += 20; a: r += 1; return r; }', 21, 2],
  ['WARN_ON_ONCE() in a condition', 'int f(int x){ if (WARN_ON_ONCE(x == 1) || x == 2) return 5; return 6; }', 5, 2],
  ['IS_ENABLED() of what is off', 'int f(void){ if (IS_ENABLED(CONFIG_NOT_THERE)) return 1; return 2; }', 2],
  ['time_after()', 'int f(void){ unsigned long a = 5, b = -3; return time_after(a, b) * 100 + time_before(a, b) * 10 + time_after_eq(a, a); }', 101],
  ['context_unsafe() round statements and values', 'int n; int f(void){ context_unsafe(\n\tn = 2;\n\tn += 3;\n); return context_unsafe(n); }', 5],
];

const FUNCTIONS: readonly Construct[] = [
  ['a static local keeps its value', 'int next(void){ static int n = 5; return n++; } int f(void){ next(); next(); return next(); }', 7],
  ['static locals of two functions are two', 'int a(void){ static int n; return ++n; } int b(void){ static int n = 10; return ++n; } int f(void){ a(); a(); b(); return a() * 100 + b(); }', 312],
  ['a static table and a static lock', 'int f(int i){ static const int t[] = { 3, 4, 5 }; static DEFINE_SPINLOCK(l); spin_lock(&l); spin_unlock(&l); return t[i]; }', 5, 2],
  ['a table of functions', 'struct ops { int (*open)(int); int (*close)(int, int); }; static int o(int x){ return x + 1; } static int c(int x, int y){ return x * y; } static const struct ops table = { .open = o, .close = c }; int f(void){ const struct ops *p = &table; return table.open(4) * 100 + p->close(3, 4); }', 512],
  ['file_operations called through', 'static int kopen(struct inode *i, struct file *filp){ filp->f_mode = 7; return 0; } static const struct file_operations fops = { .owner = THIS_MODULE, .open = kopen, .llseek = noop_llseek }; int f(void){ struct file fl; int r = fops.open(NULL, &fl); return r * 10 + fl.f_mode; }', 7],
  ['a parameter that is a function', 'int twice(int (*fn)(int), int x){ return fn(fn(x)); } int inc(int x){ return x + 1; } int dec(int x){ return x - 1; } int f(void){ return twice(inc, 3) * 10 + (*dec)(3) + twice(&dec, 2); }', 52],
  ['a typedef of a pointer to a function', 'typedef u64 (*cb_t)(u64); u64 half(u64 x){ return x / 2; } int f(void){ cb_t cb = half; return cb ? cb(9) : 0; }', 4],
  ['kref_put() calls its release', 'struct s { struct kref ref; int gone; }; struct s g; void release(struct kref *k){ container_of(k, struct s, ref)->gone = 1; } int f(void){ kref_init(&g.ref); kref_get(&g.ref); kref_put(&g.ref, release); if (g.gone) return 1; return kref_put(&g.ref, release) * 10 + g.gone; }', 11],
  ['static inline functions of headers', 'static inline bool is_even(int x){ return !(x & 1); } static __always_inline int pick(int x){ return is_even(x) ? x : -x; } int f(void){ return pick(4) - pick(3); }', 7],
];

const MACROS: readonly Construct[] = [
  ['a macro of statements in an if without braces', '#define BOTH(a, b) do { (a) += 1; (b) += 2; } while (0)\nint f(int x){ int a = 0, b = 0; if (x) BOTH(a, b); else BOTH(b, a); return a * 10 + b; }', 12, 1],
  ['macros of statements in macros', '#define INNER(p) do { if (!(p)) break; (p) = 5; } while (0)\n#define OUTER(p) do { INNER(p); (p) += 1; } while (0)\nint f(int x){ int a = x; OUTER(a); return a; }', 6, 1],
  ['a macro that returns', '#define CHECK(c, v) do { if (!(c)) return (v); } while (0)\nint f(int x){ CHECK(x > 2, -22); return x; }', -22, 1],
  ['a variadic macro', 'int sum(int a, int b, int c){ return a * 100 + b * 10 + c; }\n#define SUM(a, ...) sum(a, __VA_ARGS__)\n#define SUM2(x, args...) sum(x, args)\nint f(void){ return SUM(1, 2, 3) + SUM2(1, 1, 1); }', 234],
  ['a debug macro that prints only', '#define dbg(fmt, ...) pr_debug(fmt, ##__VA_ARGS__)\nint f(void){ int a = 3; dbg("a %d", a); dbg("none"); return a; }', 3],
  ['#if IS_ENABLED() round statements', 'int f(void){\n#if IS_ENABLED(CONFIG_NOT_THERE)\n\treturn 1;\n#else\n\treturn 2;\n#endif\n}', 2],
  ['an attribute by a macro of the file', '#define __mine __attribute__((__unused__))\nstatic int __mine g(void){ return 4; } int f(void){ return g(); }', 4],
];

constructs('types', TYPES);
constructs('flow', FLOW);
constructs('functions', FUNCTIONS);
constructs('macros', MACROS);
