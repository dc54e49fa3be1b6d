/** @module Routes of pull requests: reading them, reviews, comments on lines and answers to them. */
import { hunkRanges, hunkWith } from '../hunk-lines.js';
import { Refusal, paged, pullOf, route, text } from '../route.js';
import type { Answer, Request, Route } from '../route.js';
import { commitShape, filesShape, pullShape, reviewCommentShape, reviewShape } from '../shapes.js';
import type { Pull, ReviewComment } from '../state.js';

/** What GitHub gives of a pull request at most. */
const COMMITS_MAX = 250;
const FILES_MAX = 3_000;
const DIFF_FILES_MAX = 300;

function pull(request: Request): Answer {
  const { repo, accept } = request;
  const found = pullOf(request);
  const wantsText = /diff|patch/u.exec(accept)?.[0];
  if (wantsText === undefined) return { status: 200, body: pullShape(repo, found) };
  const from = repo.mergeBase(found);
  if (repo.git.changed(from, found.head.sha).length > DIFF_FILES_MAX) throw new Refusal(406, 'Sorry, the diff exceeded the maximum number of files (300)');
  return { status: 200, text: wantsText === 'diff' ? repo.git.diff(from, found.head.sha) : repo.git.mails(from, found.head.sha) };
}

function list(request: Request): Answer {
  const { repo, query } = request;
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const found = [...repo.pulls.values()].filter((one) => (state === 'all' || one.state === state) && (head === null || head.endsWith(`:${one.head.ref}`)));
  return paged(request, found.map((one) => pullShape(repo, one)));
}

function commits(request: Request): Answer {
  const { repo } = request;
  return paged(request, repo.commitsOf(pullOf(request)).slice(0, COMMITS_MAX).map((sha) => commitShape(repo, sha)));
}

function files(request: Request): Answer {
  const { repo } = request;
  const found = pullOf(request);
  return paged(request, filesShape(repo, repo.mergeBase(found), found.head.sha).slice(0, FILES_MAX));
}

interface NewComment {
  readonly path?: unknown;
  readonly body?: unknown;
  readonly line?: unknown;
  readonly side?: unknown;
  readonly start_line?: unknown;
  readonly start_side?: unknown;
}

/** A comment that is on a line of the diff, or a refusal as GitHub words it. */
function checked(request: Request, found: Pull, { commit, comment }: { commit: string; comment: NewComment }): Omit<ReviewComment, 'id' | 'review'> {
  const { repo, actor } = request;
  if (!repo.commitsOf(found).includes(commit)) throw new Refusal(422, 'Validation Failed', [{ message: 'commit_id is not part of the pull request' }]);
  const { path, line, side = 'RIGHT', start_line: startLine = null } = comment;
  const body = text(comment as Record<string, unknown>, 'body');
  const file = repo.git.changed(repo.mergeBase(found), commit).find((one) => one.filename === path);
  const ranges = hunkRanges(file?.patch ?? '');
  const refuse = (what: string): Refusal => new Refusal(422, 'Unprocessable Entity', [what]);
  if (!file) throw refuse('Path could not be resolved');
  if ((side !== 'LEFT' && side !== 'RIGHT') || typeof line !== 'number' || hunkWith(ranges, side, line) < 0) throw refuse('Line could not be resolved');
  if (startLine !== null) {
    if (typeof startLine !== 'number' || startLine >= line) throw refuse('start_line must precede the end line');
    if (hunkWith(ranges, side, startLine) !== hunkWith(ranges, side, line)) throw refuse('start_line must be part of the same hunk as the line');
  }
  return { pull: found.number, user: actor, body, path: file.filename, line, side, startLine: startLine === null ? null : Number(startLine), commit, inReplyTo: null };
}

function begin(request: Request, made: ReviewComment): void {
  request.repo.reviewComments.push(made);
  request.repo.threads.push({ id: `PRRT_${made.id}`, comment: made.id, resolved: false });
}

