/** @module Rule: a function or variable that all of the kernel sees and nothing declares. */
import { headSpot } from '../src/analysis/changed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import { spotOf } from '../src/analysis/spot.js';
import type { Spot } from '../src/analysis/spot.js';
import type { Subject } from '../src/analysis/subject.js';

interface Undeclared extends Hazard {
  /** Not empty. */
  readonly names: readonly [string, ...string[]];
  readonly path: string;
  /** Static before the patch, new with it, or one of those that the compiler calls. */
  readonly was: 'static' | 'new' | 'called by the compiler';
}

/** A definition at file scope that is not static. */
interface Definition {
  readonly name: string;
  readonly shown: string;
  readonly was: Undeclared['was'];
  readonly spot: Spot;
}

export const globalWithoutDeclaration = rule<Undeclared>({
  id: 'global-without-declaration',
  summary: 'A function or variable is global, and nothing declares it.',
  why: 'Sparse and the compiler (missing-prototypes, on by default since v6.8) warn about it in every build. What only one file uses need not be seen by the others; what they use needs a declaration that both sides include.',
  evidence: 'static',
  gaps: 'Declarations in files and patches that are not at hand are not seen; exported names and what assembly calls are not judged.',
  origin: 'Commit "kcov: make some symbols static" (20200702115501.73077-1-weiyongjun1@huawei.com), and "kcov: add prototypes for helper functions" of v6.5 for those that the compiler calls.',
  fires: [{
    name: 'a variable and a function that only one file uses', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: 'static struct kcov_remote *kcov_remote_find(u64 handle)\n{\n', replace: 'DEFINE_PER_CPU(u64, kcov_last_handle); //~ global-without-declaration\n\nvoid kcov_remember(u64 handle) //~ global-without-declaration\n{\n\tthis_cpu_write(kcov_last_handle, handle);\n}\n\nstatic struct kcov_remote *kcov_remote_find(u64 handle)\n{\n' },
      { find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size;\n\tkcov_remember(handle);\n' },
    ],
  }, {
    name: 'a function is static no more', on: 'model', scenarios: ['section-in-kthread'],
    edits: [{ find: 'static void kcov_stop(struct task_struct *t)\n', replace: 'void kcov_stop(struct task_struct *t) //~ global-without-declaration\n' }],
  }],
  silent: [{
    name: 'the function is global for a driver that calls it', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: 'static void kcov_stop(struct task_struct *t)\n', replace: 'void kcov_stop(struct task_struct *t)\n' },
      { path: 'include/linux/kcov.h', find: 'void kcov_task_init(struct task_struct *t);\n', replace: 'void kcov_task_init(struct task_struct *t);\nvoid kcov_stop(struct task_struct *t);\n' },
    ],
  }, {
    name: 'the variable and the function are static', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: 'static struct kcov_remote *kcov_remote_find(u64 handle)\n{\n', replace: 'static DEFINE_PER_CPU(u64, kcov_last_handle);\n\nstatic void kcov_remember(u64 handle)\n{\n\tthis_cpu_write(kcov_last_handle, handle);\n}\n\nstatic struct kcov_remote *kcov_remote_find(u64 handle)\n{\n' },
      { find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size;\n\tkcov_remember(handle);\n' },
    ],
  }],
  check(subject: Subject): Undeclared[] {
    const found = [...variables(subject), ...functions(subject)].filter(({ spot, name }) => spot.added && /\.c$/u.test(spot.path) && !isShared(subject, name, spot.path));
    const kinds = new Set(found.map(({ was, spot }) => `${was} ${spot.path}`));
    return [...kinds].map((kind) => hazard(found.filter(({ was, spot }) => `${was} ${spot.path}` === kind)));
  },
  question({ names, path, was }) {
    const [first, ...others] = names;
    const many = others.length > 0;
    const these = many ? `${first} and the ${NUMBERS[others.length] ?? 'other'} below` : first;
    const nobody = `No header that this patch shows declares ${many ? 'them' : 'it'}, and nothing outside ${path} uses ${many ? 'them' : 'it'}.`;
    if (was === 'new') return `Could ${these} be static? ${nobody}`;
    if (was === 'static') return `${many ? 'Are' : 'Is'} ${these} meant to be static no more? ${nobody}`;
    return `Should a header declare ${these}, as it does the others that the compiler calls? Without that, the build warns about a missing prototype.`;
  },
});

