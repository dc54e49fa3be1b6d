/**
 * @module The Probot function: which events kcovet listens to, and what each is turned into. Handlers put work into the
 * inbox and return; an error of theirs means that the work is not kept, and GitHub is told so.
 */
import type { ApplicationFunction } from 'probot';
import type { PullRef } from './gateway/pull-conversation.js';
import { hasCommand } from './service/commands/parse-command.js';
import type { Inbox } from './service/inbox.js';

interface Repository {
  readonly id: number;
  readonly name: string;
  readonly owner: { readonly login: string };
}

interface FromInstallation {
  readonly installation?: { readonly id: number };
  readonly repository: Repository;
}

/** Where an event comes from; null for a webhook that is of no installation of the App. */
function placeOf({ installation, repository }: FromInstallation): Omit<PullRef, 'number'> | null {
  return installation ? { installation: installation.id, owner: repository.owner.login, repo: repository.name, repositoryId: repository.id } : null;
}

function pullOf(payload: FromInstallation, number: number): PullRef | null {
  const place = placeOf(payload);
  return place && { ...place, number };
}

/** The number in the external id of one of our checks, "REPOSITORY/NUMBER/HEAD"; null in another. */
function pullNumberOf(externalId: string | null): number | null {
  const match = /^\d+\/(\d+)\/[0-9a-f]{40}/u.exec(externalId ?? '');
  return match ? Number(match[1]) : null;
}

/** Told of a push to OWNER/REPO, in small letters. */
export type OnPush = (repository: string) => void;

/** The App, putting what it hears into an inbox. */
export function kcovetApp(inbox: Inbox, onPush: OnPush = () => undefined): ApplicationFunction {
  return (app) => {
    app.on(['pull_request.opened', 'pull_request.synchronize', 'pull_request.reopened', 'pull_request.ready_for_review'], async ({ id, payload }) => {
      const pull = pullOf(payload, payload.pull_request.number);
      if (pull) await inbox.review(pull, { delivery: id, forced: false });
    });
    app.on('pull_request.edited', async ({ id, payload }) => {
      const pull = pullOf(payload, payload.pull_request.number);
      // A new title changes nothing; another base may change everything.
      if (pull && payload.changes.base) await inbox.review(pull, { delivery: id, forced: false });
    });
    app.on('pull_request.closed', async ({ id, payload }) => {
      const pull = pullOf(payload, payload.pull_request.number);
      if (pull) await inbox.closed(pull, id);
    });
    onChecks(app, inbox);
    onComments(app, inbox);
    onInstallations(app, inbox);
    app.on(['repository.privatized', 'repository.publicized'], async ({ payload }) => await inbox.shown(payload.repository.id, payload.action === 'privatized'));
    app.on('push', ({ payload }) => onPush(payload.repository.full_name.toLowerCase()));
  };
}

function onChecks(app: Parameters<ApplicationFunction>[0], inbox: Inbox): void {
  app.on('check_run.rerequested', async ({ id, payload }) => {
    const number = pullNumberOf(payload.check_run.external_id) ?? payload.check_run.pull_requests[0]?.number;
    const pull = number === undefined ? null : pullOf(payload, number);
    if (pull) await inbox.review(pull, { delivery: id, forced: true });
  });
  app.on('check_suite.rerequested', async ({ id, payload }) => {
    const place = placeOf(payload);
    if (place) await inbox.suite({ pull: place, headSha: payload.check_suite.head_sha, delivery: id });
  });
}

function onComments(app: Parameters<ApplicationFunction>[0], inbox: Inbox): void {
  app.on('issue_comment.created', async ({ id, payload }) => {
    const { comment, issue } = payload;
    const pull = issue.pull_request ? pullOf(payload, issue.number) : null;
    if (!pull || comment.user?.type === 'Bot' || !hasCommand(comment.body)) return;
    await inbox.command({ pull, delivery: id, comment: { kind: 'issue', id: comment.id }, by: comment.user?.login ?? '', body: comment.body, inReplyTo: null });
  });
  app.on('pull_request_review_comment.created', async ({ id, payload }) => {
    const { comment } = payload;
    const pull = pullOf(payload, payload.pull_request.number);
    if (!pull || comment.user?.type === 'Bot' || !hasCommand(comment.body)) return;
    const inReplyTo = comment.in_reply_to_id ?? comment.id;
    await inbox.command({ pull, delivery: id, comment: { kind: 'review', id: comment.id }, by: comment.user?.login ?? '', body: comment.body, inReplyTo });
  });
}

function onInstallations(app: Parameters<ApplicationFunction>[0], inbox: Inbox): void {
  app.on('installation.deleted', async ({ payload }) => {
    await inbox.removed((payload.repositories ?? []).map(({ id }) => id));
  });
  app.on('installation_repositories.removed', async ({ payload }) => {
    await inbox.removed(payload.repositories_removed.flatMap(({ id }) => (id === undefined ? [] : [id])));
  });
}
