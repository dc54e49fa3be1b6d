/** @module The body of a request within a bound, for every door of ours. */
import type { IncomingMessage } from 'node:http';

/** The body; null for one that is larger than it may be, of which no more is read than that. */
export async function bodyOf(request: IncomingMessage, max: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > max) return null;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > max) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
