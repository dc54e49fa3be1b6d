/**
 * @module A story with the real review: the model's text is the repository's kernel/kcov.c, the patches are our examples.
 * Some scenarios only, so that it takes seconds.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyByAlignment } from '../../src/apply/align.js';
import { imageOf } from '../../src/apply/model-image.js';
import { loadModel } from '../../src/cli/parts.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { engineHere } from '../../src/engine/engine.js';
import type { Engine } from '../../src/engine/engine.js';
import type { Pull } from '../fake-github/state.js';
import { noSqlite } from '../store/sqlite.js';
import { answering } from './answering-patch.js';
import { World } from './world.js';

const SCENARIOS = ['section-in-kthread', 'softirq-in-owner', 'early-irq-in-section', 'remote-wrong-calls'];

/** The real engine, on some scenarios. */
function someScenarios(): Engine {
  const real = engineHere({ states: 400_000, memoryMb: 512, seconds: 600, jobs: 1, version: '0.0.0' });
  return {
    review: (request, watch) => real.review({ ...request, scenarios: request.scenarios ?? SCENARIOS }, watch), replay: (request, watch) => real.replay(request, watch),
    reviewUnread: (request, watch) => real.reviewUnread({ ...request, scenarios: request.scenarios ?? SCENARIOS }, watch),
    assumed: (request, watch) => real.assumed({ ...request, scenarios: SCENARIOS }, watch),
  };
}

type Texts = Readonly<Record<string, string>>;

/** Files of the model, as a repository of a kernel has them. */
async function kernel(): Promise<Texts> {
  const texts = await loadModel('v5.5');
  return Object.fromEntries(texts.map(({ path, lines }) => [path, `${lines.join('\n')}\n`]));
}

/** What each patch of an example makes of the files that it changes. */
async function commitsOf(example: string, base: Texts): Promise<Record<string, string>[]> {
  const submission = await readSubmission(example, readFileSync(`examples/${example}`));
  const images = new Map(Object.entries(base).map(([path, text]) => [path, imageOf(path, text.replace(/\n$/u, '').split('\n'))]));
  return submission.patches.map(({ diff, n }) => Object.fromEntries(diff.files.flatMap((file): [string, string][] => {
    const image = images.get(file.path);
    if (!image) return [];
    const applied = applyByAlignment(image, file, n).image;
    images.set(file.path, applied);
    return [[file.path, `${applied.lines.join('\n')}\n`]];
  })));
}

/** Two reads change places under their lock. */
const neutral = [
  '--- a/kernel/kcov.c', '+++ b/kernel/kcov.c', '@@ -843,2 +843,2 @@ void kcov_remote_start(u64 handle)',
  '-\tmode = remote->kcov->mode;', '-\tsequence = remote->kcov->sequence;', '+\tsequence = remote->kcov->sequence;', '+\tmode = remote->kcov->mode;',
];

describe.skipIf(noSqlite)(`the real review${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let world: World;
  let pull: Pull;
  beforeAll(async () => {
    const base = await kernel();
    world = await World.start(someScenarios(), { files: base });
    pull = await world.open(await commitsOf('irq-coverage.mbox', base));
    await world.tell(pull, 'opened');
  });
  afterAll(() => world.stop());

  test('questions stand on lines of the patch, with the schedule that makes them necessary', () => {
    const questions = world.questions(pull);
    expect(questions.length).toBeGreaterThan(1);
    for (const { path, line, body } of questions) {
      expect(world.repo.git.file(pull.head.sha, path)?.text.split('\n').length).toBeGreaterThan(line ?? Infinity);
      expect(body).toContain('?');
    }
    expect(questions.map((one) => one.body).join('\n')).toMatch(/replay: kcovet replay \S+ --github-pr o\/linux#1/u);
    expect(world.checkOf(pull)).toMatchObject({ status: 'completed', conclusion: 'neutral' });
    expect(world.repo.reviews[0]?.body).toContain('| where | question |');
  });

  test('a question is replayed, step by step', async () => {
    const question = world.questions(pull).find((one) => one.body.includes('kcovet replay'))!;
    await world.answer(pull, question, '/kcovet replay');
    expect(world.replies(question)).toEqual([expect.stringMatching(/^It is violated again: [\s\S]*<details>[\s\S]*<\/details>$/u)]);
  });

  test('an assumption that holds is kept and named, one that an execution refutes is not', async () => {
    await world.comment(pull, '/kcovet assume irqs off in kcov_start');
    expect(world.said(pull).at(-1)).toMatch(/^Assumed: irqs off in `kcov_start`\. It does not hold in [\w-]+, so nothing rests on it\. It is not kept\.\n\n```\n[\s\S]*irqs_disabled\(\)[\s\S]*<-- does not hold\n[\s\S]*--assume 'irqs off in kcov_start'[\s\S]*```/u);
    await world.comment(pull, '/kcovet assume kcov_remote_lock held in kcov_remote_find');
    expect(world.said(pull).at(-1)).toContain('It holds in all');
    const named = 'Assumed: `kcov_remote_lock` held in `kcov_remote_find`. It holds in all';
    expect(world.checkOf(pull)?.output?.summary).toContain(named);
    expect(world.checkOf(pull)?.output?.summary).not.toContain('irqs off in kcov');
    expect(world.questions(pull).length).toBeGreaterThan(1);
  });

  test('a patch that answers a question: its scenarios are searched again, and the answer says what is gone', async () => {
    const before = world.questions(pull).length;
    await world.comment(pull, ['/kcovet test', '```diff', ...answering, '```'].join('\n'));
    const said = world.said(pull).at(-1) ?? '';
    expect(said).toMatch(/^With that patch on the head: [1-9]\d* gone, \d+ still there/u);
    expect(said).toMatch(/Searched again, within the bounds of the review: `[\w-]+`/u);
    expect(world.questions(pull)).toHaveLength(before);
  });

  test('a patch that answers nothing takes nothing back', async () => {
    await world.comment(pull, ['/kcovet test', '```diff', ...neutral, '```'].join('\n'));
    expect(world.said(pull).at(-1)).toMatch(/^With that patch on the head: 0 gone, [1-9]\d* still there\./u);
  });

  test('its second version: what is answered is told to be gone, and nothing is asked twice', async () => {
    const before = world.questions(pull);
    world.push(pull, await commitsOf('irq-coverage-v2.mbox', await kernel()));
    await world.tell(pull, 'synchronize');
    const gone = before.filter((one) => world.replies(one).includes(`Gone in ${pull.head.sha.slice(0, 12)}.`));
    expect(gone.length).toBeGreaterThan(0);
    expect(gone.length).toBeLessThan(before.length + 1);
    const first = (body: string): string => body.split('\n')[0] ?? '';
    const all = world.questions(pull).map((one) => `${one.path} ${first(one.body)}`);
    expect(new Set(all).size).toBe(all.length);
    expect(world.checkOf(pull)?.status).toBe('completed');
  });
});
