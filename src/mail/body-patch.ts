/**
 * @module The patch in the body of a mail, plain or quoted: changelog, diff, and the lines a reply would quote.
 * The diffstat is held against the diff, so that what was cut off is named.
 */
import type { Diff } from '../patch/diff.js';
import { startsFile } from '../patch/diff-header.js';
import { readDiffstat, unseenChanges } from '../patch/diffstat.js';
import type { InputLine, ProblemList } from '../patch/input-line.js';
import { parseDiffLines } from '../patch/parse-diff-text.js';
import type { Attribution } from './attribution.js';
import { quotesPatch, unquotePatch } from './quoted-patch.js';

/** What a body holds. */
export interface BodyPatch {
  /** How many quote marks stood before the patch; 0 when it is not quoted. */
  readonly depth: number;
  readonly attribution: Attribution | null;
  /** The changelog; '' when there is none. */
  readonly message: string;
  readonly diff: Diff;
  /** The lines of the patch mail as far as seen. */
  readonly lines: readonly InputLine[];
}

/** How to look at a body. */
export interface BodySource {
  readonly problems: ProblemList;
  /** The subject says it is a reply: a quoted patch goes before one that stands in the text. */
  readonly reply: boolean;
}

/** Finds the patch in a body; null when there is none. */
export function readBodyPatch(body: readonly InputLine[], source: BodySource): BodyPatch | null {
  const { problems } = source;
  const plainAt = firstFile(body);
  const quoted = (source.reply || plainAt < 0) && quotesPatch(body) ? unquotePatch(body, problems) : null;
  if (quoted) {
    if (plainAt >= 0) problems.add(body[plainAt]!.inputLine, "the reply also holds a diff of the replier's own; it is not read");
    return finish(trimEmpty(quoted.lines), { depth: quoted.depth, attribution: quoted.attribution, problems });
  }
  const hunkAt = body.findIndex((line) => /^@@ -\d+(?:,\d+)? \+\d/.test(line.text));
  if (plainAt < 0 && hunkAt < 0) return null;
  return finish(body, { depth: 0, attribution: null, problems });
}

interface Found {
  readonly depth: number;
  readonly attribution: Attribution | null;
  readonly problems: ProblemList;
}

function finish(lines: readonly InputLine[], { depth, attribution, problems }: Found): BodyPatch {
  const start = firstFile(lines);
  const head = start < 0 ? lines : lines.slice(0, start);
  const stats = readDiffstat(head);
  const fallbackPath = stats.length === 1 && !stats[0]!.path.startsWith('.../') ? stats[0]!.path : null;
  const parsed = parseDiffLines(lines, { name: problems.name, fallbackPath });
  problems.addAll(parsed.problems);
  const unseen = unseenChanges(stats, parsed.diff.files);
  for (const { path, promised, seen, inputLine } of unseen) {
    const what = seen === 0 ? 'the diff has none of them' : `only ${seen} are here`;
    problems.add(inputLine, `${path}: the diffstat counts ${promised} changed lines, ${what}: the patch was cut`);
  }
  return {
    depth,
    attribution,
    message: changelog(head),
    diff: { ...parsed.diff, truncated: parsed.diff.truncated || unseen.length > 0 },
    lines,
  };
}

function trimEmpty(lines: readonly InputLine[]): readonly InputLine[] {
  const filled = (line: InputLine): boolean => line.text.trim() !== '';
  return lines.slice(Math.max(0, lines.findIndex(filled)), lines.findLastIndex(filled) + 1);
}

function firstFile(lines: readonly InputLine[]): number {
  for (let at = 0; at < lines.length; at++) if (startsFile(lines, at)) return at;
  return -1;
}

/** The text above the `---` line, or above the diff, without empty lines around it. */
function changelog(head: readonly InputLine[]): string {
  const ruler = head.findIndex((line) => line.text.trimEnd() === '---');
  const text = head.slice(0, ruler < 0 ? undefined : ruler).map((line) => line.text.trimEnd());
  while (text[0] === '') text.shift();
  while (text.at(-1) === '') text.pop();
  return text.join('\n');
}
