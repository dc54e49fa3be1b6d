/** @module State as the API shows it: the fields that kcovet and its libraries read, by GitHub's names. */
import type { Account, CheckRun, IssueComment, Pull, Reaction, Repository, Review, ReviewComment } from './state.js';

export function accountShape({ login, type }: Account): { login: string; type: string; id: number } {
  return { login, type, id: [...login].reduce((sum, c) => sum * 31 % 1_000_003 + c.charCodeAt(0), 7) };
}

export function repositoryShape(repo: Repository): Record<string, unknown> {
  return {
    id: repo.id, name: repo.name, full_name: repo.fullName, private: false, default_branch: 'master', owner: accountShape({ login: repo.owner, type: 'User' }),
    html_url: `https://github.example/${repo.fullName}`,
  };
}

export function pullShape(repo: Repository, pull: Pull): Record<string, unknown> {
  const { number, title, body, state, draft, user, base, head } = pull;
  return {
    id: repo.id * 10_000 + number, number, title, body, state, draft, user: accountShape(user), html_url: `https://github.example/${repo.fullName}/pull/${number}`,
    base: { ref: base.ref, sha: repo.branches.get(base.ref) ?? '', repo: repositoryShape(repo), label: `${repo.owner}:${base.ref}` },
    head: { ref: head.ref, sha: head.sha, repo: { ...repositoryShape(repo), full_name: head.repo }, label: head.ref },
    merged: false, commits: repo.commitsOf(pull).length, changed_files: repo.git.changed(repo.mergeBase(pull), head.sha).length,
  };
}

export function commitShape(repo: Repository, sha: string): Record<string, unknown> {
  const parents = repo.git.parents(sha);
  const person = { name: 'A Uthor', email: 'author@example.org', date: '2023-11-14T22:13:20Z' };
  return {
    sha, parents: parents.map((one) => ({ sha: one })), author: null, html_url: `https://github.example/${repo.fullName}/commit/${sha}`,
    commit: { message: repo.git.message(sha), author: person, committer: person, tree: { sha: repo.git.tree(sha) } },
  };
}

/** GitHub leaves the text of large diffs out. */
const PATCH_MAX = 20_000;

export function filesShape(repo: Repository, from: string, to: string): Record<string, unknown>[] {
  return repo.git.changed(from, to).map(({ filename, previous, status, patch, additions, deletions, sha }) => ({
    filename, status, additions, deletions, changes: additions + deletions, sha, ...(previous === null ? {} : { previous_filename: previous }),
    ...(patch === '' || patch.length > PATCH_MAX ? {} : { patch }),
  }));
}

export function reviewCommentShape(one: ReviewComment): Record<string, unknown> {
  const { id, review, user, body, path, line, side, startLine, commit, inReplyTo, pull } = one;
  return {
    id, node_id: `PRRC_${id}`, pull_request_review_id: review, user: accountShape(user), body, path, line, original_line: line, side, start_line: startLine,
    start_side: startLine === null ? null : side, commit_id: commit, original_commit_id: commit, html_url: `https://github.example/pull/${pull}#discussion_r${id}`,
    ...(inReplyTo === null ? {} : { in_reply_to_id: inReplyTo }),
  };
}

export function reviewShape({ id, user, body, event, commit, pull }: Review): Record<string, unknown> {
  return {
    id, user: accountShape(user), body, state: event === 'COMMENT' ? 'COMMENTED' : event, commit_id: commit,
    html_url: `https://github.example/pull/${pull}#pullrequestreview-${id}`,
  };
}

export function issueCommentShape({ id, user, body, issue }: IssueComment): Record<string, unknown> {
  return { id, user: accountShape(user), body, html_url: `https://github.example/pull/${issue}#issuecomment-${id}` };
}

export function reactionShape({ id, user, content }: Reaction): Record<string, unknown> {
  return { id, user: accountShape(user), content };
}

export function checkShape(repo: Repository, check: CheckRun, app: { id: number; slug: string }): Record<string, unknown> {
  const { id, name, head, externalId, status, conclusion, output, annotations, detailsUrl } = check;
  const pulls = [...repo.pulls.values()].filter((pull) => pull.head.sha === head && pull.head.repo === repo.fullName);
  return {
    id, name, head_sha: head, external_id: externalId, status, conclusion, details_url: detailsUrl, app, check_suite: { id: 1 },
    output: { title: output?.title ?? null, summary: output?.summary ?? null, text: output?.text ?? null, annotations_count: annotations.length },
    pull_requests: pulls.map(({ number, head: { sha } }) => ({ number, head: { sha } })),
  };
}
