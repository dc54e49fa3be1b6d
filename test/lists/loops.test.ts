/** @module A watch that hears itself: our own replies, vacation replies and other programs in the mirror cause nothing more. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Post } from '../../src/lists/post.js';
import type { Store } from '../../src/store/store.js';
import { writeEpoch } from '../gateway/public-inbox/mirror.js';
import { Sandbox } from '../gateway/repository.js';
import { review } from '../render/fixtures/invented-review.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { officeOf, onlyDraft, takingSender } from './post.js';
import { patchBody, rawMail } from './threads.js';
import { emptyReview, mirrorAt, Watching } from './watching.js';

const POLICY = 'delay: 30.minutes\nlists:\n  - {list: list@example.org, send: list}\n';

describe.skipIf(noSqlite)(`loops${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let sandbox: Sandbox;
  let store: Store;
  let watching: Watching;
  let post: Post;
  let sender: ReturnType<typeof takingSender>;
  const mails: { mail: string; timeS: number }[] = [];
  beforeEach(async () => {
    sandbox = new Sandbox();
    store = await openStore();
    sender = takingSender();
    mails.length = 0;
    post = new Post(officeOf(store.drafts, { sender, policy: { text: POLICY } }), { now: () => watching.nowMs, trusted: [], ears: store, submissions: store.submissions });
    watching = new Watching(store, [mirrorAt(sandbox.path('list'))], { drafting: post });
    watching.review = ({ submission }) => Promise.resolve({ ...emptyReview(submission), verdict: 'questions', findings: review.findings });
    await watching.watch.start();
  });
  afterEach(async () => {
    await watching.queue.stop();
    await store.close();
    sandbox.remove();
  });

  /** Mails come to the mirror; a round, then what is due is sent. */
  const arrive = async (...some: string[]): Promise<void> => {
    mails.push(...some.map((mail) => ({ mail, timeS: watching.nowMs / 1000 })));
    writeEpoch(sandbox.path('list'), 0, mails);
    await watching.round();
    await post.send();
  };
  const hour = (): void => { watching.nowMs += 3_600_000; };
  const patch = rawMail({ id: 'a@x', subject: '[PATCH] kcov: count', body: patchBody('count') });

  test('our own reply, fed back, vacation replies to it and a bot are read and not answered', async () => {
    await arrive(patch);
    hour();
    await arrive();
    const [own] = sender.taken;
    expect(sender.taken).toHaveLength(1);
    const id = /^Message-ID: <(.+)>$/mu.exec(own?.raw ?? '')?.[1] ?? '';
    const body = patchBody('count').split('\n').map((line) => `> ${line}`).join('\n');
    await arrive(
      own?.raw ?? '',
      `From: B <b@example.org>\nTo: kcovet@example.org\nMessage-ID: <vacation@x>\nIn-Reply-To: <${id}>\nReferences: <a@x> <${id}>\nSubject: Re: [PATCH] kcov: count\nAuto-Submitted: auto-replied\n\nI am away.\n\n${body}\n`,
      `From: test robot <robot@example.org>\nMessage-ID: <robot@x>\nIn-Reply-To: <a@x>\nSubject: Re: [PATCH] kcov: count\n\nBuild failed.\n\n${patchBody('count')}\n`,
      `From: MAILER-DAEMON@mx.example.org\nMessage-ID: <bounce@x>\nIn-Reply-To: <${id}>\nSubject: Undelivered\nContent-Type: multipart/report; boundary=x\n\n--x\n\n<${id}>\n--x--\n`,
    );
    for (let i = 0; i < 30; i += 1) {
      hour();
      await arrive();
    }
    expect(sender.taken).toHaveLength(1);
    expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'sent', bounces: ['somebody: came back'] });
  });

  test.each([
    ['a person answers', 'dropped', 'From: Mai <mai@example.org>\nMessage-ID: <m@x>\nIn-Reply-To: <a@x>\nSubject: Re: [PATCH] kcov: count\n\nOn Monday, A wrote:\n> x\n\nWhat if an NMI comes here?\n'],
    ['the author adds something', 'sent', 'From: A Uthor <author@example.org>\nMessage-ID: <m@x>\nIn-Reply-To: <a@x>\nSubject: Re: [PATCH] kcov: count\n\nSorry, I forgot to say that it is tested.\n'],
    ['somebody gives a tag alone', 'sent', 'From: Mai <mai@example.org>\nMessage-ID: <m@x>\nIn-Reply-To: <a@x>\nSubject: Re: [PATCH] kcov: count\n\nOn Monday, A wrote:\n> x\n\nAcked-by: Mai <mai@example.org>\n'],
    ['the author takes it back', 'dropped', 'From: A Uthor <author@example.org>\nMessage-ID: <m@x>\nIn-Reply-To: <a@x>\nSubject: Re: [PATCH] kcov: count\n\nPlease ignore this patch.\n'],
    ['a newer version comes', 'dropped', rawMail({ id: 'b@x', subject: '[PATCH v2] kcov: count', body: patchBody('counted') })],
  ])('within the delay %s: the draft is %s', async (_, state, mail) => {
    await arrive(patch);
    await arrive(mail);
    hour();
    await arrive();
    const [draft] = (await store.drafts.ofSeries('a@x')).filter((one) => one.kind === 'review');
    expect(draft?.state).toBe(state);
  });
});
