/**
 * @module The line above a quotation that says who wrote it and when: "On Thu, Dec 12, 2019 at 6:15 PM A B <a@b> wrote:",
 * wrapped or not. Only the English forms that kernel lists see; others give null.
 */

/** Who wrote the quoted text. */
export interface Attribution {
  /** "Name <address>", or what of it is there. */
  readonly author: string;
  /** As written, without zone conversion; '' when not said. */
  readonly date: string;
}

/** Lines an attribution may be wrapped over. */
const wrappedLinesMax = 3;

const dated =
  /^On (.{6,60}?\d{1,2}:\d\d(?::\d\d)?(?:\s?[AP]M)?(?:\s[+-]\d{4})?(?:\s\([A-Z]{2,5}\))?),?\s+(?:at\s+)?(.{1,200}?)\s*(?:wrote|writes):$/i;
const undated = /^(?:\* )?(.{1,200}?)\s*(?:wrote|writes):$/i;

/** Reads the attribution that ends at the last of these lines (quote marks taken off); null when it is none. */
export function readAttribution(lines: readonly string[]): Attribution | null {
  const last = lines.length - 1;
  for (let count = 1; count <= wrappedLinesMax && count <= lines.length; count++) {
    const text = lines.slice(last - count + 1).join(' ').slice(0, 400).replace(/\s+/g, ' ').trim();
    const match = dated.exec(text);
    if (match) return { author: match[2]!.replace(/[,;:]$/, ''), date: match[1]! };
  }
  const match = undated.exec((lines[last] ?? '').slice(0, 400).trim());
  return match ? { author: match[1]!.replace(/^On .*?, (?=[^,]*<)/, ''), date: '' } : null;
}
