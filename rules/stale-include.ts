/** @module Rule: the patch removes the last use of what an include brings, and the include stays. */
import { firstChanged, statementsInDiff } from '../src/analysis/changed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Spot } from '../src/analysis/spot.js';
import type { Subject } from '../src/analysis/subject.js';
import { lineSpot } from '../src/analysis/uapi.js';
import type { Image } from '../src/apply/image.js';
import { tokenise } from '../src/apply/tokens.js';
import { headerFamilies } from '../simulator/kernel/header-names.js';

interface Stale extends Hazard {
  readonly header: string;
  readonly path: string;
  readonly names: readonly string[];
}

const LOG2 = '\t\tcount_size = sizeof(unsigned long);\n\t\tentry_size_log = __ilog2_u64(sizeof(unsigned long));\n';
const LOG2_CMP = '\t\tBUILD_BUG_ON(!is_power_of_2(KCOV_WORDS_PER_CMP));\n\t\tentry_size_log = __ilog2_u64(sizeof(u64) * KCOV_WORDS_PER_CMP);\n';

export const staleInclude = rule<Stale>({
  id: 'stale-include',
  summary: 'The patch removes the last use of what an include brings, and the include stays.',
  why: 'Whoever reads the list of includes looks for a user that is gone. It is removed in the same patch, or never.',
  evidence: 'static',
  gaps: 'Only headers whose names are of one family, such as hash tables or reference counts, in files that are seen whole.',
  origin: 'Documentation/process/submit-checklist.rst, on includes; review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: the include in dummy_hcd.c.',
  fires: [{
    name: 'logarithms become numbers', on: 'model', scenarios: ['section-in-kthread', 'comparisons'],
    edits: [
      { find: LOG2, replace: '\t\tcount_size = sizeof(unsigned long);\n\t\tentry_size_log = 3; //~ stale-include\n' },
      { find: LOG2_CMP, replace: '\t\tentry_size_log = 5;\n' },
    ],
  }],
  silent: [
    {
      name: 'one of the logarithms stays', on: 'model', scenarios: ['section-in-kthread', 'comparisons'],
      edits: [{ find: LOG2, replace: '\t\tcount_size = sizeof(unsigned long);\n\t\tentry_size_log = 3;\n' }],
    },
    {
      name: 'the include goes with its users', on: 'model', scenarios: ['section-in-kthread', 'comparisons'],
      edits: [
        { find: '#include <linux/log2.h>\n', replace: '' }, { find: LOG2, replace: '\t\tcount_size = sizeof(unsigned long);\n\t\tentry_size_log = 3;\n' },
        { find: LOG2_CMP, replace: '\t\tentry_size_log = 5;\n' },
      ],
    },
  ],
  check: (subject: Subject) => [...subject.post.images.values()].flatMap((image) => {
    const before = subject.pre.images.get(image.path);
    return before ? [...headerFamilies].flatMap(([header, family]) => judge(subject, { before, after: image }, { header, family })) : [];
  }),
  question: (found) => `Is the include of ${found.header} still needed in ${found.path}? The patch removes the last uses of what it brings: ${found.names.slice(0, 3).join(', ')}.`,
});

function judge(subject: Subject, { before, after }: { before: Image; after: Image }, { header, family }: { header: string; family: RegExp }): Stale[] {
  const included = (image: Image): number => image.lines.findIndex((line) => /^\s*#\s*include\s*(<[^>]+>)/u.exec(line)?.[1] === header);
  const at = included(after);
  const names = at >= 0 && included(before) >= 0 ? namesIn(before, family) : null;
  if (!names || names.length === 0 || namesIn(after, family)?.length !== 0) return [];
  const spot = placeIn(subject, { path: after.path, include: at + 1, names });
  if (!spot) return [];
  return [{
    property: 'stale-include', status: 'new', severity: 'note', spot, labels: [], cause: `stale ${header} ${after.path}`, header, path: after.path, names,
    support: [{ kind: 'static', text: `Before the patch ${after.path} uses ${names.slice(0, 3).join(', ')}; after it, nothing that ${header} brings.` }],
  }];
}

/** Identifiers of the family in the code of an image, each once, in the order of the text; null where it is too long to be read whole. */
function namesIn({ lines }: Image, family: RegExp): string[] | null {
  const { tokens, gaveUp } = tokenise(lines);
  const names = new Set(tokens.map((t) => t.text).filter((text) => /^[A-Za-z_]\w*$/u.test(text)));
  return gaveUp ? null : [...names].filter((name) => family.test(name));
}

/** The include where a hunk shows it, else what the patch changed where it removed the last of the names. */
function placeIn(subject: Subject, { path, include, names }: { path: string; include: number; names: readonly string[] }): Spot | undefined {
  const own = lineSpot(subject.post, path, include);
  if (own.inDiff) return own;
  const uses = new RegExp(`\\b(?:${names.join('|')})\\b`, 'u');
  const hunks = subject.patches.flatMap(({ n, files }) => files.filter((f) => f.path === path).flatMap((f) => f.hunks.filter((h) => h.lines.some((l) => l.kind === 'removed' && uses.test(l.text))).map((h) => ({ n, index: h.index }))));
  const inHunks = statementsInDiff(subject).map(({ spot }) => spot).filter((s) => s.path === path && hunks.some((h) => h.n === s.patch && h.index === s.hunk));
  return inHunks.find((s) => s.added) ?? inHunks[0] ?? hunks.slice(0, 1).map((h) => firstChanged(subject, h.n))[0];
}
