/** @module A command of a comment. Known gap: none is carried out yet. */
import type { Tools } from '../review-job.js';
import type { JobRun } from '../queue.js';
import type { CommandWork } from '../work.js';
export class CommandJob {
  constructor(readonly tools: Tools) {}
  async run(_work: CommandWork, _run: JobRun): Promise<void> {
    return;
  }
}
