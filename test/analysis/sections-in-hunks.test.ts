/**
 * @module Sections in what hunks show of a function: pieces put together, gaps crossed only where that is certain, and
 * the same function whole when a tree has the file.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { annotationsOf } from '../../src/analysis/sections/annotations.js';
import type { Annotations } from '../../src/analysis/sections/annotations.js';
import { seenFunctions } from '../../src/analysis/sections/seen-function.js';
import { unifiedDiff } from '../../src/apply/unified.js';
import { imageOf } from '../../src/apply/model-image.js';
import { loadFrontEnd } from '../../src/c/front-end.js';
import type { FrontEnd } from '../../src/c/front-end.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';

const PATH = 'drivers/misc/echo.c';
let frontEnd: FrontEnd;
beforeAll(async () => {
  frontEnd = await loadFrontEnd();
});

const HEAD = ['static void echo_irq(struct urb *urb)', '{', '\tstruct echo *e = urb->context;', '\tint status;', ''];
/** A function long enough that hunks do not show all of it. */
const LONG = [
  ...HEAD, '\tswitch (urb->status) {', '\tcase 0:', '\t\techo_take(e);', '\t\techo_log(e, "taken");', '\t\techo_count(e);', '\t\tbreak;',
  '\tcase -ESHUTDOWN:', '\t\techo_log(e, "shut down");', '\t\techo_clear(e);', '\t\treturn;', '\tdefault:', '\t\techo_log(e,', '\t\t\t "other");', '\t\techo_count(e);',
  '\t\tbreak;', '\t}', '', '\tstatus = echo_submit(e);', '\tif (status) {', '\t\techo_clear(e);', '\t\tif (status != -EPERM)', '\t\t\techo_log(e,', '\t\t\t\t "failed %d", status);', '\t}', '}',
];

/** The diff of an edit as git writes it, with the function as section heading. */
function diffOf(before: readonly string[], after: readonly string[]): string {
  const text = unifiedDiff(imageOf(PATH, before), imageOf(PATH, after));
  return text.replace(/^(@@ -(\d+).*@@)$/gmu, (line: string, _: string, start: string) => (Number(start) > 1 ? `${line} ${before[0] ?? ''}` : line));
}

async function submissionOf(diff: string): Promise<Submission> {
  const submission = await readSubmission('x.diff', new TextEncoder().encode(`diff --git a/${PATH} b/${PATH}\n${diff}`));
  expect(submission.problems).toEqual([]);
  return submission;
}

async function annotated(before: readonly string[], after: readonly string[], tree = false): Promise<Annotations> {
  const submission = await submissionOf(diffOf(before, after));
  const made = annotationsOf(frontEnd, {
    patches: submission.patches.map((p) => ({ n: p.n, of: p.of, files: p.diff.files, whitespaceDamaged: p.diff.whitespaceDamaged, truncated: p.diff.truncated })),
    files: tree ? new Map([[PATH, `${before.join('\n')}\n`]]) : new Map(), own: new Set(), config: { KCOV: true }, versionKnown: true,
  });
  if (!made) throw new Error('nothing annotated');
  return made;
}

function found(a: Annotations): string[] {
  return a.functions.flatMap((f) => [...(f.post?.unclear ? [f.post.unclear] : []), ...(f.post?.flaws ?? []).map((flaw) => {
    const line = flaw.at.statement?.place.line;
    return `${f.name} ${flaw.kind} ${line === undefined ? 'end' : (a.post.get(PATH)?.lines[line - 1] ?? '').trim()}`;
  })]);
}

/** LONG with a section from the first statement to the end; `keep`: returns that stay. */
function withSection(change: (lines: string[]) => string[]): string[] {
  const lines = LONG.flatMap((line, i) => (i === HEAD.length - 1 ? [line, '\tkcov_remote_start_usb(e->bus);', ''] : [line]));
  return change([...lines.slice(0, -1), '', 'out:', '\tkcov_remote_stop();', '}']);
}

const jump = (lines: string[]): string[] => lines.map((l) => (l === '\t\treturn;' ? '\t\tgoto out;' : l));