const NUMBERS = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

function hazard(group: readonly Definition[]): Undeclared {
  const [first, ...others] = group as [Definition, ...Definition[]];
  return {
    property: first.was === 'static' ? 'static-lost' : 'undeclared', status: 'new', severity: 'note', spot: first.spot,
    labels: others.map(({ spot }) => ({ spot, text: 'here too' })), cause: `globals of ${first.spot.path} ${first.was}`,
    support: [{ kind: 'static', text: `${group.length > 1 ? 'None of them is' : 'It is not'} static, exported, or named in another file of the base or the patch.` }],
    names: [first.shown, ...others.map((d) => d.shown)], path: first.spot.path, was: first.was,
  };
}

function variables({ pre, post }: Subject): Definition[] {
  const known = new Map(pre.program.globals.map((g) => [g.name, g.static]));
  const carriesStatic = (macro: string | undefined): boolean => /^DECLARE_PER_CPU|STATIC_SRCU/u.test(macro ?? '');
  return post.program.globals.filter((g) => !g.static && known.get(g.name) !== false && !carriesStatic(g.macro) && !g.attributes?.includes('__weak')).map((g) => {
    const text = g.macro ? `${g.macro}(${g.name})` : g.name;
    return { name: g.name, shown: g.name, was: known.has(g.name) ? 'static' : 'new', spot: spotOf(post.images, g.place, { function: '', text }) };
  });
}

/** Words of functions that one file keeps to itself, or whose callers no C shows. */
const NOT_JUDGED = new Set(['static', '__weak', 'asmlinkage', '__visible']);

function functions(subject: Subject): Definition[] {
  const { pre, post } = subject;
  const isGlobal = (attributes: readonly string[]): boolean => !attributes.some((word) => NOT_JUDGED.has(word));
  const before = pre.program.functions;
  const declared = (name: string): boolean => post.program.prototypes?.some((p) => p.name === name) ?? false;
  const siblings = before.filter((f) => isGlobal(f.attributes) && f.name.startsWith('__') && f.place.path === post.program.path);
  const siblingsDeclared = siblings.length > 0 && siblings.every(({ name }) => declared(name));
  return post.program.functions.flatMap((def): Definition[] => {
    const old = before.find((f) => f.name === def.name);
    const reserved = def.name.startsWith('__');
    if (!isGlobal(def.attributes) || (old && isGlobal(old.attributes)) || declared(def.name) || (reserved && !siblingsDeclared)) return [];
    return [{ name: def.name, shown: `${def.name}()`, was: reserved ? 'called by the compiler' : old ? 'static' : 'new', spot: headSpot(subject, def) }];
  });
}

/** Declared or exported in its file, or named in another file of the base or the patch. */
function isShared({ post, patches }: Subject, name: string, path: string): boolean {
  const word = new RegExp(`\\b${name}\\b`, 'u');
  const declaration = new RegExp(`\\bextern\\b[^;]*\\b${name}\\b|\\bDECLARE_PER_CPU\\w*\\([^;]*\\b${name}\\b`, 'u');
  const own = post.images.get(path)?.lines ?? [];
  if (post.program.exports.includes(name) || own.some((line) => declaration.test(line))) return true;
  const inImages = [...post.images].some(([other, { lines }]) => other !== path && lines.some((line) => word.test(line)));
  return inImages || patches.some(({ files }) => files.some((file) => file.path !== path && /\.([chS]|lds|rs)$/u.test(file.path)
    && file.hunks.some((h) => h.lines.some((l) => l.kind !== 'removed' && word.test(l.text)))));
}
