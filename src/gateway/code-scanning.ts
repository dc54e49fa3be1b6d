/**
 * @module SARIF to code scanning on GitHub. The same upload twice is one: an analysis of the same tool, category and commit takes
 * the place of the one before. Follows docs.github.com/rest/code-scanning, version 2022-11-28.
 */
import { gzipSync } from 'node:zlib';
import type { Asker } from './github-store.js';
import { asking } from './github-failure.js';
import type { PullName } from './pull-request.js';

/** Bytes of an upload that GitHub takes, after gzip. */
const UPLOAD_MAX = 10 * 1024 * 1024;

/** What is uploaded, and for which commit. */
export interface SarifUpload extends PullName {
  readonly headSha: string;
  readonly sarif: string;
}

/** Uploads SARIF for the head of a pull request; the id of the upload, null for one that is too large. Rejects with GithubFailure. */
export async function uploadSarif(client: Asker, { owner, repo, number, headSha, sarif }: SarifUpload): Promise<string | null> {
  const packed = gzipSync(sarif);
  if (packed.length > UPLOAD_MAX) return null;
  const { data } = await asking('code scanning', () => client.request('POST /repos/{owner}/{repo}/code-scanning/sarifs', {
    owner, repo, commit_sha: headSha, ref: `refs/pull/${number}/head`, sarif: packed.toString('base64'), tool_name: 'kcovet',
  }));
  return data.id ?? '';
}
