/** @module What pages know of pull requests: versions as they come, what became of them, and what was said to the outside. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { submissionId, type VersionEntry } from '../../src/store/submission-store.js';
import { pullEvent } from '../fake-github/webhooks.js';
import { noSqlite } from '../store/sqlite.js';
import { markedEngine, type MarkedEngine } from './marked-engine.js';
import { World, kcovFile } from './world.js';

const kcov = (...below: string[]): Record<string, string> => ({ 'kernel/kcov.c': kcovFile(...below) });

describe.skipIf(noSqlite)(`pull requests as submissions${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let world: World;
  let engine: MarkedEngine;
  beforeEach(async () => {
    engine = markedEngine();
    world = await World.start(engine);
  });
  afterEach(() => world.stop());
  const versions = async (number: number): Promise<VersionEntry[]> => await world.kept.submissions.versions(submissionId(`github/${world.repo.id}/${number}`));

  test('each head is a version, with its review and its patch; all that was said is in the audit', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    world.push(pull, [kcov('nothing')]);
    await world.tell(pull, 'synchronize');
    expect(await versions(1)).toMatchObject([{ number: 1, state: 'reviewed', verdict: 'questions', questions: 1 }, { number: 2, state: 'reviewed', questions: 0, label: pull.head.sha.slice(0, 12), id: pull.head.sha }]);
    const id = submissionId(`github/${world.repo.id}/1`);
    expect(await world.kept.submissions.submission(id)).toMatchObject({ origin: 'github', title: 'kcov: a change', author: 'author', where: 'o/linux#1', isPrivate: false, versions: 2 });
    expect((await world.kept.submissions.reviewedVersion(id, 1))?.patch).toMatch(/^From kcovet [\s\S]*\nSubject: \[PATCH\] kcov: change 1\n[\s\S]*\n\+\/\* ASK first \*\//u);
    const audit = await world.kept.audit.entries({ submission: `github/${world.repo.id}/1`, max: 20 });
    expect(audit.map(({ act, what }) => `${act} ${what.replace(/ \(\d+\)/u, '')}`).reverse()).toEqual([
      'posted a check of o/linux#1', 'posted a review of o/linux#1', 'updated the check of o/linux#1: neutral',
      'posted a check of o/linux#1', 'posted an answer below a question on o/linux#1', 'updated the check of o/linux#1: success',
    ]);
  });

  test('what is not a review is in the audit, too: reactions, cancelled checks, refusals', async () => {
    const pull = await world.open([kcov('ASK first')]);
    world.github.faults.add({ method: 'POST', path: /check-runs$/u, answer: { status: 422 } });
    await world.tell(pull, 'opened');
    await world.tell(pull, 'reopened');
    await world.comment(pull, '/kcovet help');
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => { open = resolve; });
    world.push(pull, [kcov('nothing')]);
    await world.send(pullEvent(world.repo, pull, 'synchronize'));
    await expect.poll(() => versions(1)).toMatchObject([{ state: 'reviewed' }, { state: 'running' }]);
    pull.state = 'closed';
    await world.send(pullEvent(world.repo, pull, 'closed'));
    open();
    await world.idle();
    const said = (await world.kept.audit.entries({ submission: `github/${world.repo.id}/1`, max: 50 })).map(({ act, what }) => `${act} ${what.replace(/\d+\)/u, 'N)')}`);
    for (const one of ['refused a check of o/linux#1', 'posted a reaction to author on o/linux#1 (eyes)', 'updated the check of a commit (N): cancelled']) expect(said).toContain(one);
  });

  test('a repository that is made private takes its reviews with it', async () => {
    await world.tell(await world.open([kcov('ASK first')]), 'opened');
    const isPrivate = async (): Promise<boolean | undefined> => (await world.kept.submissions.submission(submissionId(`github/${world.repo.id}/1`)))?.isPrivate;
    const after = async (action: string): Promise<boolean | undefined> => {
      await world.send({ name: 'repository', payload: { action, repository: { id: world.repo.id, name: 'linux', owner: { login: 'o' } }, installation: { id: 11 } } });
      return await isPrivate();
    };
    expect([await isPrivate(), await after('privatized'), await after('publicized')]).toEqual([false, true, false]);
  });

  test('one that is closed while it is reviewed is dropped; nothing of kcov is no submission', async () => {
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => { open = resolve; });
    const pull = await world.open([kcov('ASK first')]);
    await world.send(pullEvent(world.repo, pull, 'opened'));
    await expect.poll(() => versions(1)).toMatchObject([{ state: 'running' }]);
    pull.state = 'closed';
    await world.tell(pull, 'closed');
    open();
    await world.idle();
    expect(await versions(1)).toMatchObject([{ state: 'dropped', reason: 'the pull request is closed' }]);
    await world.tell(await world.open([{ 'mm/slab.c': 'int x;\n' }]), 'opened');
    expect(await versions(2)).toEqual([]);
  });

  test('one whose next head is not wanted is dropped', async () => {
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => { open = resolve; });
    const pull = await world.open([kcov('ASK first')]);
    await world.send(pullEvent(world.repo, pull, 'opened'));
    await expect.poll(() => versions(1)).toMatchObject([{ state: 'running' }]);
    world.push(pull, [{ 'mm/slab.c': 'int x;\n' }]);
    await world.send(pullEvent(world.repo, pull, 'synchronize'));
    open();
    await world.idle();
    expect(await versions(1)).toMatchObject([{ state: 'dropped', reason: 'what was pushed is not about kcov' }]);
  });

  test('the figures are those of what was done', async () => {
    await world.tell(await world.open([kcov('ASK first')]), 'opened');
    const text = await world.figures();
    for (const line of ['kcovet_reviews_total{origin="github",verdict="questions"} 1', 'kcovet_acts_total{act="posted"} 2', 'kcovet_jobs{state="done"} 1', 'kcovet_job_seconds_count{kind="review",state="done"} 1', 'kcovet_stage_seconds_count{stage="say"} 1']) expect(text).toContain(`${line}\n`);
  });
});
