/** @module kcov of another time in a tree, as far as it goes without a kernel: our own model printed, trees of a few lines. */
import { describe, expect, it } from 'vitest';
import { printProgram } from '../../../simulator/ir/print.js';
import { kcovV55 } from '../../../simulator/kcov/index.js';
import { parseDiffText } from '../../../src/patch/parse-diff-text.js';
import { KCOV, SCHED, port, taskPart } from './port.js';
import type { Tree } from './port.js';

const TASK = 'struct task_struct {\n#ifdef CONFIG_KCOV\n\tunsigned int\t\t\tkcov_mode;\n\tunsigned int\t\t\tkcov_softirq;\n\n#endif\n};\n';

/** A tree that has every header but one. */
const treeOf = (files: Readonly<Record<string, string>>): Tree => (file) => files[file] ?? (/^include\/(?:linux|asm-generic)\/(?!gone)[\w-]+\.h$/u.test(file) ? '/* */' : '');
const OLDER = treeOf({ [SCHED]: TASK, 'include/linux/kcov.h': 'void kcov_task_init(struct task_struct *t);\n', 'lib/Kconfig.debug': 'config KCOV\n\tbool "kcov"\n' });
const LATER = treeOf({
  [SCHED]: TASK, 'include/linux/kcov.h': 'typedef unsigned long kcov_u64;\n', 'include/linux/mm.h': 'static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)\n',
  'lib/Kconfig.debug': 'config KCOV\n\tbool "kcov"\n',
});

const printed = (): string => {
  const model = kcovV55.files.find((file) => file.path === KCOV);
  if (!model) throw new Error(`the model has no ${KCOV}`);
  return `${printProgram(model).lines.join('\n')}\n`;
};

describe('kernel/kcov.c of v5.5', () => {
  it('calls what a later tree calls otherwise by its name there, and says so', () => {
    const { files, done } = port(printed(), [], LATER);
    const text = files.get(KCOV) ?? '';
    expect(text).toContain('*(unsigned long *)&vma->vm_flags |= VM_DONTEXPAND;');
    expect(text).toMatch(/__sanitizer_cov_trace_const_cmp8\(kcov_u64 \w+, kcov_u64 \w+\)/u);
    expect(text).toMatch(/__sanitizer_cov_trace_switch\(kcov_u64 (\w+), void \*arg\)\n\{\n\tu64 \*\w+ = arg;/u);
    expect(done).toHaveLength(3);
    expect(done.every((line) => /\(.*v\d\.\d+/u.test(line))).toBe(true);
  });

  it('stays as it is where the tree is as it was', () => {
    const { files, done } = port(printed(), [], OLDER);
    expect(files.get(KCOV)).toBe(printed());
    expect(done).toEqual([]);
  });

  it('of a later version is brought back', () => {
    const there = port(printed(), [], LATER).files.get(KCOV) ?? '';
    const back = port(there, [], OLDER).files.get(KCOV) ?? '';
    expect(back).not.toContain('kcov_u64');
    expect(port('\tvm_flags_set(vma, VM_DONTEXPAND);\n', [], OLDER).files.get(KCOV)).toBe('\tvma->vm_flags |= VM_DONTEXPAND;\n');
  });

  it('does not include what a tree does not have', () => {
    const { files, done } = port('#include <linux/slab.h>\n#include <linux/gone.h>\nint x;\n', [], OLDER);
    expect(files.get(KCOV)).toBe('#include <linux/slab.h>\nint x;\n');
    expect(done).toEqual(['<linux/gone.h> is not included: the tree has no such file']);
  });
});

describe('other files of a patch', () => {
  const diff = (file: string, added: readonly string[], context = 'int before;'): string => `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1,1 +1,${added.length + 1} @@\n ${context}\n${added.map((line) => `+${line}\n`).join('')}`;
  const ported = (text: string, tree = LATER): ReturnType<typeof port> => port('int x;\n', parseDiffText(text, { name: 'patch' }).diff.files, tree);

  it('members are added to the tree\'s own task, which has others than the patch saw', () => {
    const { files, done } = ported(diff(SCHED, ['', '\t/* Depth: */', '\tbool\t\t\t\tkcov_depth;', '\tunsigned int\t\t\tkcov_softirq;']));
    expect(taskPart(files.get(SCHED) ?? '')).toBe(`${taskPart(TASK)}\tbool\t\t\t\tkcov_depth;\n`);
    expect(done).toEqual([`${SCHED} has, too: bool kcov_depth;`]);
  });

  it('options are added where the tree does not have them', () => {
    const { files } = ported(diff('lib/Kconfig.debug', ['config KCOV', '\tbool', '', 'config KCOV_DEPTH', '\tint "depth"', '\tdefault 2'], 'menu'));
    expect(files.get('lib/Kconfig.debug')).toBe('config KCOV\n\tbool "kcov"\n\nconfig KCOV_DEPTH\n\tint "depth"\n\tdefault 2\n');
  });

  it('drivers and documents stay out, and what does not fit is said', () => {
    const { files, done } = ported(diff('drivers/usb/x.c', ['#include <linux/kcov.h>']) + diff('include/linux/kcov.h', ['void kcov_more(void);'], 'nothing like it'));
    expect([...files.keys()]).toEqual([KCOV]);
    expect(done.some((line) => line.startsWith('include/linux/kcov.h, hunk 1: failed'))).toBe(true);
    expect(done.some((line) => line.includes('drivers/'))).toBe(false);
  });
});
