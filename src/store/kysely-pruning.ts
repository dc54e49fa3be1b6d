/**
 * @module What the tables do not need any more. It goes in small steps, between which others have their turn; a process may die
 * between any two.
 */
import type { ExpressionBuilder, Kysely } from 'kysely';
import { OPEN_STATES } from '../lists/draft.js';
import type { Pruned, Retention } from './retention.js';
import { THREADS } from './kysely-lists.js';
import type { Tables } from './tables.js';
import type { Transact } from './transact.js';

/** Rows of one step. */
const STEP = 200;

/** What of a draft is pruned. One that is unsure waits for somebody, however long. */
const ENDED = ['sent', 'refused', 'dropped'] as const;
const NOTHING = { raw: '', author: '', to: '[]', lists: '[]', findings: '[]', bounces: '[]', facts: JSON.stringify({ author: '', recipients: [], lists: [], paths: [], thread: [] }) };

/** A time in milliseconds that databases take for long ago. */
function before(nowMs: number, keptMs: number): number {
  return Number.isFinite(keptMs) ? nowMs - keptMs : Number.MIN_SAFE_INTEGER;
}

/** Repeats a step until it finds nothing any more; what all of them did. */
async function repeated(step: () => Promise<number>): Promise<number> {
  for (let all = 0; ;) {
    const done = await step();
    if (done === 0) return all;
    all += done;
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

export class KyselyPruning {
  constructor(private readonly db: Kysely<Tables>, private readonly transact: Transact) {}

  /** Drops what is older than it has to be kept. */
  async prune(kept: Retention, nowMs: number): Promise<Pruned> {
    await repeated(() => this.said(before(nowMs, kept.mailsMs)));
    return {
      deliveries: await repeated(() => this.deliveries(before(nowMs, kept.deliveriesMs))),
      jobs: await repeated(() => this.jobs(before(nowMs, kept.jobsMs))),
      reviews: await repeated(() => this.told(before(nowMs, kept.reviewsMs))) + await repeated(() => this.versions(before(nowMs, kept.reviewsMs))),
      threads: await repeated(() => this.threads(before(nowMs, kept.mailsMs))) ,
      drafts: await repeated(() => this.drafts(before(nowMs, kept.draftsMs))),
      audit: await repeated(() => this.audit(before(nowMs, kept.auditMs))),
    };
  }

  private async deliveries(beforeMs: number): Promise<number> {
    const old = this.db.selectFrom('deliveries').select('id').where('at_ms', '<', beforeMs).limit(STEP);
    return (await this.db.deleteFrom('deliveries').where('id', 'in', old).returning('id').execute()).length;
  }

  private async jobs(beforeMs: number): Promise<number> {
    const old = this.db.selectFrom('jobs').select('seq').where('at_ms', '<', beforeMs).where('state', 'in', ['done', 'failed', 'superseded']).limit(STEP);
    // One that waits again since then stays.
    return (await this.db.deleteFrom('jobs').where('seq', 'in', old).where('state', 'in', ['done', 'failed', 'superseded']).returning('seq').execute()).length;
  }

  private async audit(beforeMs: number): Promise<number> {
    const old = this.db.selectFrom('audit').select('seq').where('at_ms', '<', beforeMs).limit(STEP);
    return (await this.db.deleteFrom('audit').where('seq', 'in', old).returning('seq').execute()).length;
  }

  /** What pull requests were told, but for the last time. */
  private async told(beforeMs: number): Promise<number> {
    const old = this.db.selectFrom('reviews as one').select('one.seq').where('one.at_ms', '<', beforeMs)
      .where(({ exists, selectFrom }) => exists(selectFrom('reviews as later').select('later.seq').whereRef('later.pull', '=', 'one.pull').whereRef('later.seq', '>', 'one.seq'))).limit(STEP);
    return (await this.db.deleteFrom('reviews').where('seq', 'in', old).returning('seq').execute()).length;
  }

  private async versions(beforeMs: number): Promise<number> {
    const old = await this.db.selectFrom('versions').innerJoin('submissions', 'submissions.key', 'versions.submission').select(['versions.submission', 'versions.id'])
      .where('reviewed_ms', '<', beforeMs).where('json', 'is not', null).whereRef('number', '<', 'newest')
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('versions as open').select('open.id').whereRef('open.submission', '=', 'versions.submission').where('open.state', 'in', ['waiting', 'running'])))).limit(STEP).execute();
    for (const { submission, id } of old) {
      await this.db.updateTable('versions').set({ json: null, patch: null }).where('submission', '=', submission).where('id', '=', id).where('reviewed_ms', '<', beforeMs).execute();
    }
    return old.length;
  }

  /** Threads in which nothing is open and nothing young, and that no series elsewhere has an older version in. */
  private async threads(beforeMs: number): Promise<number> {
    return this.transact(THREADS, async (db) => {
      const old = await db.selectFrom('list_mails').select('thread').groupBy('thread')
        .having((e) => e.fn.max('at_ms'), '<', beforeMs).having((e) => e.fn.min('settled'), '=', 1)
        .having(({ not, exists, selectFrom }) => not(exists(selectFrom('list_series as kept').select('kept.key').whereRef('kept.thread', '=', 'list_mails.thread').where((e) => isNeeded(e, beforeMs))))).limit(STEP).execute();
      const threads = old.map(({ thread }) => thread);
      if (threads.length === 0) return 0;
      await db.deleteFrom('list_said').where('series', 'in', (e) => e.selectFrom('list_series').select('key').where('thread', 'in', threads)).execute();
      for (const table of ['list_series', 'list_links', 'list_mails'] as const) await db.deleteFrom(table).where('thread', 'in', threads).execute();
      return threads.length;
    });
  }

  /** What was said of no series that is kept: searches that somebody asked for. */
  private async said(beforeMs: number): Promise<number> {
    const old = this.db.selectFrom('list_said').select('seq').where('at_ms', '<', beforeMs)
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('list_series').select('key').whereRef('key', '=', 'list_said.series')))).limit(STEP);
    return (await this.db.deleteFrom('list_said').where('seq', 'in', old).returning('seq').execute()).length;
  }

  private async drafts(beforeMs: number): Promise<number> {
    const old = this.db.selectFrom('drafts').select('seq').where('at_ms', '<', beforeMs).where('claimed_ms', '<', beforeMs)
      .where('state', 'in', [...ENDED]).where('raw', '!=', '').limit(STEP);
    return (await this.db.updateTable('drafts').set(NOTHING).where('seq', 'in', old).where('state', 'in', [...ENDED]).returning('seq').execute()).length;
  }
}

/** What of a series keeps its thread: it is open, or young, or a draft about it may still go, or a later version is held against it. */
function isNeeded(e: ExpressionBuilder<Tables & { kept: Tables['list_series'] }, 'kept'>, beforeMs: number): ReturnType<typeof e.or> {
  return e.or([
    e('kept.state', 'in', ['open', 'ready']), e('kept.at_ms', '>=', beforeMs), e('kept.reviewed_ms', '>=', beforeMs),
    e.exists(e.selectFrom('drafts').select('drafts.seq').whereRef('drafts.series', '=', 'kept.key').where('drafts.state', 'in', [...OPEN_STATES, 'claimed'])),
    e.exists(e.selectFrom('list_series as later').select('later.key').whereRef('later.older', '=', 'kept.key').whereRef('later.thread', '!=', 'kept.thread')),
  ]);
}
