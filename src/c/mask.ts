/**
 * @module The text that tree-sitter sees: the original with parts blanked or overwritten, never longer or shorter, so that
 * offsets and lines stay those of the original. Newlines survive.
 */

const SPACE = 0x20;
const NEWLINE = 0x0a;

export class Mask {
  private readonly chars: Uint16Array;

  constructor(text: string) {
    this.chars = new Uint16Array(text.length);
    for (let i = 0; i < text.length; i++) this.chars[i] = text.charCodeAt(i);
  }

  /** Turns everything in [start, end) into spaces, newlines apart. */
  blank(start: number, end: number): void {
    for (let i = start; i < end; i++) if (this.chars[i] !== NEWLINE) this.chars[i] = SPACE;
  }

  /** Blanks [start, end) and writes `text` at its front. Asserts that it fits. */
  write(start: number, end: number, text: string): void {
    if (text.length > end - start) throw new Error(`${text} does not fit into ${end - start} characters`);
    this.blank(start, end);
    for (let i = 0; i < text.length; i++) this.chars[start + i] = text.charCodeAt(i);
  }

  /** The masked text of [start, end). */
  slice(start: number, end: number): string {
    return Buffer.from(this.chars.buffer, start * 2, (end - start) * 2).toString('utf16le');
  }
}
