/**
 * @module Which remarks of people a review meets, by place: a finding meets a remark that stands under its statement, under
 * one of its labels, or among the few lines of the patch that are quoted right above the remark.
 */
import type { PatchLine } from '../mail/quoted-place.js';
import type { Remark } from '../mail/remarks.js';
import type { Comparison, Near } from './comparison.js';
import { firstSentence } from './first-sentence.js';
import type { Finding, Place, Review } from './review.js';

/** Quoted lines above a remark that it may be about; a whole hunk above one says nothing. */
const QUOTED_MAX = 10;

const ORDER: readonly Near[] = ['line', 'quoted', 'function', 'hunk'];

/** Compares; `mails` is the number of mails in the thread. */
export function compareThread(review: Review, remarks: readonly Remark[], mails: number): Comparison {
  const asked = review.findings.filter((finding) => finding.asked);
  const compared = remarks.map((remark) => comparedRemark(remark, asked));
  const met = new Set(compared.flatMap((remark) => remark.met.map((one) => one.id)));
  const inline = compared.filter((remark) => remark.kind === 'inline');
  const oursAlone = asked.filter((finding) => !met.has(finding.id)).map(ours);
  const metCount = inline.filter((remark) => remark.met.length > 0).length;
  const { subject, messageId } = review.submission;
  return {
    schema: 'kcovet/comparison@1', tool: { ...review.tool }, submission: { subject, messageId }, mails,
    counts: { inline: inline.length, met: metCount, theirsAlone: inline.length - metCount, ours: asked.length, oursAlone: oursAlone.length },
    remarks: compared, oursAlone,
  };
}

function ours(finding: Finding): Comparison['oursAlone'][number] {
  const { id, rule, question, place } = finding;
  return { id, rule, question: firstSentence(question), function: place.function, text: place.text };
}

function comparedRemark(remark: Remark, asked: readonly Finding[]): Comparison['remarks'][number] {
  const at = lastTelling(remark.above);
  const near = at === null ? [] : asked.flatMap((finding) => {
    const how = nearness(finding, at, remark.above);
    return how === null ? [] : [{ found: { ...ours(finding), near: how }, lines: distance(finding, at) }];
  }).sort((a, b) => ORDER.indexOf(a.found.near) - ORDER.indexOf(b.found.near) || a.lines - b.lines).map(({ found }) => found);
  const met = near.filter((one) => one.near === 'line' || one.near === 'quoted');
  return {
    author: remark.author, messageId: remark.messageId, text: gistOf(remark.text), kind: remark.kind,
    place: at === null ? null : { patch: at.patch, path: at.path, hunk: at.hunk.index, line: at.line.newLine, function: at.function, text: at.line.text.trim() },
    met, beside: met.length > 0 ? [] : near,
  };
}

/** The first sentence that says more than a word or two: "Interesting." is none. */
function gistOf(text: string): string {
  const first = firstSentence(text);
  const rest = text.slice(text.indexOf(first) + first.length).trim();
  return first.split(' ').length < 3 && rest !== '' && text.startsWith(first) ? gistOf(rest) : first;
}

/** The quoted line that a remark stands under; closing braces and empty lines belong to what is above them. */
function lastTelling(above: readonly PatchLine[]): PatchLine | null {
  return above.findLast(({ line }) => /[\p{L}\p{N}]/u.test(line.text)) ?? above.at(-1) ?? null;
}

function nearness(finding: Finding, at: PatchLine, above: readonly PatchLine[]): Near | null {
  const places = [finding.place, ...finding.labels.map((label) => label.place)].filter((place) => place.inDiff && place.path === at.path && (place.patch ?? at.patch) === at.patch);
  if (places.some((place) => covers(place, at))) return 'line';
  const quoted = above.filter((one) => one.function === at.function).slice(-QUOTED_MAX);
  if (places.some((place) => quoted.some((one) => covers(place, one)))) return 'quoted';
  if (at.function !== '' && places.some((place) => place.function === at.function)) return 'function';
  return places.some((place) => place.hunk === at.hunk.index) ? 'hunk' : null;
}

/** Lines between a remark and the nearest place of a finding in its hunk. */
function distance({ place, labels }: Finding, { line, hunk }: PatchLine): number {
  const lines = [place, ...labels.map((label) => label.place)].flatMap((one) => (one.hunk === hunk.index && one.line !== null ? [one.line] : []));
  return Math.min(...lines.map((n) => Math.abs(n - (line.newLine ?? n))), Number.MAX_SAFE_INTEGER);
}

function covers(place: Place, { line, hunk }: PatchLine): boolean {
  const n = place.side === 'RIGHT' ? line.newLine : line.oldLine;
  return place.hunk === hunk.index && n !== null && place.line !== null && n >= place.line && n <= (place.endLine ?? place.line);
}
