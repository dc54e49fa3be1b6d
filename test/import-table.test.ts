/**
 * @module Who may import whom, as ARCHITECTURE.md states it, held against every import of every source file. An area is a
 * folder; what an area may import is written below once, and each entry that nobody uses any more is only a permission.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

const analysis = ['src/apply', 'src/c', 'src/patch', 'simulator'];
const rules = ['src/analysis', ...analysis];
const review = ['rules/index.ts', ...rules, 'src/mail', 'src/repro'];
const rest = ['rules/index.ts', ...review, 'src/review', 'src/render', 'src/pool'];
/** What servers are made of. */
const work = ['src/gateway', 'src/engine', 'src/store', 'src/queue'];

/** Area to what it may import of ours besides itself: areas, or single files. */
const table: Readonly<Record<string, readonly string[]>> = {
  simulator: [],
  'src/patch': [],
  'src/mail': ['src/patch'],
  'src/c': ['simulator'],
  'src/apply': ['src/patch', 'src/c', 'simulator'],
  'src/analysis': analysis,
  rules,
  'src/repro': ['simulator'],
  'src/review': review,
  'src/pool': ['src/analysis', 'simulator'],
  'src/render': ['src/analysis/rule.ts', 'src/review/review.ts', 'src/review/schema.ts', 'src/review/comparison.ts', 'src/review/first-sentence.ts', 'src/mail', 'src/patch', 'simulator/trace'],
  'src/gateway': rest,
  'src/engine': rest,
  // Of lists only the ports that the store implements.
  'src/store': ['src/lists/list-store.ts', 'src/lists/ready-series.ts', 'src/lists/draft.ts', 'src/lists/said-store.ts'],
  'src/queue': ['src/store'],
  'src/service': [...rest, ...work],
  'src/lists': [...rest, ...work, 'src/service'],
  'src/web': [...rest, ...work, 'src/service', 'src/lists'],
  'src/cli': [...rest, ...work, 'src/service', 'src/lists', 'src/web', 'src/serve.ts', 'src/config.ts', 'src/backend.ts', 'src/sides.ts', 'src/worker.ts', 'src/serve-failure.ts', 'src/demo.ts'],
  bench: ['src/c', 'simulator', 'src/gateway/public-inbox'],
  'bench/mutants': ['rules/index.ts', ...review, 'src/review'],
  // The composition roots: src/main.ts, src/app.ts, src/config.ts.
  src: [...rest, ...work, 'src/service', 'src/lists', 'src/web', 'src/cli'],
};

/** TypeScript files below a folder, relative to the root, with forward slashes, sorted. */
function sourcesIn(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /(?<!\.d)\.ts$/u.test(name)).map((name) => `${folder}/${name.split(sep).join('/')}`).sort();
}

/** The area that a file belongs to; null when no row of the table is about it. */
function areaOf(file: string): string | null {
  const areas = Object.keys(table).filter((area) => file.startsWith(`${area}/`));
  const longest = areas.sort((a, b) => b.length - a.length)[0];
  if (longest === 'src') return file.split('/').length === 2 ? 'src' : null;
  return longest ?? null;
}

/** Relative imports of a text as paths of .ts files: import, export from, import() with a literal, import types. */
function importsOf(file: string, text: string): string[] {
  const found: string[] = [];
  const take = (node: ts.Node | undefined): void => {
    if (node && ts.isStringLiteralLike(node) && node.text.startsWith('.')) found.push(node.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) take(node.moduleSpecifier);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) take(node.arguments[0]);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) take(node.argument.literal);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2023));
  return found.map((path) => posix.normalize(posix.join(posix.dirname(file), path)).replace(/\.js$/u, '.ts'));
}

/** What is wrong with one import; null when the table allows it. */
function objection(file: string, target: string): string | null {
  const area = areaOf(file);
  if (area === null) return `${file}: no row of the table is about its folder`;
  if (target.startsWith('../') || /^(?:test|dist)\//u.test(target) || (target.startsWith('bench/') && !file.startsWith('bench/'))) return `${file} imports ${target}`;
  const isRule = (path: string): boolean => /^rules\/[^/]+\.ts$/u.test(path) && !/^rules\/(?:index|rule)\.ts$/u.test(path);
  if (isRule(file) && isRule(target)) return `${file} imports another rule, ${target}`;
  const own = areaOf(target) === area;
  const allowed = table[area] ?? [];
  if (own || allowed.some((one) => target === one || target.startsWith(`${one}/`))) return null;
  return `${file} (${area}) imports ${target}`;
}

const files = ['src', 'rules', 'simulator', 'bench'].flatMap(sourcesIn);

test('every import is allowed by the table', () => {
  expect(files.length).toBeGreaterThan(50);
  const objections = files.flatMap((file) =>
    importsOf(file, readFileSync(join(root, file), 'utf8')).map((target) => objection(file, target)));
  expect(objections.filter((one) => one !== null)).toEqual([]);
});

test('every import names its file as it will be built: .js, and it exists', () => {
  const known = new Set(files);
  const missing = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8'))
    .filter((target) => !known.has(target)).map((target) => `${file}: ${relative('.', target)}`));
  expect(missing).toEqual([]);
});

test('only the command line, the composition roots, gateways, services with their stores, queues and engines, and the pool of threads touch the process or a network', () => {
  const inner = files.filter((file) => !/^(?:bench|src\/(?:cli|engine|gateway|lists|pool|queue|service|store|web))\//u.test(file) && file.split('/').length > 2);
  const outside = /from '(?:node:)?(?:fs|fs\/promises|net|http|https|child_process|dns|tls)'|\bDate\.now\(|\bMath\.random\(/u;
  // The C grammar is a file of a dependency, read once.
  const allowed = new Set(['src/c/front-end.ts']);
  expect(inner.filter((file) => !allowed.has(file) && outside.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

describe('the check itself', () => {
  test.each([
    ['simulator/a.ts', "import '../src/patch/diff.js';"], ['src/patch/a.ts', "export * from '../mail/submission.js';"],
    ['src/mail/a.ts', "import type { A } from '../c/a.js';"], ['rules/one.ts', "import '../rules/two.js';"],
    ['src/render/a.ts', "import '../review/review-submission.js';"], ['src/c/a.ts', "const a = await import('../apply/image.js');"],
    ['src/review/a.ts', "import '../../test/x.js';"], ['src/review/a.ts', "import '../../rules/one.js';"],
    ['src/analysis/a.ts', "type A = import('../mail/submission.js').Submission;"], ['src/new-folder/a.ts', "import './b.js';"],
  ])('%s: %s is refused', (file, text) => {
    const targets = importsOf(file, text);
    expect(targets).toHaveLength(1);
    expect(objection(file, targets[0] ?? '')).not.toBeNull();
  });

  test.each([
    ['src/mail/a.ts', "import '../patch/diff.js';"], ['rules/index.ts', "import './one.js';"], ['rules/one.ts', "import './rule.js';"],
    ['src/render/a.ts', "import '../review/review.js';"], ['src/main.ts', "import './cli/run.js';"],
    ['src/review/a.ts', "import '../../rules/index.js';"],
  ])('%s: %s is allowed', (file, text) => {
    expect(importsOf(file, text).map((target) => objection(file, target))).toEqual([null]);
  });
});
