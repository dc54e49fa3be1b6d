/** @module Stories of commands in comments: who may, what is done, a reaction and one answer. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IssueComment, Pull, ReviewComment } from '../fake-github/state.js';
import { issueCommentEvent } from '../fake-github/webhooks.js';
import { noSqlite } from '../store/sqlite.js';
import { markedEngine } from './marked-engine.js';
import type { MarkedEngine } from './marked-engine.js';
import { World, author, kcovFile, maintainer, stranger } from './world.js';

const kcov = (...below: string[]): Record<string, string> => ({ 'kernel/kcov.c': kcovFile(...below) });

describe.skipIf(noSqlite)(`commands${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let world: World;
  let engine: MarkedEngine;
  let pull: Pull;
  beforeEach(async () => {
    engine = markedEngine();
    world = await World.start(engine);
    pull = await world.open([kcov('ASK first', 'ASK second')]);
    await world.tell(pull, 'opened');
  });
  afterEach(() => world.stop());

  const reactions = (comment: IssueComment | ReviewComment): string[] => world.repo.reactions.filter((one) => one.on.endsWith(`/${comment.id}`)).map((one) => one.content);

  test('review: once more, by whoever may push, and nothing is asked twice', async () => {
    const comment = await world.comment(pull, 'Again, please.\n\n/kcovet review', maintainer);
    expect(reactions(comment)).toEqual(['eyes']);
    expect(world.said(pull)).toEqual([`Reviewing ${pull.head.sha.slice(0, 12)} again: the check says what comes of it.`]);
    expect(world.repo.checks).toHaveLength(2);
    expect(world.questions(pull)).toHaveLength(2);
  });

  test('a stranger may not', async () => {
    const comment = await world.comment(pull, '/kcovet invalid 123456 no', stranger);
    expect(reactions(comment)).toEqual(['confused']);
    expect(world.said(pull)).toEqual([expect.stringContaining('Only the author')]);
    expect(world.repo.checks).toHaveLength(1);
  });

  test('invalid, below a question: not asked again, and the check is not about it any more', async () => {
    const [first] = world.questions(pull);
    await world.answer(pull, first!, '/kcovet invalid irqs are off there, see `caller()` @everyone');
    expect(world.replies(first!)).toEqual([expect.stringContaining('is not asked again in this pull request')]);
    expect(world.checkOf(pull)?.output?.title).toContain('1');
    world.push(pull, [kcov('ASK first', 'more')]);
    await world.tell(pull, 'synchronize');
    expect(world.questions(pull)).toHaveLength(2);
    expect(world.replies(first!)).toHaveLength(1);
    expect(world.checkOf(pull)).toMatchObject({ conclusion: 'success' });
    const all = [...world.repo.reviewComments, ...world.repo.issueComments].filter((one) => one.user.type === 'Bot').map((one) => one.body).join('\n');
    expect(all).not.toContain('@everyone');
  });

  test('invalid elsewhere has to name the question', async () => {
    await world.comment(pull, '/kcovet invalid abcdef0123 because');
    await world.comment(pull, '/kcovet invalid because');
    expect(world.said(pull)).toEqual([expect.stringContaining('no such question'), expect.stringContaining('no such question')]);
    await world.comment(pull, '/kcovet invalid irq-in-trace:0000abcd:t1n1 because');
    expect(world.said(pull).at(-1)).toContain('is not asked again');
  });

  test('assume: reviewed with it from now on, until it is taken back; what is no assumption is refused', async () => {
    await world.comment(pull, '/kcovet assume nmi=0');
    await world.comment(pull, '/kcovet assume CONFIG_KCOV_ENABLE_COMPARISONS=n');
    await world.comment(pull, '/kcovet assume nmi=0');
    expect(engine.requests.at(-1)).toMatchObject({ bounds: { nmi: 0 }, config: { KCOV_ENABLE_COMPARISONS: false } });
    world.push(pull, [kcov('ASK first')]);
    await world.tell(pull, 'synchronize');
    expect(engine.requests.at(-1)).toMatchObject({ bounds: { nmi: 0 } });
    await world.comment(pull, '/kcovet unassume nmi=0');
    expect(engine.requests.at(-1)?.bounds).toEqual({});
    const before = engine.requests.length;
    await world.comment(pull, '/kcovet assume the best');
    await world.comment(pull, '/kcovet assume moon=1');
    expect(engine.requests).toHaveLength(before);
    expect(world.said(pull).slice(-2)).toEqual([expect.stringContaining('That cannot be assumed'), expect.stringContaining('no bound of that name')]);
  });

  test('assume of a function: checked before it is kept, and named in every review', async () => {
    await world.comment(pull, '/kcovet assume interrupts are disabled in kcov_f()');
    expect(world.said(pull).at(-1)).toContain('It holds in all');
    expect(engine.requests.at(-1)).toMatchObject({ bounds: {}, assume: ['irqs off in kcov_f'] });
    const before = engine.requests.length;
    await world.comment(pull, '/kcovet assume preemption off in kcov_f');
    expect(world.said(pull).at(-1)).toContain('It is not kept');
    await world.comment(pull, '/kcovet assume good weather in kcov_f');
    expect(world.said(pull).at(-1)).toContain('cannot be checked');
    expect(engine.requests).toHaveLength(before);
    world.push(pull, [kcov('ASK first')]);
    await world.tell(pull, 'synchronize');
    expect(engine.requests.at(-1)).toMatchObject({ assume: ['irqs off in kcov_f'] });
    await world.comment(pull, '/kcovet unassume irqs off in kcov_f');
    expect(engine.requests.at(-1)).not.toHaveProperty('assume');
  });

  test('test: the scenarios of the open questions with the patch on top', async () => {
    const patch = ['--- a/kernel/kcov.c', '+++ b/kernel/kcov.c', '@@ -34,3 +34,3 @@', '-/* ASK first */', '+/* ASK third */', ' /* ASK second */', ' int kcov_last;', ''].join('\n');
    await world.comment(pull, `/kcovet test\n\n\`\`\`diff\n${patch}\`\`\``);
    expect(engine.requests.at(-1)).toMatchObject({ scenarios: ['irq-in-trace'] });
    expect(engine.requests.at(-1)?.submission.patches).toHaveLength(2);
    expect(world.said(pull)[0]).toMatch(/^With that patch on the head: 0 gone, 2 still there, 1 new\./u);
    expect(world.questions(pull)).toHaveLength(2);
  });

  test('test says nothing of a question that was answered', async () => {
    await world.answer(pull, world.questions(pull)[0]!, '/kcovet invalid no');
    await world.comment(pull, '/kcovet test\n```\n--- a/kernel/kcov.c\n+++ b/kernel/kcov.c\n@@ -36,1 +36,2 @@\n int kcov_last;\n+/* more */\n```');
    expect(world.said(pull).at(-1)).toMatch(/^With that patch on the head: 0 gone, 1 still there\./u);
    expect(world.said(pull).at(-1)).not.toContain('about first');
  });

  test('test without a patch, and before the head is reviewed', async () => {
    await world.comment(pull, '/kcovet test');
    world.push(pull, [kcov('other')]);
    await world.comment(pull, '/kcovet test\n```\n--- a/kernel/kcov.c\n+++ b/kernel/kcov.c\n@@ -1,1 +1,1 @@\n-a\n+b\n```');
    expect(world.said(pull)).toEqual([expect.stringContaining('no patch below'), expect.stringContaining('not reviewed yet')]);
  });

  test('replay: a schedule that does not fit is no answer', async () => {
    const [first] = world.questions(pull);
    await world.answer(pull, first!, '/kcovet replay');
    expect(world.replies(first!)).toEqual([expect.stringContaining('says nothing about the question')]);
  });

  test('help, and a command that there is not', async () => {
    await world.comment(pull, '/kcovet help');
    const comment = await world.comment(pull, '/kcovet merge');
    expect(world.said(pull)[0]).toContain('/kcovet assume');
    expect(world.said(pull)[1]).toContain('There is no such command');
    expect(reactions(comment)).toEqual(['confused']);
  });

  test('the answer was written, and nobody was told: it is not written again', async () => {
    world.github.faults.add({ method: 'POST', path: /issues\/\d+\/comments$/u, done: true });
    await world.comment(pull, '/kcovet help');
    expect(world.said(pull)).toHaveLength(1);
  });

  test('a comment that is delivered twice, an edited one, one of a bot, one without a command', async () => {
    const comment: IssueComment = { id: world.github.nextId(), issue: pull.number, user: author, body: '/kcovet help' };
    world.repo.issueComments.push(comment);
    const event = { ...issueCommentEvent(world.repo, pull, comment), id: 'one' };
    await world.send(event);
    await world.send(event);
    await world.send(issueCommentEvent(world.repo, pull, comment, 'edited'));
    await world.comment(pull, '/kcovet help', { login: 'other[bot]', type: 'Bot' });
    await world.comment(pull, 'I asked kcovet for help.');
    expect(world.repo.issueComments.filter((one) => one.user.login === 'kcovet[bot]')).toHaveLength(1);
  });
});