describe('a function shown in part', () => {
  test('every return turned into a jump to the stop: nothing', async () => {
    const made = await annotated(LONG, withSection(jump));
    expect(made.functions.map((f) => [f.name, f.whole])).toEqual([['echo_irq', false]]);
    expect(found(made)).toEqual([]);
  });

  test('a return that is shown behind a gap leaves the section open', async () => {
    const marked = (lines: string[]): string[] => lines.map((l) => (l === '\t\techo_clear(e);' ? '\t\techo_clean(e);' : l));
    expect(found(await annotated(LONG, marked(withSection((l) => l))))).toEqual(['echo_irq left-open return;']);
  });

  test('a return that no hunk shows is not asked about, but is with the file at hand', async () => {
    const after = withSection((l) => l);
    expect(found(await annotated(LONG, after))).toEqual([]);
    expect(found(await annotated(LONG, after, true))).toEqual(['echo_irq left-open return;']);
  });

  test('the end without the stop is no question where a gap may hold it', async () => {
    const after = withSection(jump).filter((l) => l !== '\tkcov_remote_stop();').map((l) => (l === 'out:' ? 'out:\n\techo_log(e, "out");' : l));
    expect(found(await annotated(LONG, after.flatMap((l) => l.split('\n'))))).toEqual([]);
  });

  test('a section that the context shows already makes gaps opaque', async () => {
    const before = withSection(jump);
    const edited = (l: string): string => l.replace('(urb->status)', '(READ_ONCE(urb->status))').replace('echo_clear', 'echo_clean').replace('goto out', 'return');
    const after = before.map(edited);
    expect(found(await annotated(before, after))).toEqual([]);
  });

  test('a new return inside a section that the context shows whole', async () => {
    const before = ['static void echo(struct echo *e)', '{', '\tkcov_remote_start_usb(e->bus);', '\techo_take(e);', '\tkcov_remote_stop();', '}'];
    const after = [...before.slice(0, 3), '\tif (e->gone)', '\t\treturn;', ...before.slice(3)];
    expect(found(await annotated(before, after))).toEqual(['echo left-open return;']);
  });
});

describe('the loop of a worker, of which neither end is seen', () => {
  const before = [
    'static int echo_worker(void *data)', '{', '\tstruct echo *e = data;', '\tstruct frame *f;', '', '\tfor (;;) {', '\t\techo_wait(e);', '\t\techo_lock(e);', '\t\techo_unlock(e);',
    '\t\tlist_for_each_entry(f, &e->frames, list) {', '\t\t\techo_count(e);', '\t\t\tf->fn(f);', '\t\t}', '\t\techo_rest(e);', '\t\techo_sleep(e);', '\t}', '\treturn 0;', '}',
  ];
  const around = (stop: string[]): string[] => before.flatMap((l) => (l.includes('f->fn') ? ['\t\t\tkcov_remote_start_common(e->handle);', l, ...stop] : [l]));

  test('a section round the call: nothing', async () => {
    expect(found(await annotated(before, around(['\t\t\tkcov_remote_stop();'])))).toEqual([]);
  });

  test('a start without a stop comes round', async () => {
    expect(found(await annotated(before, around([])))).toEqual(['echo_worker nested kcov_remote_start_common(e->handle);']);
  });
});

test('section headings, functions cut at braces, and things that are no functions', async () => {
  const diff = [
    `--- a/${PATH}`, `+++ b/${PATH}`,
    '@@ -10,6 +10,7 @@ static int first(struct echo *e,', ' \t\t int n)', ' {', ' \tint i;', '+\tkcov_remote_stop();', ' \treturn 0;', ' }', ' ',
    '@@ -30,7 +31,8 @@ static const struct ops ops = {', ' \t.open = first,', ' };', ' ', ' static void second(void) {', '+\tkcov_remote_stop();', ' \tdone();', ' }', ' ',
    '@@ -50,3 +52,4 @@ out:', ' \ta();', '+\tkcov_remote_stop();', ' \tb();', ' }', '',
  ].join('\n');
  const [file] = (await submissionOf(diff)).patches[0]?.diff.files ?? [];
  if (!file) throw new Error('no file');
  expect(seenFunctions(file, 'new').map((f) => [f.name, f.opened, f.closed, f.pieces.map((p) => p.length)])).toEqual([
    ['first', true, true, [3]], ['second', true, true, [2]],
  ]);
});

test('never throws, whatever lines a hunk has', async () => {
  const line = fc.constantFrom(
    '\tkcov_remote_start_usb(e->bus);', '\tkcov_remote_stop();', '{', '}', '\t}', '\t\t}', '\tif (x) {', '\t\treturn;', 'out:', '\tcase 1:', '\tdo {', '\t} while (y);', '\t\t  "text", n);', '\tfoo(a,', '/* c', ' */', '#if A', '#endif',
    'static void g(void)', '\tfor (;;)', '\telse', '\tgoto out;', ');', '(', '\t({', '"',
  );
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(' ', '+'), line), { minLength: 1, maxLength: 25 }), async (rows) => {
    const [old, fresh] = [rows.filter(([m]) => m === ' ').length, rows.length];
    const text = `--- a/${PATH}\n+++ b/${PATH}\n@@ -7,${old} +7,${fresh} @@ static void echo_irq(struct urb *urb)\n${rows.map(([m, t]) => m + t).join('\n')}\n`;
    const submission = await readSubmission('x.diff', new TextEncoder().encode(text));
    const patches = submission.patches.map((p) => ({ n: p.n, of: p.of, files: p.diff.files, whitespaceDamaged: p.diff.whitespaceDamaged, truncated: p.diff.truncated }));
    const made = annotationsOf(frontEnd, { patches, files: new Map(), own: new Set(), config: {}, versionKnown: true });
    for (const image of made?.post.values() ?? []) expect(image.lines.length).toBe(image.origins.length);
  }), { numRuns: 300 });
});
