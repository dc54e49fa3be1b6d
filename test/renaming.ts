/** @module Renames what a patch adds: identifiers of added lines that neither the model nor another line of the patch has. */
import { printProgram } from '../simulator/ir/print.js';
import { environment } from '../simulator/kernel/environment.js';
import { kcovModels } from '../simulator/kcov/index.js';
import { kernelCallNames } from '../simulator/compile/calls.js';
import type { Submission } from '../src/mail/submission.js';

const WORD = /[A-Za-z_]\w*/gu;

/** Words of C that a patch may add first, and names of the kernel that it may call first. */
const KERNEL = new Set([
  ...'auto break case char const continue default do double else enum extern float for goto if inline int long register return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false NULL'.split(' '),
  ...'DEFINE_PER_CPU EXPORT_PER_CPU_SYMBOL EXPORT_SYMBOL define include ifdef ifndef endif elif undef defined linux percpu kcov usb h __percpu notrace __user __init'.split(' '),
  ...'raw_spinlock_t spinlock_t local_lock_t u8 u16 u32 u64 irqflags_t size_t this_cpu_ptr get_cpu_var put_cpu_var per_cpu this_cpu_inc local_irq_save local_irq_restore local_irq_disable local_irq_enable in_serving_softirq in_hardirq in_softirq in_irq in_nmi in_task in_interrupt for_each_possible_cpu'.split(' '),
]);

function words(text: string): string[] {
  const bare = text.replace(/\/\*.*?\*\/|\/\/.*$|"(?:[^"\\]|\\.)*"/gu, ' ').replace(/^\s*\*.*$/u, '').replace(/^\s*\/\*.*$/u, '');
  return bare.match(WORD) ?? [];
}

const C_FILE = /\.[ch]$/u;

/** Words of the C lines of one patch that are added, or that are context or removed. */
function wordsOf(patch: Submission['patches'][number], added: boolean): string[] {
  const lines = patch.diff.files.filter((f) => C_FILE.test(f.path)).flatMap((f) => f.hunks.flatMap((h) => h.lines));
  return lines.filter((l) => (l.kind === 'added') === added && !/^\s*#\s*include/u.test(l.text)).flatMap((l) => words(l.text));
}

/** Identifiers that the C lines of a submission add, sorted; none that the kernel or the model has already. */
export function addedIdentifiers(submission: Submission): string[] {
  const known = new Set([...KERNEL, ...kernelCallNames(), ...modelWords()]);
  const fresh = new Set<string>();
  for (const patch of submission.patches) {
    for (const name of wordsOf(patch, false)) if (!fresh.has(name)) known.add(name);
    for (const name of wordsOf(patch, true)) if (!known.has(name) && !name.startsWith('__') && name.length > 1) fresh.add(name);
  }
  return [...fresh].sort();
}

let model: Set<string> | null = null;

function modelWords(): Set<string> {
  model ??= new Set([...kcovModels.flatMap((m) => m.files), environment].flatMap((file) => printProgram(file).lines.flatMap(words)));
  return model;
}

/** Another name for each, of the same length and in the same kind of letters; CONFIG_ keeps its prefix. */
export function newNames(names: readonly string[], seed: number): Map<string, string> {
  let state = seed;
  const letter = (): string => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return 'bdfghjklmnpqrtvwz'.charAt((state >>> 16) % 17);
  };
  const made = new Set<string>(names);
  return new Map(names.map((name) => {
    const prefix = /^CONFIG_/u.exec(name)?.[0] ?? '';
    for (;;) {
      const body = [...name.slice(prefix.length)].map((c, i) => (c === '_' && i > 0 ? '_' : /[A-Z]/u.test(c) ? letter().toUpperCase() : letter())).join('');
      const fresh = prefix + (body.length < 3 ? `${body}${letter()}${letter()}` : body);
      if (made.has(fresh) || modelWords().has(fresh)) continue;
      made.add(fresh);
      return [name, fresh];
    }
  }));
}

/** The text with every whole word replaced. */
export function renamed(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(WORD, (word) => names.get(word) ?? word);
}
