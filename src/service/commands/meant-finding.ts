/** @module Which question a command means: the one that its thread is about, or the one whose id it names. */
import type { Finding, Review } from '../../review/review.js';
import { knownFindings } from '../speak.js';
import type { AskedFinding } from '../../store/store.js';
import { Voice } from '../voice.js';
import type { Asked } from './command-job.js';

/** Characters of a fingerprint by which it may be named. */
const PREFIX_MIN = 6;

/** The review kept last; null when there is none. */
export async function knownReview({ tools, key }: Asked): Promise<Review | null> {
  const kept = await tools.store.latestReview(key);
  return kept && JSON.parse(kept.json) as Review;
}

/** What is known of the question that is meant; null when none is. `id` goes before the thread. */
export async function meantFinding(id: string | null, asked: Asked): Promise<AskedFinding | null> {
  const { tools, key, talk, head, work } = asked;
  const voice = await Voice.read(talk, await tools.login());
  const all = knownFindings(await tools.store.findings(key), voice, head.headSha);
  if (id !== null) {
    const named = namedFinding(await knownReview(asked), id)?.fingerprint ?? null;
    return all.find((one) => one.fingerprint === named || (id.length >= PREFIX_MIN && one.fingerprint.startsWith(id))) ?? null;
  }
  const fingerprint = work.inReplyTo === null ? null : voice.askedIn(work.inReplyTo);
  return all.find((one) => one.fingerprint === fingerprint) ?? null;
}

/** The finding of a review that an id names. */
export function namedFinding(review: Review | null, id: string): Finding | null {
  const asked = (review?.findings ?? []).filter((one) => one.asked);
  const schedules = ({ evidence }: Finding): string[] => evidence.flatMap(({ schedule }) => schedule ?? []);
  return asked.find((one) => one.id === id)
    ?? asked.find((one) => schedules(one).some((schedule) => schedule === id || schedule.endsWith(`:${id}`) || schedule.includes(`:${id}:`)))
    ?? asked.find((one) => id.length >= PREFIX_MIN && one.fingerprint.startsWith(id)) ?? null;
}
