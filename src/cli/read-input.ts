/**
 * @module Reads the patch a command is given: a file, or standard input as "-". Bounded in size; whatever cannot be read
 * is one line that says what to do.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { Submission } from '../mail/submission.js';
import { readSubmission } from './parts.js';
import type { Problem } from '../patch/diff.js';
import { clean } from '../render/line.js';
import { CliFailure, type Io } from './io.js';

/** Bytes of input; a whole series with every mail of its thread is well below. */
export const INPUT_BYTES_MAX = 64 * 1024 * 1024;

/** Bytes looked at to tell text from something else. */
const SNIFFED_BYTES = 8192;

/** How an input is called in messages. */
export function inputName(file: string): string {
  return file === '-' ? 'standard input' : clean(file);
}

/** A problem of the input as one line; standard input is named instead of "-". */
export function problemInWords({ where, what }: Problem): string {
  return clean(`${where.replace(/^-(?=:|$)/u, 'standard input')}: ${what}`);
}

/** The failure of an input over the limit. */
function tooLarge(file: string): CliFailure {
  const limit = INPUT_BYTES_MAX / (1024 * 1024);
  return new CliFailure(`${inputName(file)}: more than ${limit} MB: give the mails of one series, not a whole archive`);
}

/** All of a stream, or a failure when it passes the limit. */
async function collect(chunks: AsyncIterable<Uint8Array>, file: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > INPUT_BYTES_MAX) throw tooLarge(file);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** Why a file could not be read, in words. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT': return 'no such file: check the name, or use - for standard input';
    case 'EACCES': case 'EPERM': return 'permission denied: make the file readable';
    case 'EISDIR': return 'is a directory: give the patch files in it one at a time, or joined by cat as -';
    default: return `cannot be read (${code === '' ? String(error) : code})`;
  }
}

/** The bytes of a file handle; refuses directories before reading. */
async function readHandle(handle: FileHandle, file: string): Promise<Uint8Array> {
  const stat = await handle.stat();
  if (stat.isDirectory()) throw Object.assign(new Error('directory'), { code: 'EISDIR' });
  if (stat.isFile() && stat.size > INPUT_BYTES_MAX) throw tooLarge(file);
  return await collect(handle.createReadStream({ autoClose: false }), file);
}

/** The bytes of a named file. */
async function readNamed(file: string): Promise<Uint8Array> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(file, 'r');
    return await readHandle(handle, file);
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    throw new CliFailure(`${inputName(file)}: ${reasonOf(error)}`);
  } finally {
    await handle?.close();
  }
}

/** The bytes of a file or of standard input; throws CliFailure. */
export async function readInput(file: string, io: Io): Promise<Uint8Array> {
  if (file === '-' && io.stdinIsTerminal) {
    throw new CliFailure('standard input: is a terminal: pipe a patch in, or name a file');
  }
  const bytes = file === '-' ? await collect(io.stdin, file) : await readNamed(file);
  if (bytes.byteLength === 0) throw new CliFailure(`${inputName(file)}: is empty: give a patch mail, an mbox or a diff`);
  if (bytes.subarray(0, SNIFFED_BYTES).includes(0)) {
    throw new CliFailure(`${inputName(file)}: is binary (has NUL bytes): give the patch as text, unpacked`);
  }
  return bytes;
}

/** The submission in a file or on standard input; throws CliFailure when there is no patch in it. */
export async function readPatches(file: string, io: Io): Promise<Submission> {
  return patchesOrFail(await readSubmission(file, await readInput(file, io)), file);
}

/** The submission itself when there is a patch in it; throws CliFailure otherwise. */
export function patchesOrFail(submission: Submission, file: string): Submission {
  const diffs = submission.patches.filter((patch) => patch.diff.files.length > 0);
  if (diffs.length > 0) return submission;
  const first = submission.problems[0];
  if (first) throw new CliFailure(problemInWords(first));
  throw new CliFailure(`${inputName(file)}: no patch in it: give a mail with a diff, an mbox or a diff`);
}
