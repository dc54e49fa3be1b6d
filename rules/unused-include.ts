/** @module Rule: an include that nothing added in its file needs. */
import type { FileDiff, DiffLine } from '../src/patch/diff.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Spot } from '../src/analysis/spot.js';
import type { Subject } from '../src/analysis/subject.js';

interface Include extends Hazard {
  readonly header: string;
  readonly path: string;
}

const INCLUDE = /^\s*#\s*include\s*([<"][^>"]+[>"])/u;

export const unusedInclude = rule<Include>({
  id: 'unused-include',
  summary: 'An include is added to a file in which the patch adds nothing that could need it.',
  why: 'It belongs to the patch that brings its first user.',
  evidence: 'static',
  gaps: 'Which header declares what is not known: a file with other additions is only judged for linux/kcov.h, by its prefix.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: the include in dummy_hcd.c.',
  fires: [{
    name: 'the include comes before its user', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tbarrier();\n\tspin_lock(' },
      { path: 'drivers/misc/echo.c', find: '#include <linux/io.h>\n#include <linux/module.h>\n', replace: '#include <linux/io.h>\n#include <linux/kcov.h> //~ unused-include\n#include <linux/module.h>\n' },
    ],
  }],
  silent: [{
    name: 'the include goes from a header to who had it through that', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tbarrier();\n\tspin_lock(' },
      { path: 'drivers/misc/echo.h', find: '#include <linux/io.h>\n#include <linux/kcov.h>\n#include <linux/module.h>\n', replace: '#include <linux/io.h>\n#include <linux/module.h>\n' },
      { path: 'drivers/misc/echo.c', find: '#include <linux/io.h>\n#include <linux/module.h>\n', replace: '#include <linux/io.h>\n#include <linux/kcov.h>\n#include <linux/module.h>\n' },
    ],
  }, {
    name: 'the include comes with its user', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tbarrier();\n\tspin_lock(' },
      { path: 'drivers/misc/echo.c', find: '#include <linux/io.h>\n#include <linux/module.h>\n\n\techo_receive(echo);\n', replace: '#include <linux/io.h>\n#include <linux/kcov.h>\n#include <linux/module.h>\n\n\tkcov_remote_start_common(echo->id);\n\techo_receive(echo);\n\tkcov_remote_stop();\n' },
    ],
  }],
  check(subject: Subject): Include[] {
    const added = new Map<string, DiffLine[]>();
    for (const { files } of subject.patches) for (const file of files) added.set(file.path, [...(added.get(file.path) ?? []), ...linesOf(file)]);
    const all = subject.patches.flatMap(({ files }) => files);
    const placed = (header: string): boolean => all.some((file) => moved(file, header) || brings(file, header));
    return subject.patches.flatMap(({ n, files }) => files.flatMap((file) => ask({ patch: n, placed }, file, added.get(file.path) ?? [])));
  },
  question: (found) => `Is the include of ${found.header} needed here? Nothing else that this patch adds to ${found.path} could use it.`,
});

function linesOf(file: FileDiff): DiffLine[] {
  return file.hunks.flatMap((h) => h.lines.filter((l) => l.kind === 'added'));
}

/** `placed`: the series moves the header's contents or its include about, so what a file had already may need it. */
function ask({ patch, placed }: { patch: number; placed: (header: string) => boolean }, file: FileDiff, added: readonly DiffLine[]): Include[] {
  if (!/\.[ch]$/u.test(file.path)) return [];
  const others = added.filter((l) => !INCLUDE.test(l.text) && !/^\s*(\/?\*|\/\/|$)/u.test(l.text));
  return file.hunks.flatMap((hunk) => hunk.lines.flatMap((line): Include[] => {
    const header = line.kind === 'added' ? INCLUDE.exec(line.text)?.[1] : undefined;
    if (header === undefined || mayBeUsed(header, others) || placed(header)) return [];
    const spot: Spot = {
      path: file.path, image: 'diff', side: 'RIGHT', line: line.newLine, endLine: line.newLine, inDiff: true, hunk: hunk.index, patch, function: '', text: line.text.trim(), added: true,
    };
    return [{
      property: 'unused-include', status: 'new', severity: 'note', spot, labels: [], cause: `include ${header} ${file.path}`, header, path: file.path,
      support: [{ kind: 'static', text: others.length === 0 ? 'The patch adds nothing else to this file.' : 'No line that the patch adds to this file names anything of it.' }],
    }];
  }));
}

function mayBeUsed(header: string, others: readonly DiffLine[]): boolean {
  if (header !== '<linux/kcov.h>') return others.length > 0;
  return others.some((l) => /\bkcov_|\bKCOV_/u.test(l.text));
}

/** The series makes the header. */
function brings(file: FileDiff, header: string): boolean {
  return file.oldPath === null && file.path.endsWith(`/${header.slice(1, -1)}`);
}

/** The include is removed elsewhere in the file, or from a header that others had it through. */
function moved(file: FileDiff, header: string): boolean {
  return file.hunks.some((h) => h.lines.some((l) => l.kind === 'removed' && INCLUDE.exec(l.text)?.[1] === header));
}
