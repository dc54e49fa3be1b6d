/**
 * @module Mails into a folder, for people who send by hand: a file each, which `git send-email` takes, or a Maildir. A file has
 * the name of its draft and is put there whole, so that writing it again changes nothing.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../limits.js';
import type { Letter, SendOutcome, Sender } from './sender.js';

/** Characters of the subject in the name of a file. */
const SLUG_MAX = 50;

/** A file name that says what is in it: words of the subject and the id. */
function nameOf({ id, raw }: Letter): string {
  const subject = /^Subject: (.*(?:\n[ \t].*)*)/mu.exec(raw.slice(0, raw.indexOf('\n\n')))?.[1] ?? '';
  const slug = /=\?/u.test(subject) ? '' : subject.toLowerCase().replace(/[^a-z0-9]+/gu, '-').replace(/^-/u, '').slice(0, SLUG_MAX).replace(/-$/u, '');
  return `${slug === '' ? '' : `${slug}-`}${id}`;
}

async function put(letter: Letter, { temporary, final }: { temporary: string; final: string }): Promise<SendOutcome> {
  try {
    await writeFile(temporary, letter.raw, { flush: true });
    await rename(temporary, final);
    return { kind: 'sent', answer: `written to ${final}`, refused: [], later: [] };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    return { kind: 'later', why: reasonOf(error) };
  }
}

/** A folder of files. */
export class FolderSender implements Sender {
  constructor(readonly where: string) {}

  async send(letter: Letter): Promise<SendOutcome> {
    const name = nameOf(letter);
    try {
      await mkdir(this.where, { recursive: true });
    } catch (error) {
      return { kind: 'later', why: reasonOf(error) };
    }
    return await put(letter, { temporary: join(this.where, `.${name}.tmp`), final: join(this.where, `${name}.eml`) });
  }
}

/** A Maildir: files come whole into new/ by way of tmp/. */
export class MaildirSender implements Sender {
  constructor(readonly where: string) {}

  async send(letter: Letter): Promise<SendOutcome> {
    try {
      for (const part of ['tmp', 'new', 'cur']) await mkdir(join(this.where, part), { recursive: true });
    } catch (error) {
      return { kind: 'later', why: reasonOf(error) };
    }
    const name = `${letter.id}.kcovet`;
    return await put(letter, { temporary: join(this.where, 'tmp', name), final: join(this.where, 'new', name) });
  }
}
