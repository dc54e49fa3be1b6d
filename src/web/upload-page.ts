/** @module A patch given to be reviewed, in a form: pasted or as a file, with what is taken for granted. For those who may act. */
import { bodyLimit } from 'hono/body-limit';
import { UploadRefused, uploadOptionsSchema } from '../service/upload-job.js';
import { acting, refused } from './acting.js';
import { formOf } from './form-body.js';
import { notKept, UPLOAD_MAX, wrongIn } from './api.js';
import type { WebApp, WebContext, WebDeps } from './app.js';
import { html, nothing, type Html } from './html.js';
import { loginPage } from './login.js';
import { show } from './show.js';

/** Bytes of a form around its patch. */
const FORM_BYTES = 64 * 1024;

/** What stood in the form. */
interface Filled {
  readonly patch: string;
  readonly title: string;
  readonly assume: string;
  readonly isOpen: boolean;
}

const EMPTY: Filled = { patch: '', title: '', assume: '', isOpen: false };

function form(csrf: string, { patch, title, assume, isOpen }: Filled, why = ''): Html {
  return html`<h1>Review a patch</h1>
${why === '' ? nothing : html`<p role="alert" class="alert">${why}</p>`}
<form class="upload" method="post" action="/new" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="${csrf}">
<label>Patch: a raw mail, an mbox with a series, or a diff
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
  const patch = file instanceof File && file.size > 0 ? await file.text() : text('patch').replace(/\r\n/gu, '\n');
  return { patch, title: text('title').trim(), assume: text('assume'), isOpen: text('open') !== '' };
}

/** Adds it. */
export function addUploadPage(app: WebApp, { uploads, log }: Pick<WebDeps, 'uploads' | 'log'>): void {
  const again = (c: WebContext, filled: Filled, why: string): Response => show(c, { title: 'Review a patch', under: '/', main: form(c.get('visitor').csrf, filled, why) }, 422);
  app.get('/new', (c) => (c.get('visitor').mayAct ? show(c, { title: 'Review a patch', under: '/', main: form(c.get('visitor').csrf, EMPTY) }) : loginPage(c, { to: '/new' })));
  app.post('/new', bodyLimit({ maxSize: UPLOAD_MAX + FORM_BYTES, onError: (c) => refused(c, 'That is too large: give one series.', 413) }), acting, async (c) => {
    const filled = await filledIn(c);
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
