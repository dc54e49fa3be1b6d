/** @module Whether a form was sent by a page of ours: what the browser says of where it came from, and the secret of the session in it. */
import { timingSafeEqual } from 'node:crypto';
import type { Asker, Visitor } from './access.js';

/** Whether a browser says that the request comes from a page of this host. One that says nothing is no browser of today. */
export function isFromHere({ header, origin: own }: Asker): boolean {
  const site = header('sec-fetch-site');
  if (site !== '') return site === 'same-origin';
  const origin = header('origin');
  if (!URL.canParse(origin)) return false;
  return own ? new URL(origin).origin === own || new URL(origin).host === header('host') : new URL(origin).host === header('host');
}

/** Why a form may not act, in a sentence; null where it may. */
export function whyNotActing(visitor: Visitor, asker: Asker, csrf: string): string | null {
  if (!visitor.mayAct) return 'Acting needs the token, or a user who may act.';
  if (!isFromHere(asker)) return 'The form was not sent by a page of this server.';
  const [given, wanted] = [Buffer.from(csrf), Buffer.from(visitor.csrf)];
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? null : 'The form is of another session: go back, load the page again, and send it again.';
}
