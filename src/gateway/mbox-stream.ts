/**
 * @module An mbox taken apart as it comes, as bytes: the same separators as in ../mail/mbox.ts, mboxrd's quoting undone. Mails over a
 * limit are let go while they come. Without any separator it is one mail. Pure.
 */
const separator = Buffer.from('\nFrom ');
/** Bytes of a separator line, and as much of the next line as says whether it is one. */
const SEPARATOR_MAX = 500;
const NEXT_MAX = 200;
/** Bytes before the end of a chunk that may be the beginning of a separator, with the empty line before it. */
const KEPT = separator.length + 2;

export class MboxStream {
  /** What is not decided yet; the stream begins as after an empty line. */
  #open: Buffer = Buffer.from('\n\n');
  /** The mail under way; null when it is too long. */
  #parts: Buffer[] | null = [];
  #bytes = 0;

  constructor(private readonly mailMax: number) {}

  /** The mails that this chunk completes; null for one that is too long. */
  push(chunk: Buffer): Generator<Buffer | null, void, void> {
    return this.#split(Buffer.concat([this.#open, chunk]), false);
  }

  /** The last mail. */
  *end(): Generator<Buffer | null, void, void> {
    yield* this.#split(this.#open, true);
    this.#add(this.#open);
    this.#open = Buffer.alloc(0);
    yield* this.#taken();
  }

  *#split(bytes: Buffer, isLast: boolean): Generator<Buffer | null, void, void> {
    let from = 0;
    for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, at + 1)) {
      if (!isLast && bytes.length - at < SEPARATOR_MAX + NEXT_MAX) {
        const keep = Math.max(from, at - 2);
        this.#add(bytes.subarray(from, keep));
        this.#open = Buffer.from(bytes.subarray(keep));
        return;
      }
      const end = separatorEnd(bytes, at);
      if (end === null) continue;
      this.#add(bytes.subarray(from, at));
      yield* this.#taken();
      from = end;
      // The line end of the separator may be the one before the next.
      at = end - 2;
    }
    const keep = isLast ? from : Math.max(from, bytes.length - KEPT);
    this.#add(bytes.subarray(from, keep));
    this.#open = Buffer.from(bytes.subarray(keep));
  }

  #add(bytes: Buffer): void {
    if (this.#parts === null || bytes.length === 0) return;
    this.#bytes += bytes.length;
    // Where a mail is read from a stream, what is cut off at either end are a few line ends.
    if (this.#bytes > this.mailMax + 4) this.#parts = null;
    else this.#parts.push(Buffer.from(bytes));
  }

  *#taken(): Generator<Buffer | null, void, void> {
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    if (parts === null) {
      yield null;
      return;
    }
    const mail = unquoted(trimmed(Buffer.concat(parts)));
    if (mail.length > this.mailMax) yield null;
    else if (mail.length > 0) yield mail;
  }
}

/** Where the line after a separator begins, of one that could begin at `at`; null when it is none. */
function separatorEnd(bytes: Buffer, at: number): number | null {
  const isAfterEmpty = at >= 1 && (bytes[at - 1] === 10 || (bytes[at - 1] === 13 && (at < 2 || bytes[at - 2] === 10)));
  const end = bytes.indexOf(10, at + 1);
  if (!isAfterEmpty || end < 0 || end - at > SEPARATOR_MAX) return null;
  const line = bytes.toString('latin1', at + 1, end);
  const next = bytes.toString('latin1', end + 1, end + 1 + NEXT_MAX);
  return /^From \S+/u.test(line) && /^(?:[!-9;-~]+:(?:\s|$)|>?From \S+@)/u.test(next) ? end + 1 : null;
}

/** Without empty lines before a mail, and with one line end after it. */
function trimmed(mail: Buffer): Buffer {
  let from = 0;
  while (from < mail.length && (mail[from] === 10 || mail[from] === 13)) from++;
  const isEmptyLast = mail.at(-1) === 10 && (mail.at(-2) === 10 || (mail.at(-2) === 13 && mail.at(-3) === 10));
  return mail.subarray(from, Math.max(from, mail.length - (isEmptyLast ? (mail.at(-2) === 10 ? 1 : 2) : 0)));
}

function unquoted(mail: Buffer): Buffer {
  return mail.includes('>From ') ? Buffer.from(mail.toString('latin1').replace(/^>(>*From )/gmu, '$1'), 'latin1') : mail;
}
