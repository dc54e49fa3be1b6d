/**
 * @module Words of the kernel's C that a C grammar does not know: attributes, integer types, macros at file scope. Facts
 * from include/linux/{compiler_types,compiler_attributes,init,types,percpu-defs,cleanup}.h, v5.5 to v6.12, and sparse's annotations.
 */

/** Address spaces and other words that qualify what a pointer points to. */
const QUALIFIER = /^__(user|kernel|iomem|percpu|rcu|force|bitwise|nocast|safe|private)$/;

const ATTRIBUTE = new Set([
  'notrace', 'noinline', 'noinline_for_stack', 'noinstr', 'asmlinkage', 'fastcall', 'nokprobe_inline', 'inline_for_stack',
  '__always_inline', '__inline', '__inline__', '__init', '__exit', '__initdata', '__exitdata', '__initconst', '__init_or_module',
  '__initdata_or_module', '__ro_after_init', '__read_mostly', '__must_check', '__maybe_unused', '__always_unused', '__used',
  '__unused', '__cold', '__hot', '__pure', '__attribute_const__', '__noreturn', '__visible', '__weak', '__deprecated', '__packed',
  '__no_kcsan', '__no_kasan_or_inline', '__no_sanitize_or_inline', '__no_kcsan_or_inline', '__no_sanitize_address',
  '__no_sanitize_thread', '__no_sanitize_undefined', '__no_sanitize_memory', '__no_sanitize_coverage', '__no_kmsan_checks',
  '__no_stack_protector', '__nocfi', '__noscs', '__no_profile', '__no_caller_saved_registers', '__latent_entropy',
  '__randomize_layout', '__no_randomize_layout', '____cacheline_aligned', '____cacheline_aligned_in_smp',
  '__cacheline_aligned', '__cacheline_aligned_in_smp', '____cacheline_internodealigned_in_smp', '__cpuidle', '__sched', '__lockfunc',
  '__kprobes', '__ref', '__refdata', '__meminit', '__meminitdata', '__net_init', '__net_exit', '__extension__', '__restrict',
  '__irq_entry', '__softirq_entry', '__entry_text', '__noclone', '__flatten', '__gnu_inline', '__nonstring', '__malloc',
  '__designated_init', '__mode', '__compiletime_error', '__private_extern__', '__tracepoint_ptr', '__bpf_kfunc', '__naked',
  'randomized_struct_fields_start', 'randomized_struct_fields_end', '__seqlock_writer', '__counted', '__no_context_analysis', '__scoped_cleanup', '__no_kstack_erase', '__rust_helper',
]);

/** Attributes that are written with arguments. */
const ATTRIBUTE_WITH_ARGUMENTS = new RegExp(`^(__attribute(__)?|__must_hold(_shared|_\\w+)?|__acquires(_\\w+)?|__releases(_\\w+)?|\
__cond_acquires(_\\w+)?|__guarded_by|__pt_guarded_by|__counted_by(_le|_be|_ptr)?|__sized_by|__aligned|__printf|__scanf|__section|\
__alias|__free|__cleanup|__no_sanitize|__assume_aligned|__alloc_size(__)?|__malloc|__copy|__nonnull|__diagnose_as|__compiletime_\\w+|\
__requires_\\w+|__excludes_\\w+|__must_not_hold|__assumes_ctx_lock|__returns_ctx_lock|__context_unsafe|__acquires_ret|__releases_ret|\
__declspec|__realloc_size|__retain|__signed_wrap|__mode)$`);

const INTEGER = /^(__)?[us](8|16|32|64|128)$|^__(le|be)(16|32|64)$|^__aligned_[us]64$/;

const NOT_TYPES = new Set(['in_t']);

/** True for sparse's words of pointers, such as __user. */
export function isQualifierWord(word: string): boolean {
  return QUALIFIER.test(word);
}

/** True for a word that stands between the words of a declaration and means nothing to the grammar. */
export function isAttributeWord(word: string): boolean {
  return ATTRIBUTE.has(word) || QUALIFIER.test(word);
}

/** True for an attribute that takes an argument list. */
export function takesArguments(word: string): boolean {
  return ATTRIBUTE_WITH_ARGUMENTS.test(word);
}

/** True for a name that is a type in all of the kernel: u64, __le32, size_t, pgoff_t, bool. */
export function isTypeWord(word: string): boolean {
  return INTEGER.test(word) || word === 'bool' || word === '_Bool' || (/^[A-Za-z]\w*_t$/.test(word) && !NOT_TYPES.has(word));
}

/** C's own type specifiers of one word. */
export const TYPE_KEYWORDS: ReadonlySet<string> = new Set([
  'void', 'char', 'short', 'int', 'long', 'float', 'double', 'signed', 'unsigned', '_Bool', '__signed__', '__int128',
]);

export const TAG_KEYWORDS: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);

export const STORAGE_KEYWORDS: ReadonlySet<string> = new Set([
  'static', 'extern', 'inline', 'register', 'typedef', 'auto', 'const', 'volatile', '_Thread_local', '_Noreturn', 'restrict',
]);

