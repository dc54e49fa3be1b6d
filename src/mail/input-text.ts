/**
 * @module Bytes to text, before anything is known of their form: cut at the limit, UTF-16 recognised by its byte order
 * mark, kinds that hold no text refused. Other text stays as bytes in chars, since each mail has its own charset.
 */
import { inputBytesMax } from '../patch/limits.js';
import type { InputLine } from '../patch/input-line.js';

/** Text, or why there is none. */
export type InputText =
  | {
      readonly kind: 'text';
      /** One char for each byte, or decoded already when the input was UTF-16. */
      readonly text: string;
      /** Decodes a line of it as UTF-8. */
      readonly decode: (line: InputLine) => InputLine;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Bytes at the start that are looked at to tell text from binary data. */
const sampleBytes = 8_000;

/** Reads at most inputBytesMax bytes. */
export function decodeInput(bytes: Uint8Array): InputText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, inputBytesMax));
  if (buffer.length === 0) return { kind: 'unreadable', why: 'the input is empty' };
  const packed = packedAs(buffer);
  if (packed) return { kind: 'unreadable', why: `the input is ${packed}, unpack it first` };
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return utf16(buffer.subarray(2));
  if (buffer[0] === 0xfe && buffer[1] === 0xff) {
    return utf16(Buffer.from(buffer.subarray(2, buffer.length - (buffer.length % 2))).swap16());
  }
  if (isBinary(buffer.subarray(0, sampleBytes))) return { kind: 'unreadable', why: 'the input is binary data' };
  const marked = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf;
  const text = buffer.subarray(marked ? 3 : 0).toString('latin1');
  return { kind: 'text', text, decode: (line) => ({ ...line, text: utf8(line.text) }) };
}

function utf16(buffer: Buffer): InputText {
  const text = Buffer.from(buffer.toString('utf16le'), 'utf8').toString('latin1');
  return { kind: 'text', text, decode: (line) => ({ ...line, text: utf8(line.text) }) };
}

function utf8(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
}

function packedAs(buffer: Buffer): string | null {
  const magic = buffer.subarray(0, 6).toString('latin1');
  if (magic.startsWith('\x1f\x8b')) return 'gzip data';
  if (magic.startsWith('BZh')) return 'bzip2 data';
  if (magic.startsWith('\xfd7zXZ')) return 'xz data';
  if (magic.startsWith('PK\x03\x04')) return 'a zip archive';
  if (magic.startsWith('\x28\xb5\x2f\xfd')) return 'zstd data';
  return null;
}

/** More than one in twenty bytes is a control character no text has. */
function isBinary(sample: Buffer): boolean {
  let control = 0;
  for (const byte of sample) if (byte < 32 && (byte < 8 || byte > 13) && byte !== 27) control++;
  return control * 20 > sample.length;
}
