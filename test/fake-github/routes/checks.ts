/** @module Routes of check runs, with the limits of the real ones, and of code scanning. */
import { Refusal, paged, route, text } from '../route.js';
import type { Answer, Request, Route } from '../route.js';
import { checkShape } from '../shapes.js';
import type { Annotation, CheckOutput, CheckRun } from '../state.js';

const APP = { id: 7, slug: 'kcovet' };
const ANNOTATIONS_MAX = 50;
const TEXT_MAX = 65_535;
const CONCLUSIONS = ['success', 'neutral', 'failure', 'cancelled', 'skipped', 'timed_out', 'action_required'];

/** Puts what a request says into a check. Annotations are added to those that are there, as GitHub does. */
function put(check: CheckRun, body: Request['body']): void {
  const { status, conclusion, output, external_id: externalId } = body;
  if (typeof conclusion === 'string' && !CONCLUSIONS.includes(conclusion)) throw new Refusal(422, 'Invalid conclusion');
  if (status === 'completed' && typeof conclusion !== 'string') throw new Refusal(422, 'A conclusion is needed for a completed check');
  if (output !== undefined) putOutput(check, output as Record<string, unknown>);
  if (typeof status === 'string') check.status = status as CheckRun['status'];
  if (status === 'queued' || status === 'in_progress') check.conclusion = null;
  if (typeof conclusion === 'string') Object.assign(check, { conclusion, status: 'completed' });
  if (typeof externalId === 'string') check.externalId = externalId;
}

function putOutput(check: CheckRun, output: Record<string, unknown>): void {
  const annotations = (output['annotations'] ?? []) as Annotation[];
  if (annotations.length > ANNOTATIONS_MAX) throw new Refusal(422, 'Only 50 annotations can be added per request');
  for (const one of annotations) {
    if (one.end_line < one.start_line || !['notice', 'warning', 'failure'].includes(one.annotation_level) || text({ ...one }, 'message').length > TEXT_MAX) throw new Refusal(422, 'Invalid annotation');
  }
  const made: CheckOutput = { title: text(output, 'title', 255), summary: text(output, 'summary', TEXT_MAX), ...(output['text'] === undefined ? {} : { text: text(output, 'text', TEXT_MAX) }) };
  check.output = made;
  check.annotations.push(...annotations);
}

function create({ repo, body, nextId }: Request): Answer {
  const head = text(body, 'head_sha');
  if (repo.git.commitId(head) === null) throw new Refusal(422, 'No commit found for SHA');
  const check: CheckRun = { id: nextId(), name: text(body, 'name'), head, externalId: '', detailsUrl: null, status: 'queued', conclusion: null, output: null, annotations: [] };
  put(check, body);
  repo.checks.push(check);
  return { status: 201, body: checkShape(repo, check, APP) };
}

function found({ repo, params }: Request): CheckRun {
  const check = repo.checks.find((one) => one.id === Number(params['id']));
  if (!check) throw new Refusal(404, 'Not Found');
  return check;
}

function update(request: Request): Answer {
  const check = found(request);
  put(check, request.body);
  return { status: 200, body: checkShape(request.repo, check, APP) };
}

function ofCommit(request: Request): Answer {
  const { repo, params, query } = request;
  const sha = repo.commitOf(params['sha'] ?? '');
  const name = query.get('check_name');
  const all = repo.checks.filter((one) => one.head === sha && (name === null || one.name === name));
  const listed = query.get('filter') === 'all' ? all : all.filter((one, i) => !all.slice(i + 1).some((later) => later.name === one.name));
  return paged(request, listed, (page) => ({ total_count: listed.length, check_runs: (page as CheckRun[]).map((one) => checkShape(repo, one, APP)) }));
}

export const checkRoutes: readonly Route[] = [
  route('POST', '/repos/:owner/:repo/check-runs', 'checks:write', create),
  route('PATCH', '/repos/:owner/:repo/check-runs/:id', 'checks:write', update),
  route('GET', '/repos/:owner/:repo/check-runs/:id', 'checks:read', (request) => ({ status: 200, body: checkShape(request.repo, found(request), APP) })),
  route('GET', '/repos/:owner/:repo/check-runs/:id/annotations', 'checks:read', (request) => paged(request, found(request).annotations)),
  route('GET', '/repos/:owner/:repo/commits/:sha/check-runs', 'checks:read', ofCommit),
  route('POST', '/repos/:owner/:repo/code-scanning/sarifs', 'security_events:write', ({ repo, body }) => {
    repo.sarifs.push(body);
    return { status: 202, body: { id: String(repo.sarifs.length) } };
  }),
];
