/** @module What commands run on: the pull request at its head, on its base, with what was assumed of it. */
import type { ReviewRequest } from '../../engine/engine.js';
import { assumedBy } from '../assumptions.js';
import { baseOptionsOf } from '../repository-config.js';
import { onBase, readPull } from '../pull-source.js';
import { readSettings } from '../settings.js';
import type { Asked } from './command-job.js';

/** The same as the review of the head is made of. */
export async function subjectOf({ tools, key, talk, head }: Asked): Promise<Omit<ReviewRequest, 'scenarios'>> {
  const read = await readSettings(talk, head);
  const options = read.ok ? baseOptionsOf(read.config) : {};
  const on = await onBase(talk.client, await readPull(talk.client, head, options), options);
  return { ...on, ...assumedBy((await tools.store.assumptions(key)).map((one) => one.text)) };
}
