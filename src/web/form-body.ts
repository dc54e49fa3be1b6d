/** @module The body of a form, or the word that it is none: what a browser never sends is answered, and no error of ours. */
import { HTTPException } from 'hono/http-exception';
import type { WebContext } from './app.js';

/** All fields of a form. Throws a 400 for what is no form. */
export async function formOf(c: WebContext): Promise<Readonly<Record<string, string | File>>> {
  try {
    return await c.req.parseBody();
  } catch (error) {
    // What is too large stays so.
    throw error instanceof HTTPException || (error instanceof Error && error.name === 'BodyLimitError') ? error : new HTTPException(400, { message: 'This is none of our forms.' });
  }
}

/** The fields of a form; texts alone. */
export async function fieldsOf(c: WebContext): Promise<Readonly<Record<string, string>>> {
  const body = await formOf(c);
  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
