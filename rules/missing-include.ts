/** @module Rule: the patch removes an include, and the file still uses what it brings. */
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Spot } from '../src/analysis/spot.js';
import type { Subject } from '../src/analysis/subject.js';
import { lineSpot } from '../src/analysis/uapi.js';
import type { Image } from '../src/apply/image.js';
import { tokenise } from '../src/apply/tokens.js';
import { calledAnywhere } from '../simulator/kernel/anywhere.js';

interface Missing extends Hazard {
  readonly header: string;
  readonly path: string;
  readonly names: readonly string[];
}

export const missingInclude = rule<Missing>({
  id: 'missing-include',
  summary: 'The patch removes an include, and the file still uses what it brings.',
  why: 'It builds as long as some other header happens to pull it in, on the architectures and configurations that were tried. What a file uses it includes itself.',
  evidence: 'static',
  gaps: 'Only names that the table of kernel calls places in a header; where an include is added in the same file, that may bring them.',
  origin: 'Documentation/process/submit-checklist.rst, item 1: do not depend on other header files pulling in ones that you use.',
  fires: [{
    name: 'the reference counts stay', on: 'model', scenarios: ['section-in-kthread'],
    edits: [{ find: '#include <linux/refcount.h>\n#include <linux/log2.h>\n', replace: '#include <linux/log2.h> //~ missing-include\n' }],
  }],
  silent: [{
    name: 'nothing is known to be of it', on: 'model', scenarios: ['section-in-kthread'],
    edits: [{ find: '#include <linux/errno.h>\n', replace: '' }],
  }, {
    name: 'it only moves', on: 'model', scenarios: ['section-in-kthread'],
    edits: [{ find: '#include <linux/refcount.h>\n#include <linux/log2.h>\n', replace: '#include <linux/log2.h>\n#include <linux/refcount.h>\n' }],
  }],
  check: (subject: Subject) => [...subject.post.images.values()].flatMap((after) => {
    const before = subject.pre.images.get(after.path);
    if (!before) return [];
    const now = includesOf(after);
    const added = [...now].some((header) => !includesOf(before).has(header));
    return added ? [] : [...includesOf(before)].filter((header) => !now.has(header)).flatMap((header) => judge(subject, after, header));
  }),
  question: ({ header, path, names }) => `Is ${header} not needed any more in ${path}? It still uses ${names.slice(0, 3).join(', ')}, which that header brings, and nothing else that it includes is meant to.`,
});

/** compiler.h is not among them: every file is compiled with what it brings (include/linux/compiler_types.h, by -include). */
const PLACES = new Map([...calledAnywhere()].filter(([, path]) => path !== 'include/linux/compiler.h'));

function includesOf({ lines }: Image): Set<string> {
  return new Set(lines.flatMap((line) => /^\s*#\s*include\s*(<[^>]+>)/u.exec(line)?.[1] ?? []));
}

function judge(subject: Subject, after: Image, header: string): Missing[] {
  const { tokens, gaveUp } = tokenise(after.lines);
  const path = `include/${header.slice(1, -1)}`;
  const names = gaveUp ? [] : [...new Set(tokens.map((t) => t.text))].filter((name) => PLACES.get(name) === path);
  const spot = names.length > 0 ? placeOf(subject, after.path, header) : undefined;
  if (!spot) return [];
  return [{
    property: 'missing-include', status: 'new', severity: 'note', spot, labels: [], cause: `missing ${header} ${after.path}`, header, path: after.path, names,
    support: [{ kind: 'static', text: `${names.slice(0, 3).join(', ')}: ${path}.` }],
  }];
}

/** The line behind the one that is removed, else the one before it: a question stands on the side that stays. */
function placeOf(subject: Subject, path: string, header: string): Spot | undefined {
  for (const hunk of subject.patches.flatMap(({ files }) => files.filter((f) => f.path === path).flatMap((f) => f.hunks))) {
    const at = hunk.lines.findIndex((line) => line.kind === 'removed' && line.text.includes(header));
    if (at < 0) continue;
    const stays = [...hunk.lines.slice(at + 1), ...hunk.lines.slice(0, at).reverse()].find((line) => line.kind !== 'removed');
    const text = stays?.text.trim() ?? '';
    const lines = subject.post.images.get(path)?.lines ?? [];
    const found = lines.findIndex((line, i) => line.trim() === text && lineSpot(subject.post, path, i + 1).hunk === hunk.index);
    return found < 0 ? undefined : lineSpot(subject.post, path, found + 1);
  }
  return undefined;
}
