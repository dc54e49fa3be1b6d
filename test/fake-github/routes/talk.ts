/** @module Routes of the conversation: comments below a pull request, reactions, who may do what, and threads by GraphQL. */
import { Refusal, paged, pullOf, route, text } from '../route.js';
import type { Answer, Need, Request, Route } from '../route.js';
import { accountShape, issueCommentShape, reactionShape } from '../shapes.js';

const PULL_WRITE: readonly Need[] = ['pull_requests:write', 'issues:write'];
const PULL_READ: readonly Need[] = ['pull_requests:read', 'issues:read'];

function comment(request: Request): Answer {
  const { repo, actor, body, nextId } = request;
  const made = { id: nextId(), issue: pullOf(request).number, user: actor, body: text(body, 'body') };
  repo.issueComments.push(made);
  return { status: 201, body: issueCommentShape(made) };
}

function edit(request: Request): Answer {
  const { repo, actor, body, params } = request;
  const found = repo.issueComments.find((one) => one.id === Number(params['id']));
  if (!found) throw new Refusal(404, 'Not Found');
  if (found.user.login !== actor.login) throw new Refusal(403, 'Resource not accessible by integration');
  found.body = text(body, 'body');
  return { status: 200, body: issueCommentShape(found) };
}

const CONTENTS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'];

/** Adds a reaction; the same by the same account is there once. */
function react(kind: 'issues' | 'pulls') {
  return ({ repo, actor, body, params, nextId }: Request): Answer => {
    const on = `${kind}/comments/${params['id']}`;
    const content = text(body, 'content');
    const comments = kind === 'issues' ? repo.issueComments : repo.reviewComments;
    if (!comments.some((one) => one.id === Number(params['id']))) throw new Refusal(404, 'Not Found');
    if (!CONTENTS.includes(content)) throw new Refusal(422, 'Validation Failed');
    const known = repo.reactions.find((one) => one.on === on && one.user.login === actor.login && one.content === content);
    const made = known ?? { id: nextId(), on, user: actor, content };
    if (!known) repo.reactions.push(made);
    return { status: known ? 200 : 201, body: reactionShape(made) };
  };
}

function permission({ repo, params }: Request): Answer {
  const login = params['user'] ?? '';
  return { status: 200, body: { permission: repo.permissions.get(login) ?? 'none', user: accountShape({ login, type: 'User' }) } };
}

/** reviewThreads of a pull request; other queries are not known here. */
function graphql({ repo, body }: Request): Answer {
  const { query = '', variables = {} } = body as { query?: string; variables?: Record<string, unknown> };
  if (!query.includes('reviewThreads')) return { status: 200, body: { errors: [{ message: 'unknown query' }] } };
  const pull = repo.pulls.get(Number(variables['number']));
  if (!pull) return { status: 200, body: { data: { repository: { pullRequest: null } } } };
  const size = 100;
  const from = Number(variables['after'] ?? 0);
  const all = repo.threads.filter((thread) => repo.reviewComments.some((one) => one.id === thread.comment && one.pull === pull.number));
  const nodes = all.slice(from, from + size).map(({ id, comment: first, resolved }) => ({
    id, isResolved: resolved, isOutdated: repo.reviewComments.find((one) => one.id === first)?.commit !== pull.head.sha, comments: { nodes: [{ databaseId: first }] },
  }));
  const pageInfo = { hasNextPage: all.length > from + size, endCursor: String(from + size) };
  return { status: 200, body: { data: { repository: { pullRequest: { reviewThreads: { nodes, pageInfo } } } } } };
}

export const talkRoutes: readonly Route[] = [
  route('GET', '/repos/:owner/:repo/issues/:number/comments', PULL_READ, (request) =>
    paged(request, request.repo.issueComments.filter((one) => one.issue === pullOf(request).number).map(issueCommentShape))),
  route('POST', '/repos/:owner/:repo/issues/:number/comments', PULL_WRITE, comment),
  route('PATCH', '/repos/:owner/:repo/issues/comments/:id', PULL_WRITE, edit),
  route('POST', '/repos/:owner/:repo/issues/comments/:id/reactions', PULL_WRITE, react('issues')),
  route('POST', '/repos/:owner/:repo/pulls/comments/:id/reactions', 'pull_requests:write', react('pulls')),
  route('GET', '/repos/:owner/:repo/collaborators/:user/permission', 'metadata:read', permission),
  route('POST', '/graphql', 'pull_requests:read', graphql),
];
