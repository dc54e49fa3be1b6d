/**
 * @module The output of `git cat-file --batch`, taken apart as it comes: an answer is handed out when its last byte is
 * there. Contents over a limit are counted and let go, never held. Pure.
 */

/** An object, or a name that git knows nothing of. */
export type BatchAnswer =
  | { readonly kind: 'object'; readonly id: string; readonly type: string; readonly bytes: number; /** Null when too large; a view that the next chunk may share. */ readonly content: Buffer | null }
  | { readonly kind: 'missing' };

/** A line of git before a content is not longer. */
const headMax = 4096;
const newline = 10;

interface Open {
  readonly id: string;
  readonly type: string;
  readonly bytes: number;
  /** Bytes to come, the line end after the content included. */
  left: number;
  /** What came in earlier chunks; null when the content is let go. */
  readonly parts: Buffer[] | null;
}

/** Takes chunks in any cut. */
export class BatchAnswers {
  #head = '';
  #open: Open | null = null;

  constructor(private readonly contentMax: number) {}

  /** The answers that this chunk completes, each when it is asked for. Throws RangeError where it is no such output. */
  *push(chunk: Buffer): Generator<BatchAnswer, void, void> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#open === null) {
        const end = chunk.indexOf(newline, at);
        this.#head += chunk.toString('latin1', at, end < 0 ? chunk.length : end);
        if (this.#head.length > headMax) throw new RangeError('cat-file: a line that is too long');
        if (end < 0) return;
        at = end + 1;
        if (this.#begin() === 'missing') yield { kind: 'missing' };
      } else {
        const piece = chunk.subarray(at, at + this.#open.left);
        at += piece.length;
        const answer = this.#take(this.#open, piece);
        if (answer) yield answer;
      }
    }
  }

  #begin(): 'missing' | 'object' {
    const head = this.#head;
    this.#head = '';
    if (/ (?:missing|ambiguous)$/u.test(head)) return 'missing';
    const match = /^([0-9a-f]{40}) ([a-z]+) (\d+)$/u.exec(head);
    if (!match) throw new RangeError(`cat-file: a line that is not understood: ${head.slice(0, 80)}`);
    const bytes = Number(match[3]);
    this.#open = { id: match[1] ?? '', type: match[2] ?? '', bytes, left: bytes + 1, parts: bytes > this.contentMax ? null : [] };
    return 'object';
  }

  #take(open: Open, piece: Buffer): BatchAnswer | null {
    open.left -= piece.length;
    if (open.left > 0) {
      open.parts?.push(piece);
      return null;
    }
    this.#open = null;
    const { id, type, bytes, parts } = open;
    const whole = parts === null ? null : parts.length === 0 ? piece : Buffer.concat([...parts, piece]);
    return { kind: 'object', id, type, bytes, content: whole?.subarray(0, bytes) ?? null };
  }
}
