/** @module A patch given to be reviewed, in a form: pasted or as a file, with what is taken for granted. For those who may act. */
import { UploadRefused, uploadOptionsSchema } from '../service/upload-job.js';
import { acting, refused } from './acting.js';
import { bodyBound } from './body-bound.js';
import { formOf } from './form-body.js';
import { notKept, wrongIn } from './api.js';
import type { WebApp, WebContext, WebDeps } from './app.js';
import { html, nothing, type Html } from './html.js';
import { loginPage } from './login.js';
import { show } from './show.js';
import { TOO_LARGE, UPLOAD_LIMIT, UPLOAD_MAX } from './upload-limit.js';

/** Bytes of a form: what is around its patch, and a patch whose lines a browser ends with two characters. */
const FORM_MAX = 2 * UPLOAD_MAX + 64 * 1024;

/** What stood in the form. */
interface Filled {
  readonly patch: string;
  /** Of the patch as it was given. */
  readonly bytes: number;
  readonly title: string;
  readonly assume: string;
  readonly isOpen: boolean;
}

const EMPTY: Filled = { patch: '', bytes: 0, title: '', assume: '', isOpen: false };

function form(csrf: string, { patch, title, assume, isOpen }: Filled, why = ''): Html {
  return html`<h1>Review a patch</h1>
${why === '' ? nothing : html`<p role="alert" class="alert">${why}</p>`}
<form class="upload" method="post" action="/new" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="${csrf}">
<label>Patch: a raw mail, an mbox with a series, or a diff, of up to ${UPLOAD_LIMIT}
<textarea name="patch" rows="14" spellcheck="false">${patch}</textarea></label>
<label>or a file <input type="file" name="file"></label>
<label>Title, instead of its subject <input name="title" value="${title}" maxlength="300" size="50"></label>
<label>Taken for granted, one a line, such as "irqs off in kcov_start" or "nmi=0"
<textarea name="assume" rows="2" spellcheck="false">${assume}</textarea></label>
<label><input type="checkbox" name="open"${isOpen ? html` checked` : nothing}> Shown to everybody who reads these pages</label>
<button>Review</button>
</form>`;
}

async function filledIn(c: WebContext): Promise<Filled> {
  const body = await formOf(c);
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  const { file } = body;
  const isFile = file instanceof File && file.size > 0;
  const patch = isFile ? await file.text() : text('patch').replace(/\r\n/gu, '\n');
  return { patch, bytes: isFile ? file.size : Buffer.byteLength(patch), title: text('title').trim(), assume: text('assume'), isOpen: text('open') !== '' };
}

/** Adds it. */
export function addUploadPage(app: WebApp, { uploads, log }: Pick<WebDeps, 'uploads' | 'log'>): void {
  const again = (c: WebContext, filled: Filled, why: string): Response => show(c, { title: 'Review a patch', under: '/', main: form(c.get('visitor').csrf, filled, why) }, 422);
  app.get('/new', (c) => (c.get('visitor').mayAct ? show(c, { title: 'Review a patch', under: '/', main: form(c.get('visitor').csrf, EMPTY) }) : loginPage(c, { to: '/new' })));
  app.post('/new', bodyBound(FORM_MAX, (c) => refused(c, TOO_LARGE, 413)), acting, async (c) => {
    const filled = await filledIn(c);
    if (filled.bytes > UPLOAD_MAX) return refused(c, TOO_LARGE, 413);
    if (filled.patch.trim() === '') return again(c, filled, 'Paste a patch, or choose a file.');
    const assume = filled.assume.split(/\r?\n/u).map((line) => line.trim()).filter((line) => line !== '');
    const options = uploadOptionsSchema.safeParse({ ...(assume.length > 0 ? { assume } : {}), ...(filled.title === '' ? {} : { title: filled.title }), private: !filled.isOpen });
    if (!options.success) return again(c, filled, wrongIn(options.error.issues));
    try {
      const { id, number } = await uploads.add(filled.patch, options.data);
      return c.redirect(`/s/${id}/${number}`, 303);
    } catch (error) {
      if (error instanceof UploadRefused) return again(c, filled, error.message);
      return refused(c, notKept(c, log, error), 503);
    }
  });
}
