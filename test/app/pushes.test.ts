/** @module Stories of a pull request from push to push: what is asked, what is not asked twice, what is told to be gone. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pullEvent } from '../fake-github/webhooks.js';
import { noSqlite } from '../store/sqlite.js';
import { fingerprintOf, markedEngine } from './marked-engine.js';
import type { MarkedEngine } from './marked-engine.js';
import { World, kcovFile, maintainer, visible } from './world.js';

const kcov = (...below: string[]): Record<string, string> => ({ 'kernel/kcov.c': kcovFile(...below) });

describe.skipIf(noSqlite)(`from push to push${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let world: World;
  let engine: MarkedEngine;
  beforeEach(async () => {
    engine = markedEngine();
    world = await World.start(engine);
  });
  afterEach(() => world.stop());

  test('opened: one check, one review, the question on its line', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    expect(world.repo.checks).toMatchObject([{ head: pull.head.sha, status: 'completed', conclusion: 'neutral', name: 'kcovet' }]);
    expect(world.repo.checks[0]?.annotations).toMatchObject([{ path: 'kernel/kcov.c', start_line: 34, end_line: 34, annotation_level: 'warning' }]);
    expect(world.repo.reviews).toMatchObject([{ event: 'COMMENT', commit: pull.head.sha }]);
    expect(world.questions(pull)).toMatchObject([{ path: 'kernel/kcov.c', side: 'RIGHT', line: 34 }]);
    expect(world.questions(pull)[0]?.body).toContain(`<!-- kcovet:${fingerprintOf('first')} -->`);
    expect(engine.requests[0]?.base?.files.get('kernel/kcov.c')).toBe(kcovFile());
  });

  test('nothing to ask: a check, and nobody is written to', async () => {
    const pull = await world.open([kcov('nothing')]);
    await world.tell(pull, 'opened');
    expect(world.checkOf(pull)).toMatchObject({ status: 'completed', conclusion: 'success' });
    expect([world.repo.reviews, world.repo.reviewComments, world.repo.issueComments]).toEqual([[], [], []]);
  });

  test('nothing of kcov: not a word, and no more than three requests', async () => {
    const pull = await world.open([{ 'mm/slab.c': 'int x;\n' }]);
    await world.tell(pull, 'opened');
    expect(world.repo.checks).toEqual([]);
    expect(engine.requests).toEqual([]);
  });

  test('pushed again: what is open is not asked again, what is new is, what is gone is told once', async () => {
    const pull = await world.open([kcov('ASK first', 'ASK second')]);
    await world.tell(pull, 'opened');
    world.push(pull, [kcov('ASK second', 'ASK third')]);
    await world.tell(pull, 'synchronize');
    await world.tell(pull, 'synchronize');
    const [first, second, third, ...more] = world.questions(pull);
    expect(more).toEqual([]);
    expect([first, second, third].map((one) => /What about (\w+)/u.exec(one?.body ?? '')?.[1])).toEqual(['first', 'second', 'third']);
    expect(world.replies(first!)).toEqual([`Gone in ${pull.head.sha.slice(0, 12)}.`]);
    expect([world.replies(second!), world.replies(third!)]).toEqual([[], []]);
    expect(world.repo.reviews).toHaveLength(2);
    expect(world.checkOf(pull)?.output?.title).toContain('2');
  });

  test('a question that was gone and comes back is told in its thread, not asked again', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    const before = world.push(pull, [kcov('nothing')]);
    await world.tell(pull, 'synchronize');
    const after = world.push(pull, [kcov('ASK first', 'more')]);
    await world.tell(pull, 'synchronize');
    expect(world.questions(pull)).toHaveLength(1);
    expect(world.replies(world.questions(pull)[0]!)).toEqual([`Gone in ${before.slice(0, 12)}.`, `Found again in ${after.slice(0, 12)}.`]);
    expect(world.checkOf(pull)?.conclusion).toBe('neutral');
  });

  test('what could not be searched is not called gone, and is when it was', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    world.push(pull, [kcov('GIVEUP')]);
    await world.tell(pull, 'synchronize');
    expect(world.replies(world.questions(pull)[0]!)).toEqual([]);
    const sha = world.push(pull, [kcov('searched')]);
    await world.tell(pull, 'synchronize');
    expect(world.replies(world.questions(pull)[0]!)).toEqual([`Gone in ${sha.slice(0, 12)}.`]);
  });

  test('a thread that people resolved is left alone, and so are their comments', async () => {
    const pull = await world.open([kcov('ASK first', 'ASK second')]);
    await world.tell(pull, 'opened');
    const [first] = world.questions(pull);
    world.repo.threads.find((one) => one.comment === first!.id)!.resolved = true;
    world.repo.reviewComments.push({ ...first!, id: world.github.nextId(), user: maintainer, body: `I see. <!-- kcovet:${fingerprintOf('third')} -->`, inReplyTo: first!.id });
    world.push(pull, [kcov('ASK third')]);
    await world.tell(pull, 'synchronize');
    expect(world.replies(first!)).toEqual([]);
    // A marker in somebody else's comment means nothing.
    expect(world.questions(pull).at(-1)?.body).toContain('What about third');
    expect(world.github.asked.filter((one) => ['PATCH', 'DELETE', 'PUT'].includes(one.method) && !one.path.includes('/check-runs/'))).toEqual([]);
  });

  test('a series: a question about its first commit stands where the line is at the end', async () => {
    const pull = await world.open([kcov('ASK first'), { 'kernel/kcov.c': `int above;\nint above_too;\n${kcovFile('ASK first')}` }]);
    await world.tell(pull, 'opened');
    expect(engine.requests[0]?.submission.patches).toHaveLength(2);
    expect(world.questions(pull)).toMatchObject([{ line: 36 }]);
  });

  test('too many: the gravest on lines, the others in the text of the review, none lost', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `q${i}`);
    const pull = await world.open([kcov(...names.map((name, i) => `ASK ${name}:${i === 19 ? 'high' : 'low'}`))]);
    await world.tell(pull, 'opened');
    expect(world.questions(pull)).toHaveLength(15);
    expect(world.questions(pull).at(-1)?.body).toContain('What about q19');
    const all = [...world.questions(pull), ...world.repo.reviews].map((one) => one.body).join('\n');
    for (const name of names) expect(all).toContain(`<!-- kcovet:${fingerprintOf(name)} -->`);
    await world.tell(pull, 'synchronize');
    expect(world.repo.reviews).toHaveLength(1);
  });

  test('a draft waits until it is ready', async () => {
    const pull = await world.open([kcov('ASK first')], { draft: true });
    await world.tell(pull, 'opened');
    expect(world.repo.checks).toEqual([]);
    pull.draft = false;
    await world.tell(pull, 'ready_for_review');
    expect(world.questions(pull)).toHaveLength(1);
  });

  test('another base: reviewed on it; another title: not', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    await world.tell(pull, 'edited', { changes: { title: { from: 'x' } } });
    expect(engine.requests).toHaveLength(1);
    const [other = ''] = world.repo.git.commit(world.base, [{ message: 'another base', files: { 'kernel/kcov.c': kcovFile('ASK first') } }]);
    world.repo.branches.set('next', other);
    pull.base = { ref: 'next' };
    pull.head = { ...pull.head, sha: world.repo.git.commit(other, [{ message: 'on it', files: kcov('ASK first', 'ASK second') }])[0] ?? '' };
    await world.tell(pull, 'edited', { changes: { base: { ref: { from: 'master' }, sha: { from: world.base } } } });
    expect(engine.requests).toHaveLength(2);
    expect(engine.requests[1]?.base?.files.get('kernel/kcov.c')).toBe(kcovFile('ASK first'));
    expect(world.questions(pull).map((one) => /What about (\w+)/u.exec(one.body)?.[1])).toEqual(['first', 'second']);
  });

  test('closed while it is reviewed: nothing is said, and the check ends', async () => {
    const pull = await world.open([kcov('ASK first')]);
    engine.gate = new Promise(() => undefined);
    await world.send(pullEvent(world.repo, pull, 'opened'));
    await world.github.when('the check begins', () => world.checkOf(pull)?.status === 'in_progress');
    pull.state = 'closed';
    await world.tell(pull, 'closed');
    expect(world.checkOf(pull)).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    expect(world.repo.reviews).toEqual([]);
  });

  test('a push while it is reviewed: the first review is ended, its check says so, the second is said', async () => {
    const pull = await world.open([kcov('ASK first')]);
    engine.gate = new Promise(() => undefined);
    await world.send(pullEvent(world.repo, pull, 'opened'));
    const old = pull.head.sha;
    await world.github.when('the check begins', () => world.checkOf(pull)?.status === 'in_progress');
    engine.gate = Promise.resolve();
    world.push(pull, [kcov('ASK second')]);
    await world.tell(pull, 'synchronize');
    expect(world.repo.checks.map((one) => [one.head === old, one.conclusion])).toEqual([[true, 'cancelled'], [false, 'neutral']]);
    expect(world.questions(pull).map((one) => one.commit)).toEqual([pull.head.sha]);
  });

  test('the check run again makes a second check and says nothing twice', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    const { checkRunEvent, checkSuiteEvent } = await import('../fake-github/webhooks.js');
    await world.send(checkRunEvent(world.repo, world.checkOf(pull)!, maintainer));
    await world.idle();
    await world.send(checkSuiteEvent(world.repo, pull.head.sha, maintainer));
    await world.idle();
    expect(world.repo.checks.map((one) => one.conclusion)).toEqual(['neutral', 'neutral', 'neutral']);
    expect(world.questions(pull)).toHaveLength(1);
    expect(world.repo.reviews.map((one) => visible(one.body))).toHaveLength(1);
  });

  test('the App is removed: what was known of the repository is forgotten', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    const { installationEvent } = await import('../fake-github/webhooks.js');
    expect((await world.send(installationEvent('deleted', [world.repo], maintainer))).status).toBe(202);
    expect(await world.known(pull)).toEqual([]);
  });
});
