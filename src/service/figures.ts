/** @module Which figures the service has, by their names: jobs, stages, reviews, what went out, what was refused. */
import type { Queue } from '../queue/queue.js';
import type { Review } from '../review/review.js';
import type { AuditEntry, AuditStore } from '../store/audit-store.js';
import type { Store } from '../store/store.js';
import type { Origin } from '../store/submission-store.js';
import type { Working } from './job-table.js';
import type { Metrics } from './metrics.js';
import type { Door } from './webhook-server.js';

/** Stages of a review, from what is read to what is said. */
export type Stage = 'read' | 'base' | 'search' | 'say';

/** A review that was made, and how long that took. */
export interface Made {
  readonly review: Review;
  readonly origin: Origin;
  readonly seconds: number;
}

/** Counts a review: its verdict, its states, its time. */
export function countReview(metrics: Metrics, { review, origin, seconds }: Made): void {
  metrics.observe('kcovet_stage_seconds', STAGE_HELP, { labels: { stage: 'search' satisfies Stage }, seconds });
  metrics.count('kcovet_reviews_total', 'Reviews made, by origin and verdict.', { labels: { origin, verdict: review.stopped ? 'stopped' : review.verdict } });
  metrics.count('kcovet_questions_total', 'Questions asked by reviews.', { by: review.findings.filter(({ asked }) => asked).length });
  metrics.count('kcovet_states_total', 'States searched; by kcovet_search_seconds_total it is the speed.', { by: review.scenarios.reduce((sum, one) => sum + one.states, 0) });
  metrics.count('kcovet_search_seconds_total', 'Seconds that reviews took to search.', { by: seconds });
}

const STAGE_HELP = 'Time of a stage of a review: read, base, search, say.';

/** The time of a stage. */
export async function timedStage<T>(metrics: Metrics, stage: Exclude<Stage, 'search'>, work: () => Promise<T>): Promise<T> {
  return await metrics.timed('kcovet_stage_seconds', { help: STAGE_HELP, labels: { stage } }, work);
}

/** Counts runs of jobs. */
export function countRuns(metrics: Metrics): NonNullable<Working['onRun']> {
  return ({ kind, state, seconds }) => metrics.observe('kcovet_job_seconds', 'Time of a run of a job, by kind and how it ended.', { labels: { kind, state }, seconds });
}

/** Counts answers that did not do what was asked: too large, no right to it, too many. Nothing of a request is in a label. */
export function countRefused(metrics: Metrics): NonNullable<Door['onAnswer']> {
  return (asked, status) => {
    if (status >= 400) metrics.count('kcovet_refused_total', 'Requests that were refused or failed, by what was asked for and the status of the answer.', { labels: { asked, status: String(status) } });
  };
}

/** What is read when somebody asks. */
export function addGauges(metrics: Metrics, { queue, store, version }: { queue: Pick<Queue, 'counts'>; store: Pick<Store, 'submissions'>; version: string }): void {
  const startS = Math.floor(Date.now() / 1000);
  metrics.gauge('kcovet_build_info', 'The version.', () => Promise.resolve([{ labels: { version }, value: 1 }]));
  metrics.gauge('process_start_time_seconds', 'When the process began, in seconds since 1970.', () => Promise.resolve([{ labels: {}, value: startS }]));
  metrics.gauge('process_resident_memory_bytes', 'Memory of this process, without those of checks.', () => Promise.resolve([{ labels: {}, value: process.memoryUsage.rss() }]));
  metrics.gauge('kcovet_jobs', 'Jobs of the queue by state; failed ones are dead letters.', async () => labelled('state', await queue.counts()));
  metrics.gauge('kcovet_versions', 'Versions of submissions by state.', async () => labelled('state', await store.submissions.versionCounts()));
}

function labelled(name: string, counts: Readonly<Record<string, number>>): { labels: Record<string, string>; value: number }[] {
  return Object.entries(counts).map(([label, value]) => ({ labels: { [name]: label }, value }));
}

/** The same store, whose audit counts what it is told. */
export function countedStore(store: Store, metrics: Metrics): Store {
  const { audit } = store;
  const count = ({ act }: AuditEntry): void => metrics.count('kcovet_acts_total', 'Acts towards the outside and decisions about them, as the audit has them.', { labels: { act } });
  const counted: AuditStore = {
    entries: (which) => audit.entries(which),
    note: async (entry) => {
      count(entry);
      await audit.note(entry);
    },
  };
  const posted: Store['posted'] = async (key, remoteId, entry) => {
    await store.posted(key, remoteId, entry);
    if (entry) count(entry);
  };
  return Object.create(store, { audit: { value: counted, enumerable: true }, posted: { value: posted } }) as Store;
}
