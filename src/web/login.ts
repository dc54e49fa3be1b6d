/** @module The way in: the token, by an address that a person was given or in a form, for a cookie; and the way out. */
import { deleteCookie, setCookie } from 'hono/cookie';
import { bodyBound } from './body-bound.js';
import { fieldsOf } from './form-body.js';
import { COOKIE, SESSION_SECONDS } from './access.js';
import type { WebApp, WebContext } from './app.js';
import type { FrameDeps } from './frame.js';
import { html, nothing, type Html } from './html.js';
import { isFromHere, whyNotActing } from './same-site.js';
import { askerOf, show } from './show.js';

const BODY_MAX = 4 * 1024;

/** A path of ours to go on to; the list for anything else. */
function pathOf(to: string): string {
  const base = 'http://localhost';
  if (!to.startsWith('/') || !URL.canParse(to, base)) return '/';
  const { origin, pathname, search, hash } = new URL(to, base);
  // As it was read: what a header cannot have in it is encoded.
  return origin === base && !pathname.startsWith('//') ? pathname + search + hash : '/';
}

function form({ to, why, where }: { to: string; why: string; where: string }): Html {
  return html`<h1>Log in</h1>
${why === '' ? nothing : html`<p role="alert" class="alert">${why}</p>`}
<form class="login" method="post" action="/login">
<input type="hidden" name="to" value="${to}">
<label>Token <input type="password" name="token" autocomplete="current-password" required></label>
<button>Log in</button>
</form>
<p class="faint">${where}</p>`;
}

/** The form to log in, in place of what may not be seen. */
export function loginPage(c: WebContext, { to, why = '', status = 401 }: { readonly to: string; readonly why?: string; readonly status?: 200 | 401 }): Response {
  const where = c.get('alone') ? 'It is in the address that kcovet outbox page printed.' : 'Whoever runs this server finds the token in its data folder, in the file token.';
  return show(c, { title: 'Log in', main: form({ to, why, where }) }, status);
}

/** Adds the pages. */
export function addLogin(app: WebApp, { access, now }: Pick<FrameDeps, 'access' | 'now'>): void {
  const enter = (c: WebContext, to: string): Response => {
    const secure = new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https' || c.get('origin').startsWith('https:');
    setCookie(c, COOKIE, access.newSession(now()), { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: SESSION_SECONDS, secure });
    return c.redirect(pathOf(to), 303);
  };
  const wrong = 'That is not the token of this server.';
  app.get('/login', (c) => {
    const [token, to] = [c.req.query('token'), c.req.query('to') ?? '/'];
    if (token === undefined) return loginPage(c, { to, status: 200 });
    return access.isToken(token) ? enter(c, to) : loginPage(c, { to, why: wrong });
  });
  app.post('/login', bodyBound(BODY_MAX), async (c) => {
    const { token = '', to = '/' } = await fieldsOf(c);
    if (!isFromHere(askerOf(c))) return loginPage(c, { to: to, why: 'The form was not sent by a page of this server.' });
    return access.isToken(token) ? enter(c, to) : loginPage(c, { to: to, why: wrong });
  });
  app.post('/logout', bodyBound(BODY_MAX), async (c) => {
    const { csrf = '' } = await fieldsOf(c);
    if (whyNotActing(c.get('visitor'), askerOf(c), csrf) !== null) return c.redirect('/', 303);
    deleteCookie(c, COOKIE, { path: '/' });
    return c.redirect('/', 303);
  });
}
