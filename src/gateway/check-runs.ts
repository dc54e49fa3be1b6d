/** @module Check runs on GitHub: one for each head commit of a pull request, found again by its external id. */
import { asking } from './github-failure.js';
import type { GithubClient } from './github-client.js';
import type { PullRef } from './pull-conversation.js';

/** The name under which the check stands in a pull request. */
export const CHECK_NAME = 'kcovet';

/** Annotations that GitHub takes in one request. */
const ANNOTATIONS_MAX = 50;
const PAGE = 100;

/** A note on lines of a file, beside the diff. */
export interface CheckAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

/** What a check shows. */
export interface CheckText {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
}

export type Conclusion = 'success' | 'neutral' | 'failure' | 'cancelled' | 'skipped';

export class CheckRuns {
  private readonly at: { readonly owner: string; readonly repo: string };

  constructor(private readonly client: GithubClient, { owner, repo }: PullRef) {
    this.at = { owner, repo };
  }

  /** The check with an external id on a commit; null when there is none. */
  async find(headSha: string, externalId: string): Promise<number | null> {
    const runs = await asking('the checks', () => this.client.paginate(this.client.rest.checks.listForRef, { ...this.at, ref: headSha, check_name: CHECK_NAME, filter: 'all', per_page: PAGE }));
    return runs.find((run) => run.external_id === externalId)?.id ?? null;
  }

  /** Begins a check; its id. */
  async begin(headSha: string, externalId: string, output: CheckText): Promise<number> {
    const { data } = await asking('the check', () => this.client.rest.checks.create({ ...this.at, name: CHECK_NAME, head_sha: headSha, external_id: externalId, status: 'in_progress', output: { ...output } }));
    return data.id;
  }

  /** Says how far the work is. Takes a check that was at its end back into work. */
  async progress(id: number, output: CheckText): Promise<void> {
    await asking('the check', () => this.client.rest.checks.update({ ...this.at, check_run_id: id, status: 'in_progress', output: { ...output } }));
  }

  /**
   * Ends a check. Annotations are added by as many requests as they need before, going on from those that are there, so that
   * one that was interrupted goes on where it was.
   */
  async end(id: number, { conclusion, output, annotations = [] }: { conclusion: Conclusion; output: CheckText; annotations?: readonly CheckAnnotation[] }): Promise<void> {
    const there = annotations.length === 0 ? 0 : await this.annotationCount(id);
    for (let from = there; from < annotations.length; from += ANNOTATIONS_MAX) {
      const some = annotations.slice(from, from + ANNOTATIONS_MAX).map(annotationShape);
      await asking('the annotations', () => this.client.rest.checks.update({ ...this.at, check_run_id: id, output: { ...output, annotations: some } }));
    }
    await asking('the check', () => this.client.rest.checks.update({ ...this.at, check_run_id: id, status: 'completed', conclusion, output: { ...output } }));
  }

  private async annotationCount(id: number): Promise<number> {
    const { data } = await asking('the check', () => this.client.rest.checks.get({ ...this.at, check_run_id: id }));
    return data.output.annotations_count;
  }
}

function annotationShape({ path, startLine, endLine, level, title, message }: CheckAnnotation): { path: string; start_line: number; end_line: number; annotation_level: CheckAnnotation['level']; title: string; message: string } {
  return { path, start_line: startLine, end_line: endLine, annotation_level: level, title, message };
}
