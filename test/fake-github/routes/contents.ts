/** @module Routes that read a repository: contents, blobs, commits, comparisons. */
import { Refusal, paged, route } from '../route.js';
import type { Answer, Request, Route } from '../route.js';
import { commitShape, filesShape, pullShape, repositoryShape } from '../shapes.js';

function commitIn({ repo }: Request, ref: string): string {
  const commit = repo.commitOf(ref);
  if (commit === null) throw new Refusal(404, 'Not Found');
  return commit;
}

function contents(request: Request): Answer {
  const { repo, params, query } = request;
  const file = repo.git.file(commitIn(request, query.get('ref') ?? 'master'), params['rest'] ?? '');
  if (!file) throw new Refusal(404, 'Not Found');
  return { status: 200, body: { type: 'file', encoding: 'base64', sha: file.id, path: params['rest'], size: file.text.length, content: Buffer.from(file.text).toString('base64') } };
}

function blob({ repo, params }: Request): Answer {
  const text = repo.git.blob(params['sha'] ?? '');
  if (text === null) throw new Refusal(404, 'Not Found');
  return { status: 200, body: { sha: params['sha'], encoding: 'base64', size: text.length, content: Buffer.from(text).toString('base64') } };
}

function tree({ repo, params }: Request): Answer {
  const entries = repo.git.entries(params['sha'] ?? '');
  if (entries === null) throw new Refusal(404, 'Not Found');
  return { status: 200, body: { sha: params['sha'], tree: entries, truncated: false } };
}

function commit(request: Request): Answer {
  const { repo, accept, params } = request;
  const sha = commitIn(request, params['sha'] ?? '');
  const parent = repo.git.parents(sha)[0] ?? '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
  if (/diff/u.test(accept)) return { status: 200, text: repo.git.diff(parent, sha) };
  if (/patch/u.test(accept)) return { status: 200, text: repo.git.mails(parent, sha) };
  if (/sha/u.test(accept)) return { status: 200, text: sha };
  return paged(request, filesShape(repo, parent, sha), (files) => ({ ...commitShape(repo, sha), files }));
}

function compare(request: Request): Answer {
  const { repo, accept, params } = request;
  const [base = '', head = ''] = (params['range'] ?? '').split('...').map((ref) => commitIn(request, ref.replace(/^[^:]*:/u, '')));
  const from = repo.git.mergeBase(base, head);
  if (/diff/u.test(accept)) return { status: 200, text: repo.git.diff(from, head) };
  if (/patch/u.test(accept)) return { status: 200, text: repo.git.mails(from, head) };
  const commits = repo.git.between(from, head).map((sha) => commitShape(repo, sha));
  return {
    status: 200,
    body: { merge_base_commit: commitShape(repo, from), base_commit: commitShape(repo, base), ahead_by: commits.length, total_commits: commits.length, commits, files: filesShape(repo, from, head).slice(0, 300) },
  };
}

function history(request: Request): Answer {
  const { repo, query } = request;
  const found = repo.git.history(commitIn(request, query.get('sha') ?? 'master'), query.get('path'));
  return paged(request, found.map((sha) => commitShape(repo, sha)));
}

function pullsOf({ repo, params }: Request): Answer {
  const found = [...repo.pulls.values()].filter((pull) => repo.commitsOf(pull).includes(params['sha'] ?? ''));
  return { status: 200, body: found.map((pull) => pullShape(repo, pull)) };
}

export const contentRoutes: readonly Route[] = [
  route('GET', '/repos/:owner/:repo', 'metadata:read', ({ repo }) => ({ status: 200, body: repositoryShape(repo) })),
  route('GET', '/repos/:owner/:repo/contents/*', 'contents:read', contents),
  route('GET', '/repos/:owner/:repo/git/blobs/:sha', 'contents:read', blob),
  route('GET', '/repos/:owner/:repo/git/trees/:sha', 'contents:read', tree),
  route('GET', '/repos/:owner/:repo/commits', 'contents:read', history),
  route('GET', '/repos/:owner/:repo/commits/:sha', 'contents:read', commit),
  route('GET', '/repos/:owner/:repo/commits/:sha/pulls', 'pull_requests:read', pullsOf),
  route('GET', '/repos/:owner/:repo/compare/:range', 'contents:read', compare),
];
