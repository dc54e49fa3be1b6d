/** @module The outbox as people see it: drafts as plain data, for JSON, and as lines of text. */
import { padRight, widthOf, clean, clip } from '../render/line.js';
import type { Draft } from './draft.js';

/** A draft as kcovet/outbox@1 has it; times as ISO 8601, null where there is none. */
export interface OutboxEntry {
  readonly id: string;
  readonly kind: Draft['kind'];
  readonly state: Draft['state'];
  readonly why: string;
  readonly stage: Draft['stage'];
  readonly subject: string;
  /** Message-IDs: of what it answers, its own, of the series. */
  readonly answers: string;
  readonly messageId: string;
  readonly series: string;
  readonly to: readonly string[];
  readonly lists: readonly string[];
  readonly findings: readonly string[];
  readonly made: string | null;
  readonly due: string | null;
  readonly sent: string | null;
  readonly attempts: number;
  readonly bounces: readonly string[];
}

function timeOf(ms: number): string | null {
  return ms > 0 && Number.isFinite(ms) ? new Date(ms).toISOString().replace(/\.\d+Z$/u, 'Z') : null;
}

/** A draft without its text. */
export function entryOf(draft: Draft): OutboxEntry {
  const { id, kind, state, why, stage, subject, answers, series, lists, findings, attempts, bounces, mail } = draft;
  const [made, due, sent] = [draft.atMs, draft.dueMs, draft.sentMs].map(timeOf);
  return { id, kind, state, why, stage, subject, answers, messageId: mail.messageId, series, to: mail.to, lists, findings, made: made ?? null, due: due ?? null, sent: sent ?? null, attempts, bounces };
}

/** Drafts one a line: id, state, when it was made, subject; below it why, where that says more. */
export function outboxLines(drafts: readonly Draft[], width: number): string[] {
  return drafts.flatMap((draft) => {
    const { id, state, made, subject, why } = entryOf(draft);
    const head = `${id}  ${padRight(state, 8)}  ${made ?? ''}  `;
    return [clip(head + clean(subject), Math.max(width, widthOf(head) + 20)), ...(why === '' ? [] : [clip(`              ${clean(why)}`, width)])];
  });
}

/** One draft with its mail, made harmless for a terminal. */
export function draftLines(draft: Draft): string[] {
  const entry = entryOf(draft);
  const facts: readonly (readonly [string, string])[] = [
    ['draft', entry.id], ['kind', entry.kind], ['state', entry.why === '' ? entry.state : `${entry.state} (${entry.why})`], ['goes to', entry.to.join(', ')],
    ['answers', entry.answers], ['made', entry.made ?? ''], [entry.sent === null ? 'due' : 'sent', entry.sent ?? entry.due ?? ''], ['tries', String(entry.attempts)],
    ...entry.bounces.map((one) => ['came back', one] as const),
  ];
  return [...facts.map(([name, value]) => clean(`${padRight(`${name}:`, 11)}${value}`)), '', ...draft.mail.raw.trimEnd().split('\n').map(clean)];
}