/** Words that look like a callee and are none. */
export const STATEMENT_KEYWORDS: ReadonlySet<string> = new Set([
  'if', 'while', 'for', 'switch', 'return', 'sizeof', 'typeof', '__typeof__', '__typeof', '_Alignof', '__alignof__', 'alignof', 'do',
  'else', 'case', 'default', 'goto', 'asm', '__asm__', '__asm', '_Generic', 'break', 'continue', '__attribute__', '__typeof_unqual__',
]);

/**
 * Macros that define a variable, as the declaration they stand for; $1 and $2 are the arguments, $r what stands behind
 * the macro. Names are anchored patterns.
 */
const DEFINITIONS: readonly (readonly [RegExp, string])[] = [
  [/^DEFINE_SPINLOCK$/, 'spinlock_t $1 $r;'],
  [/^DEFINE_RAW_SPINLOCK$/, 'raw_spinlock_t $1 $r;'],
  [/^DEFINE_RWLOCK$/, 'rwlock_t $1 $r;'],
  [/^DEFINE_SEQLOCK$/, 'seqlock_t $1 $r;'],
  [/^DEFINE_MUTEX$/, 'struct mutex $1 $r;'],
  [/^DEFINE_SEMAPHORE$/, 'struct semaphore $1 $r;'],
  [/^DECLARE_RWSEM$/, 'struct rw_semaphore $1 $r;'],
  [/^DECLARE_COMPLETION(_ONSTACK)?$/, 'struct completion $1 $r;'],
  [/^DECLARE_WAIT_QUEUE_HEAD(_ONSTACK)?$/, 'wait_queue_head_t $1 $r;'],
  [/^LIST_HEAD$/, 'struct list_head $1 = LIST_HEAD_INIT($1);'],
  [/^HLIST_HEAD$/, 'struct hlist_head $1 = HLIST_HEAD_INIT;'],
  [/^LLIST_HEAD$/, 'struct llist_head $1 = LLIST_HEAD_INIT($1);'],
  [/^(DEFINE|DECLARE)(_READ_MOSTLY)?_HASHTABLE$|^DEFINE_HASHTABLE_READ_MOSTLY$/, 'struct hlist_head $1[1 << ($2)] $r;'],
  [/^(DEFINE|DECLARE)_BITMAP$/, 'unsigned long $1[BITS_TO_LONGS($2)] $r;'],
  [/^DECLARE_WORK$/, 'struct work_struct $1 $r;'],
  [/^DECLARE_DELAYED_WORK$/, 'struct delayed_work $1 $r;'],
  [/^DECLARE_TASKLET(_DISABLED|_OLD)?$/, 'struct tasklet_struct $1 $r;'],
  [/^DEFINE_TIMER$/, 'struct timer_list $1 $r;'],
  [/^DEFINE_(STATIC_)?SRCU$/, 'struct srcu_struct $1 $r;'],
  [/^DEFINE_IDA$/, 'struct ida $1 $r;'],
  [/^DEFINE_IDR$/, 'struct idr $1 $r;'],
  [/^DEFINE_XARRAY(_ALLOC1?|_FLAGS)?$/, 'struct xarray $1 $r;'],
  [/^DEFINE_RATELIMIT_STATE$/, 'struct ratelimit_state $1 $r;'],
  [/^DEFINE_STATIC_KEY_(FALSE|TRUE)(_RO)?$/, 'struct static_key $1 $r;'],
  [/^(DEFINE|DECLARE)_PER_CPU(_\w+)?$/, '$1 $2 $r;'],
];

/** The declaration that a defining macro stands for, null for another macro. */
export function definitionTemplate(macro: string): string | null {
  return DEFINITIONS.find(([name]) => name.test(macro))?.[1] ?? null;
}

/** True for DEFINE_PER_CPU() and its kin. */
export function isPerCpuMacro(macro: string): boolean {
  return /^(DEFINE|DECLARE)_PER_CPU(_\w+)?$/.test(macro);
}

/** EXPORT_SYMBOL() and its kin. */
export function isExportMacro(macro: string): boolean {
  return /^EXPORT_(PER_CPU_)?SYMBOL(_\w+)?$/.test(macro);
}

/** device_initcall(), late_initcall_sync(), module_init() … */
export function isInitcallMacro(macro: string): boolean {
  return /^(\w*_initcall(_sync)?|__initcall|module_init|console_initcall)$/.test(macro);
}

/** Macros at file scope that leave nothing to run in a kernel with kcov built in: module data, compile-time checks. */
export function isInertMacro(macro: string): boolean {
  return /^(MODULE_\w+|module_exit|static_assert|_Static_assert|BUILD_BUG_ON\w*|ALLOW_ERROR_INJECTION|NOKPROBE_SYMBOL|(__)?token_context_lock(_instance)?)$/.test(macro);
}

/** Names that head a loop or a guarded block. */
export function isBlockMacro(word: string): boolean {
  return /(^|_)for_each(_|$)/.test(word) || /^scoped_\w*(guard|class|user|with)\w*$/.test(word);
}