function createReview(request: Request): Answer {
  const { repo, body, actor, nextId } = request;
  const found = pullOf(request);
  const commit = typeof body['commit_id'] === 'string' ? body['commit_id'] : found.head.sha;
  const event = typeof body['event'] === 'string' ? body['event'] : 'PENDING';
  const comments = Array.isArray(body['comments']) ? body['comments'] as NewComment[] : [];
  const said = typeof body['body'] === 'string' ? body['body'] : '';
  if (said === '' && event === 'COMMENT' && comments.length === 0) throw new Refusal(422, 'Unprocessable Entity', ['body cannot be blank']);
  if (said.length > 65_536) throw new Refusal(422, 'Body is too long');
  const lines = comments.map((comment) => checked(request, found, { commit, comment }));
  const review = { id: nextId(), pull: found.number, user: actor, body: said, event, commit };
  repo.reviews.push(review);
  for (const one of lines) begin(request, { ...one, id: nextId(), review: review.id });
  return { status: 200, body: reviewShape(review) };
}

function createComment(request: Request): Answer {
  const { repo, body, actor, nextId } = request;
  const found = pullOf(request);
  const one = checked(request, found, { commit: text(body, 'commit_id'), comment: body });
  const review = { id: nextId(), pull: found.number, user: actor, body: '', event: 'COMMENT', commit: one.commit };
  repo.reviews.push(review);
  const made = { ...one, id: nextId(), review: review.id };
  begin(request, made);
  return { status: 201, body: reviewCommentShape(made) };
}

function reply(request: Request): Answer {
  const { repo, params, body, actor, nextId } = request;
  const found = pullOf(request);
  const above = repo.reviewComments.find((one) => one.id === Number(params['id']) && one.pull === found.number);
  if (!above) throw new Refusal(404, 'Not Found');
  if (above.inReplyTo !== null) throw new Refusal(422, 'Validation Failed', [{ message: 'in_reply_to must be a top-level comment' }]);
  const made = { ...above, id: nextId(), user: actor, body: text(body, 'body'), inReplyTo: above.id };
  repo.reviewComments.push(made);
  return { status: 201, body: reviewCommentShape(made) };
}

function edit(request: Request): Answer {
  const { repo, params, body, actor } = request;
  const found = repo.reviewComments.find((one) => one.id === Number(params['id']));
  if (!found) throw new Refusal(404, 'Not Found');
  if (found.user.login !== actor.login) throw new Refusal(403, 'Resource not accessible by integration');
  found.body = text(body, 'body');
  return { status: 200, body: reviewCommentShape(found) };
}

function one(request: Request): Answer {
  const found = request.repo.reviewComments.find(({ id }) => id === Number(request.params['id']));
  if (!found) throw new Refusal(404, 'Not Found');
  return { status: 200, body: reviewCommentShape(found) };
}

export const pullRoutes: readonly Route[] = [
  route('GET', '/repos/:owner/:repo/pulls', 'pull_requests:read', list),
  route('GET', '/repos/:owner/:repo/pulls/:number', 'pull_requests:read', pull),
  route('GET', '/repos/:owner/:repo/pulls/:number/commits', 'pull_requests:read', commits),
  route('GET', '/repos/:owner/:repo/pulls/:number/files', 'pull_requests:read', files),
  route('GET', '/repos/:owner/:repo/pulls/:number/reviews', 'pull_requests:read', (request) =>
    paged(request, request.repo.reviews.filter((review) => review.pull === pullOf(request).number).map(reviewShape))),
  route('GET', '/repos/:owner/:repo/pulls/:number/reviews/:id/comments', 'pull_requests:read', (request) =>
    paged(request, request.repo.reviewComments.filter((comment) => comment.review === Number(request.params['id'])).map(reviewCommentShape))),
  route('GET', '/repos/:owner/:repo/pulls/:number/comments', 'pull_requests:read', (request) =>
    paged(request, request.repo.reviewComments.filter((comment) => comment.pull === pullOf(request).number).map(reviewCommentShape))),
  route('GET', '/repos/:owner/:repo/pulls/comments/:id', 'pull_requests:read', one),
  route('POST', '/repos/:owner/:repo/pulls/:number/reviews', 'pull_requests:write', createReview),
  route('POST', '/repos/:owner/:repo/pulls/:number/comments', 'pull_requests:write', createComment),
  route('POST', '/repos/:owner/:repo/pulls/:number/comments/:id/replies', 'pull_requests:write', reply),
  route('PATCH', '/repos/:owner/:repo/pulls/comments/:id', 'pull_requests:write', edit),
];
