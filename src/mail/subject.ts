/**
 * @module What the subject of a patch mail says: reply or not, version, place in the series, title. Takes the forms seen
 * on kernel lists: [PATCH RFC v2 1/3], [RFC][PATCHv2 1/3], [list] [PATCH, 1/3 v2], "Re: ", "Fwd: ".
 */

/** A subject, taken apart. */
export interface PatchSubject {
  /** The subject says that this is a reply or was forwarded. */
  readonly reply: boolean;
  /** It has a [PATCH] or [RFC] prefix. */
  readonly patch: boolean;
  /** 1 unless v2 or more is said. */
  readonly version: number;
  /** Place in the series; 0 for a cover letter; null when not numbered. */
  readonly n: number | null;
  /** Length of the series; null when not numbered. */
  readonly of: number | null;
  /** The subject without "Re:", its prefix kept. */
  readonly full: string;
  /** The subject without "Re:" and prefixes. */
  readonly title: string;
}

const replyMark = /^\s*(?:re|aw|antw|sv|vs|fwd?|wg)\s*(?:\[\d{1,4}\])?\s*:\s*/i;

/** Marks and brackets that are looked at before what is left counts as the title. */
const prefixesMax = 20;

/** Takes a subject apart; any text has a result. */
export function parseSubject(subject: string): PatchSubject {
  let rest = subject.replace(/\s+/g, ' ').trim();
  let reply = false;
  for (let count = 0; count < prefixesMax && replyMark.test(rest); count++) {
    rest = rest.replace(replyMark, '');
    reply = true;
  }
  const full = rest;
  const groups: string[] = [];
  let title = rest;
  for (let count = 0; count < prefixesMax; count++) {
    const group = /^(?:\[([^[\]]{0,200})\]\s*|(?:re|fwd?):\s*)/i.exec(rest);
    if (!group) break;
    rest = rest.slice(group[0].length);
    if (group[1] === undefined) reply = true;
    else groups.push(group[1]);
    if (isPrefix(group[1] ?? '')) title = rest;
  }
  const said = groups.join(' ');
  const place = /(?:^|[\s,v])(\d{1,4})\s*\/\s*(\d{1,4})(?=$|[\s,])/.exec(said);
  return {
    reply,
    patch: groups.some(isPrefix),
    version: Number(/(?:^|[\s,]|patch)v(\d{1,3})(?=$|[\s,])/i.exec(said)?.[1] ?? 1) || 1,
    n: place ? Number(place[1]) : null,
    of: place ? Number(place[2]) : null,
    full,
    title: title.trim(),
  };
}

function isPrefix(group: string): boolean {
  return /(?:^|[\s,/-])(?:patch|rfc|rft|resend)(?=$|[\s,/:-]|v\d)/i.test(group) || /^\s*v?\d{1,3}(?:\/\d{1,3})?\s*$/i.test(group);
}
