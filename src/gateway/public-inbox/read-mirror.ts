/**
 * @module Reads a public-inbox v2 mirror on disk from where it was read last: the mails that could matter, and how far it
 * got. Whatever is wrong with a mail, an epoch or git is an event, and the reading goes on with what comes next.
 *
 * Rewritten history (public-inbox-purge) is walked anew from the last commit in common; whoever keeps the Message-IDs of
 * the mails that were handed out gets none twice. Nothing is fetched.
 */
import { openRepository } from '../git-run.js';
import type { Repository } from '../git-run.js';
import { GatewayFailure, LIMITS, reasonOf } from '../limits.js';
import { epochsOf } from './epochs.js';
import type { Epoch } from './epochs.js';
import { isCommit, seenIn, startFrom } from './mirror-cursor.js';
import type { MirrorCursor } from './mirror-cursor.js';
import { noCounts } from './mirror-event.js';
import type { MirrorCounts, MirrorEvent, MirrorReading } from './mirror-event.js';
import { EpochReading } from './read-epoch.js';

/** One epoch may be open for a day: each wait for git has a limit of its own. */
const OPEN_MS = 86_400_000;

/** Reads what is new since the cursor, the oldest first. Leaving the loop early ends its git processes. */
export async function* readMirror(dir: string, from: MirrorCursor, reading: MirrorReading): AsyncGenerator<MirrorEvent, void, void> {
  const epochs = await epochsOf(dir).catch((error: unknown) => reasonOf(error));
  if (typeof epochs === 'string') {
    yield { kind: 'stopped', epoch: null, reason: epochs };
    return;
  }
  const counts = noCounts();
  let cursor = from;
  for (const epoch of epochs) {
    for await (const event of newIn(epoch, cursor, { ...reading, counts })) {
      if ('cursor' in event) ({ cursor } = event);
      yield event;
    }
  }
}

async function* newIn(epoch: Epoch, cursor: MirrorCursor, reading: MirrorReading & { readonly counts: MirrorCounts }): AsyncGenerator<MirrorEvent, void, void> {
  let repository: Repository | null = null;
  try {
    repository = await openRepository(epoch.dir, { ...(reading.gitLimits ?? LIMITS), wayMs: OPEN_MS }, reading.program);
    const head = await headOf(repository);
    const seen = seenIn(cursor, epoch.number);
    if (head === null || head === seen) return;
    const start = startFrom(seen, seen === null ? null : await commonOf(repository, seen, head));
    if (start.rewritten) yield { kind: 'rewritten', epoch: epoch.number, lost: seen ?? '' };
    const task = { ...reading, repository, epoch: epoch.number, cursor };
    const { sinceS } = cursor;
    yield* new EpochReading(task).events({ after: start.after, head, ...(sinceS === null ? {} : { wants: (timeS: number) => timeS >= sinceS }) });
  } catch (error) {
    if (!(error instanceof GatewayFailure)) throw error;
    yield { kind: 'stopped', epoch: epoch.number, reason: error.message };
  } finally {
    await repository?.close();
  }
}

/** The newest commit; null in an epoch that has none yet. */
async function headOf(repository: Repository): Promise<string | null> {
  const refs = (await repository.listRefs(['for-each-ref', '--count=2', '--format=%(objectname)', 'refs/heads'])).toString('utf8');
  if (refs.trim() === '') return null;
  const head = (await repository.listRefs(['rev-parse', '--verify', 'HEAD'])).toString('utf8').trim();
  if (!isCommit(head)) throw new GatewayFailure('its HEAD is no commit');
  return head;
}

/** The newest commit that both histories have; null when there is none, or the one seen is not there any more. */
async function commonOf(repository: Repository, seen: string, head: string): Promise<string | null> {
  const common = await repository.run({ args: ['merge-base', seen, head] }).catch((error: unknown) => {
    if (error instanceof GatewayFailure && !error.final) return null;
    throw error;
  });
  const commit = common?.toString('utf8').trim() ?? '';
  return isCommit(commit) ? commit : null;
}
