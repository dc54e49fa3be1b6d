/**
 * @module The review as rdjsonl, reviewdog's diagnostics, one on a line (proto/rdf in reviewdog/reviewdog). Its reporters
 * put the message into a comment as it is, so that names and numbers in it are kept from becoming links.
 */
import type { Finding, Place, Review } from '../review/review.js';
import { mainOf } from './evidence.js';
import { codeBlock, unlinked } from './markdown.js';
import { clean } from './line.js';
import type { Locate } from './locate.js';
import { renderTrace } from './trace.js';

const WIDTH = 76;

/** reviewdog has three grades, and a question is no error. */
const severities: Readonly<Record<Finding['severity'], string>> = { high: 'WARNING', medium: 'WARNING', low: 'INFO', note: 'INFO' };

function locationOf(place: Place, locate: Locate): object {
  const lines = locate(place);
  return { path: lines?.path ?? place.path, ...(lines ? { range: { start: { line: lines.line }, end: { line: Math.max(lines.line, lines.endLine) } } } : {}) };
}

/** The question, with the schedule that makes it necessary. */
function messageOf(finding: Finding): string {
  const main = mainOf(finding);
  const question = finding.question.split('\n').map(clean).join('\n');
  return main === undefined ? unlinked(question) : `${unlinked(question)}\n\n${codeBlock(renderTrace(main, { width: WIDTH }))}`;
}

/** A line of JSON for each question; '' when there is none. `locate` as for SARIF. */
export function renderRdjsonl(review: Review, locate: Locate): string {
  return review.findings.filter((finding) => finding.asked).map((finding) => {
    const related = finding.labels.map(({ place, text }) => ({ message: clean(text), location: locationOf(place, locate) }));
    const diagnostic = {
      message: messageOf(finding), location: locationOf(finding.place, locate), severity: severities[finding.severity],
      source: { name: 'kcovet' }, code: { value: finding.rule }, ...(related.length > 0 ? { related_locations: related } : {}),
    };
    return `${JSON.stringify(diagnostic)}\n`;
  }).join('');
}
