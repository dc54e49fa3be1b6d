/**
 * @module An mbox taken apart as it comes, as bytes: the same separators as in ../mail/mbox.ts, mboxrd's quoting undone. Mails over a
 * limit are let go while they come. Without any separator it is one mail. Pure.
 */
const newline = 10;
const from = Buffer.from('From ');

export class MboxStream {
  /** Lines of the mail under way; null when it is too long. */
  #lines: Buffer[] | null = [];
  #bytes = 0;
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** A line that could be a separator: the next one decides. */
  #pending: Buffer | null = null;
  #afterEmpty = true;
  #begun = false;

  constructor(private readonly mailMax: number) {}

  /** The mails that this chunk completes; null for one that is too long. */
  *push(chunk: Buffer): Generator<Buffer | null, void, void> {
    let at = 0;
    for (let end = chunk.indexOf(newline, at); end >= 0; end = chunk.indexOf(newline, at)) {
      const line = this.#restBytes === 0 ? chunk.subarray(at, end + 1) : Buffer.concat([...this.#rest, chunk.subarray(at, end + 1)]);
      this.#rest = [];
      this.#restBytes = 0;
      at = end + 1;
      yield* this.#line(line);
    }
    const left = chunk.subarray(at);
    this.#restBytes += left.length;
    // A line that never ends is cut where the mail would be too long anyway.
    if (this.#restBytes <= this.mailMax + 1) this.#rest.push(Buffer.from(left));
    else if (this.#lines !== null) this.#drop();
  }

  /** The last mail. */
  *end(): Generator<Buffer | null, void, void> {
    if (this.#restBytes > 0) yield* this.#line(Buffer.concat(this.#rest));
    if (this.#pending !== null) this.#add(this.#pending);
    this.#pending = null;
    if (this.#begun) yield this.#taken();
  }

  *#line(line: Buffer): Generator<Buffer | null, void, void> {
    if (this.#pending !== null) {
      const separator = this.#pending;
      this.#pending = null;
      if (/^(?:[!-9;-~]+:(?:\s|$)|>?From \S+@)/u.test(line.toString('latin1', 0, 200))) {
        if (this.#begun) yield this.#taken();
        this.#begun = true;
      } else this.#add(separator);
    }
    if (this.#afterEmpty && line.subarray(0, 5).equals(from) && line.length < 500) this.#pending = Buffer.from(line);
    else this.#add(line);
    this.#afterEmpty = line.length === 1 || (line.length === 2 && line[0] === 13);
  }

  #add(line: Buffer): void {
    // Empty lines before the first mail are none.
    if (!this.#begun && line.toString('latin1').trim() === '') return;
    this.#begun = true;
    if (this.#lines === null) return;
    this.#bytes += line.length;
    if (this.#bytes > this.mailMax) return this.#drop();
    this.#lines.push(/^>+From /u.test(line.toString('latin1', 0, 40)) ? Buffer.from(line.subarray(1)) : Buffer.from(line));
  }

  #drop(): void {
    this.#begun = true;
    this.#lines = null;
  }

  #taken(): Buffer | null {
    const lines = this.#lines;
    this.#lines = [];
    this.#bytes = 0;
    // The empty line before a separator belongs to the mbox.
    if (lines !== null && lines.at(-1)?.length === 1) lines.pop();
    return lines === null ? null : Buffer.concat(lines);
  }
}
