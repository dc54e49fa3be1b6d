/**
 * @module --tree, --git, --github and --with on the command line: the base that is found is the one reviewed, and why none
 * was found is in the review.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovModels } from '../../simulator/kcov/index.js';
import { blobId } from '../../src/apply/blob-id.js';
import { addCommit, formatPatch, history, makefile, Sandbox } from '../gateway/repository.js';
import { kcovet } from './fake-io.js';

const box = new Sandbox();
let patch = '';
const text = `${printProgram(kcovModels[0]!.files.find((file) => file.path === 'kernel/kcov.c')!).lines.join('\n')}\n`;

beforeAll(() => {
  history(box.path('linux'), [{ files: { 'kernel/kcov.c': text, Makefile: makefile('5.5') }, tag: 'v5.5', timeS: 1_580_000_000 }]);
  addCommit(box.path('linux'), { files: { 'kernel/kcov.c': text.replace('\n\n', '\n\n/* A comment. */\n\n') }, timeS: 1_580_000_100 });
  patch = box.write('comment.patch', formatPatch(box.path('linux'), '-1'));
});
afterAll(() => box.remove());

/** The review as JSON. */
async function review(...options: string[]): Promise<{ base: { kind: string; label: string; steps?: { where: string; what: string }[] }; problems: { where: string; what: string }[] }> {
  const outcome = await kcovet(['review', '--format', 'json', '--states', '1000', patch, ...options]);
  expect(outcome.stderr).not.toContain('internal error');
  return JSON.parse(outcome.stdout) as Awaited<ReturnType<typeof review>>;
}

test('--git: the base is the version that has the blob', async () => {
  const { base } = await review('--git', box.path('linux'));
  expect(base).toMatchObject({ kind: 'git', label: 'v5.5' });
  expect((base.steps ?? []).map((one) => one.what).join('\n')).toContain(`kernel/kcov.c is blob ${blobId(text).slice(0, 12)}`);
});

test('a --tree that is none: the reason, then the model', async () => {
  const { base, problems } = await review('--tree', box.path('nowhere'));
  expect(base.kind).toBe('model');
  expect(problems).toContainEqual({ where: `--tree ${box.path('nowhere')}`, what: 'no such file or directory' });
  expect(problems).toContainEqual({ where: 'base', what: 'none found; the model is used' });
});

test('a --tree that is none, then --git', async () => {
  expect((await review('--tree', box.path('nowhere'), '--git', box.path('linux'))).base.kind).toBe('git');
});

test('--with alone is not silent', async () => {
  expect((await review('--with', patch)).problems).toContainEqual({ where: '--with', what: expect.stringContaining('--tree, --git or --github') as string });
});

test('--with a file that is not there', async () => {
  const outcome = await kcovet(['review', patch, '--git', box.path('linux'), '--with', box.path('none.patch')]);
  expect(outcome.status).toBe(2);
  expect(outcome.stderr).toContain('no such file');
});

test('the replay line of a review on a tree is a command that runs', async () => {
  const broken = text.replace('\tWRITE_ONCE(t->kcov_mode, mode);\n\tt->kcov_sequence = sequence;\n', '\tWRITE_ONCE(t->kcov_mode, mode);\n');
  expect(broken).not.toBe(text);
  history(box.path('lost'), [{ files: { 'kernel/kcov.c': text, Makefile: makefile('5.5') }, tag: 'v5.5', timeS: 1_580_000_000 }]);
  addCommit(box.path('lost'), { files: { 'kernel/kcov.c': broken }, timeS: 1_580_000_100 });
  const file = box.write('lost.patch', formatPatch(box.path('lost'), '-1'));
  const options = ['--git', box.path('lost'), '--bounds', 'nmi=0'];
  const reviewed = (await kcovet(['review', '--states', '20000', ...options, file])).stdout;
  const line = /replay: kcovet replay (\S+) \\?\s*(.*)/u.exec(reviewed);
  expect(line?.[2]?.split(' ')).toEqual([...options, file]);
  expect(await kcovet(['replay', line?.[1] ?? '', ...options, file])).toMatchObject({ status: 0, stdout: expect.stringContaining('violated: coverage-lost') as string });
});
