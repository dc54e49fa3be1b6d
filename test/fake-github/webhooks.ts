/**
 * @module Webhooks as GitHub sends them: payloads with the fields that an App reads, held against the published types, and
 * signed. What is delivered when, how often and in which order is the test's to say.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { EmitterWebhookEvent } from '@octokit/webhooks';
import type { FakeGithub } from './fake-github.js';
import { accountShape, checkShape, issueCommentShape, pullShape, repositoryShape, reviewCommentShape } from './shapes.js';
import type { Account, CheckRun, IssueComment, Pull, Repository, ReviewComment } from './state.js';

/** The payload of an event by its published schema, as far as it is there. */
type Payload<Name extends EmitterWebhookEvent['name']> = Partial<Record<keyof UnionToIntersection<Extract<EmitterWebhookEvent, { name: Name }>['payload']>, unknown>>;
type UnionToIntersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;

/** An event to deliver. */
export interface Delivery {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** X-GitHub-Delivery; one of its own when left out. */
  readonly id?: string;
}

const INSTALLATION = { id: 11, node_id: 'I_11' };

export function pullEvent(repo: Repository, pull: Pull, action: string, more: Readonly<Record<string, unknown>> = {}): Delivery {
  const payload: Payload<'pull_request'> = {
    action, number: pull.number, pull_request: pullShape(repo, pull), repository: repositoryShape(repo), installation: INSTALLATION, sender: accountShape(pull.user),
  };
  return { name: 'pull_request', payload: { ...payload, ...more } };
}

export function issueCommentEvent(repo: Repository, pull: Pull, comment: IssueComment, action = 'created'): Delivery {
  const payload: Payload<'issue_comment'> = {
    action, comment: issueCommentShape(comment), repository: repositoryShape(repo), installation: INSTALLATION, sender: accountShape(comment.user),
    issue: { number: pull.number, state: pull.state, user: accountShape(pull.user), pull_request: { url: `https://github.example/pull/${pull.number}` } },
  };
  return { name: 'issue_comment', payload };
}

export function reviewCommentEvent(repo: Repository, pull: Pull, comment: ReviewComment): Delivery {
  const payload: Payload<'pull_request_review_comment'> = {
    action: 'created', comment: reviewCommentShape(comment), pull_request: pullShape(repo, pull), repository: repositoryShape(repo),
    installation: INSTALLATION, sender: accountShape(comment.user),
  };
  return { name: 'pull_request_review_comment', payload };
}

export function checkRunEvent(repo: Repository, check: CheckRun, by: Account): Delivery {
  const payload: Payload<'check_run'> = {
    action: 'rerequested', check_run: checkShape(repo, check, { id: 7, slug: 'kcovet' }), repository: repositoryShape(repo), installation: INSTALLATION, sender: accountShape(by),
  };
  return { name: 'check_run', payload };
}

export function checkSuiteEvent(repo: Repository, head: string, by: Account): Delivery {
  const payload: Payload<'check_suite'> = {
    action: 'rerequested', check_suite: { id: 1, head_sha: head, pull_requests: [], app: { id: 7 } }, repository: repositoryShape(repo), installation: INSTALLATION, sender: accountShape(by),
  };
  return { name: 'check_suite', payload };
}

/** Commits came to the branch that HEAD is. */
export function pushEvent(repo: Repository): Delivery {
  const payload: Payload<'push'> = { ref: 'refs/heads/master', after: repo.branches.get('master'), repository: repositoryShape(repo), installation: INSTALLATION };
  return { name: 'push', payload };
}

export function installationEvent(action: string, repos: readonly Repository[], by: Account): Delivery {
  const payload: Payload<'installation'> = {
    action, installation: INSTALLATION, sender: accountShape(by), repositories: repos.map(({ id, name, fullName }) => ({ id, name, full_name: fullName })),
  };
  return { name: 'installation', payload };
}

/** The signature of a body, as GitHub computes it. */
export function signature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Sends an event to an App; the status and the text of its answer. */
export async function deliver(github: FakeGithub, to: string, { name, payload, id = randomUUID() }: Delivery): Promise<{ status: number; text: string }> {
  const body = JSON.stringify(payload);
  const headers = {
    'content-type': 'application/json', 'user-agent': 'GitHub-Hookshot/fake', 'x-github-event': name, 'x-github-delivery': id,
    'x-hub-signature-256': signature(github.credentials.webhookSecret, body),
  };
  const response = await fetch(to, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}
