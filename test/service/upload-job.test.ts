/** @module Uploads: kept once, reviewed once, with what was wanted; what cannot be reviewed is said, and may be tried again. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { UnreadRequest } from '../../src/engine/engine.js';
import { outlineOf, readUnread, type Unread } from '../../src/engine/unread.js';
import { InProcessQueue } from '../../src/queue/in-process-queue.js';
import { workOn } from '../../src/service/job-table.js';
import { noLog } from '../../src/service/log.js';
import { UploadRefused, Uploads, type UploadOptions } from '../../src/service/upload-job.js';
import type { Review } from '../../src/review/review.js';
import type { Store } from '../../src/store/store.js';
import { emptyReview } from '../lists/watching.js';
import { noSqlite, openStore } from '../store/sqlite.js';

const patch = readFileSync(new URL('../../examples/irq-coverage.mbox', import.meta.url), 'utf8');

describe.skipIf(noSqlite)(`uploads${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let store: Store;
  let queue: InProcessQueue;
  let uploads: Uploads;
  let failing: Error | null;
  const requests: UnreadRequest[] = [];
  const outlined: Unread[] = [];
  const outline: typeof outlineOf = async (unread) => {
    outlined.push(unread);
    return await outlineOf(unread);
  };
  const emptyOf = async ({ unread }: UnreadRequest): Promise<Review> => emptyReview(await readUnread(unread));
  beforeEach(async () => {
    requests.length = 0;
    outlined.length = 0;
    failing = null;
    store = await openStore();
    queue = new InProcessQueue(store.jobs, { policy: { attemptsMax: 2, backoffMs: 1 } });
    const reviewUnread = (request: UnreadRequest) => {
      requests.push(request);
      return failing ? Promise.reject(failing) : emptyOf(request);
    };
    uploads = new Uploads({ store, queue, engine: { reviewUnread }, outline, now: Date.now });
    await workOn(queue, uploads.jobs, { concurrency: 1, log: noLog });
  });
  afterEach(async () => {
    await queue.stop();
    await store.close();
  });

  test('the same patch with the same options is the same submission, whatever it is called; another option is another one', async () => {
    const first = await uploads.add(patch, { assume: ['nmi=0', 'irqs off in kcov_start'], title: 'Mine' });
    const again = await uploads.add(patch, { assume: ['irqs off in kcov_start', 'nmi=0'] });
    await queue.drained();
    const other = await uploads.add(patch, { bounds: { softirq: 2 }, scenarios: ['softirq-in-owner'] });
    await queue.drained();
    expect([again, other.id === first.id, requests.length]).toEqual([first, false, 2]);
    expect(requests.map(({ bounds, assume, scenarios }) => ({ bounds, assume, scenarios }))).toEqual([{ bounds: { nmi: 0 }, assume: ['irqs off in kcov_start'], scenarios: undefined }, { bounds: { softirq: 2 }, assume: undefined, scenarios: ['softirq-in-owner'] }]);
    expect(await store.submissions.submission(other.id)).toMatchObject({ origin: 'upload', versions: 1, newest: { state: 'reviewed', verdict: 'nothingToAsk', label: 'v1' } });
    expect((await store.submissions.reviewedVersion(other.id, 1))?.patch).toBe(patch);
  });

  test('only who may act sees one, but where it is said to be for everybody', async () => {
    const [own, open] = [await uploads.add(patch, {}), await uploads.add(patch, { private: false })];
    await queue.drained();
    expect([(await store.submissions.submission(own.id))?.isPrivate, (await store.submissions.submission(open.id))?.isPrivate]).toEqual([true, false]);
  });

  test('what is no patch, and options that there are not, are refused in words', async () => {
    await expect(uploads.add('hello\n', {})).rejects.toThrow(UploadRefused);
    await expect(uploads.add(patch, { assume: ['the moon is full'] })).rejects.toThrow(/cannot be assumed/u);
    await expect(uploads.add(patch, { colour: 'red' } as UploadOptions)).rejects.toThrow(/colour/u);
    await expect(uploads.add(patch, { scenarios: ['softirq-in-owner', 'softirq-in-ownr'] })).rejects.toThrow('there is no scenario "softirq-in-ownr": kcovet scenarios lists them');
    expect(await store.jobs.counts()).toMatchObject({ waiting: 0, active: 0 });
  });

  test('one whose job ends at once is reviewed, and one that cannot be queued does not wait for ever', async () => {
    const slow = new Uploads({ store, engine: { reviewUnread: emptyOf }, outline, now: Date.now, queue: {
      add: async (job) => {
        const added = await queue.add(job);
        await queue.drained();
        return added;
      }, retry: () => Promise.resolve(false),
    } });
    const { id } = await slow.add(patch, {});
    expect((await store.submissions.submission(id))?.newest.state).toBe('reviewed');
    const none = new Uploads({ store, engine: { reviewUnread: () => Promise.reject(new Error('not asked')) }, outline, now: Date.now, queue: { add: () => Promise.reject(new Error('Redis is away')), retry: () => Promise.resolve(false) } });
    await expect(none.add(patch, { assume: ['nmi=0'] })).rejects.toThrow('Redis is away');
    expect((await store.submissions.submissions({ withPrivate: true, state: 'failed' }, { max: 5 })).entries.map(({ newest }) => newest.reason)).toEqual(['it could not be queued']);
  });

  test('is read once when it comes, for its outline, and where it is reviewed: never by the job itself', async () => {
    const { id } = await uploads.add(patch, { title: 'Mine' });
    await queue.drained();
    expect(outlined).toEqual([{ text: patch, title: 'Mine' }]);
    expect(requests.map(({ unread }) => unread)).toEqual(outlined);
    expect(await store.submissions.submission(id)).toMatchObject({ title: 'Mine', author: 'A. Developer', newest: { state: 'reviewed' } });
  });

  test('one that was kept by a release without outlines is reviewed all the same', async () => {
    await queue.add({ id: 'old', kind: 'upload', payload: { patch, options: {} }, group: 'old' });
    await queue.drained();
    expect([outlined.length, (await store.submissions.submissions({ withPrivate: true, state: 'reviewed' }, { max: 5 })).entries.map(({ author }) => author)]).toEqual([1, ['A. Developer']]);
  });

  test('one that cannot be read in time is refused, with the way out', async () => {
    const slow = new Uploads({ store, queue, engine: { reviewUnread: emptyOf }, outline: () => Promise.reject(new Error('it took too long to read')), now: Date.now });
    await expect(slow.add(patch, {})).rejects.toThrow(new UploadRefused('it could not be read (it took too long to read): give one series by itself'));
    expect(await store.jobs.counts()).toMatchObject({ waiting: 0, active: 0, done: 0 });
  });

  test('one that cannot be reviewed is failed, with the reason, and uploaded again it is tried again', async () => {
    failing = new Error('the process of the review took too much memory');
    const { id } = await uploads.add(patch, {});
    await queue.drained();
    await expect.poll(async () => (await store.submissions.submission(id))?.newest).toMatchObject({ state: 'failed', reason: 'the process of the review took too much memory' });
    failing = null;
    expect(await uploads.add(patch, {})).toEqual({ id, number: 1 });
    await queue.drained();
    expect((await store.submissions.submission(id))?.newest).toMatchObject({ state: 'reviewed', reason: '' });
  });
});
