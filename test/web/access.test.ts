/** @module Who may read and act: by token, cookie, password and proxy, and what none of them lets in. */
import { describe, expect, test } from 'vitest';
import { accessOf, COOKIE, SESSION_SECONDS, type AccessConfig } from '../../src/web/access.js';
import { whyNotActing } from '../../src/web/same-site.js';

const TOKEN = 'a-token-of-this-test';
const asker = (headers: Readonly<Record<string, string | undefined>> = {}, peer = '127.0.0.1'): { header: (name: string) => string; peer: string } => ({ header: (name) => headers[name] ?? '', peer });
const access = (pages: AccessConfig['pages'], proxy?: AccessConfig['proxy'], now = 0): ReturnType<typeof accessOf> => accessOf({ pages, token: TOKEN, proxy }, () => now);
const proxy = { header: 'X-Forwarded-User', from: ['127.0.0.1', '10.1.0.0/16', '::1'], actors: ['ann'] };
const basic = (password: string): string => `Basic ${Buffer.from(`b4:${password}`).toString('base64')}`;

describe('access', () => {
  test.each([
    ['open', {}, true, false], ['token', {}, false, false], ['proxy', {}, false, false],
    ['token', { authorization: `Bearer ${TOKEN}` }, true, true], ['token', { authorization: 'Bearer another-token-here' }, false, false], ['token', { authorization: TOKEN }, false, false],
    ['token', { authorization: basic(TOKEN) }, true, false], ['token', { authorization: basic('another') }, false, false], ['token', { authorization: 'Basic' }, false, false],
    ['token', { cookie: `${COOKIE}=${TOKEN}` }, false, false], ['token', { cookie: `${COOKIE}=a.9999999999.` }, false, false],
    ['token', { 'x-forwarded-user': 'ann' }, false, false],
  ] as const)('%s with %j: reads %s, acts %s', (pages, headers, mayRead, mayAct) => {
    expect(access(pages).visitor(asker(headers))).toMatchObject({ mayRead, mayAct });
  });

  test('a session is good for its time, and for its token', () => {
    const cookie = `x=1; ${COOKIE}=${access('token').newSession(5000)}`;
    const at = (ms: number): boolean => access('token', undefined, ms).visitor(asker({ cookie })).mayAct;
    expect([at(5000), at(SESSION_SECONDS * 1000 + 4000), at(SESSION_SECONDS * 1000 + 5000)]).toEqual([true, true, false]);
    expect(accessOf({ pages: 'token', token: 'another-token-of-a-test' }).visitor(asker({ cookie })).mayRead).toBe(false);
    expect(access('token').visitor(asker({ cookie: cookie.replace(/\.\d+\./u, '.9999999999.') })).mayRead).toBe(false);
  });

  test.each([
    ['ann', '127.0.0.1', true, true], ['ann', '::ffff:10.1.2.3', true, true], ['ann', '::1', true, true], ['bob', '10.1.2.3', true, false],
    ['ann', '10.2.0.1', false, false], ['ann', '', false, false], ['  ', '127.0.0.1', false, false],
  ])('a proxy says %j from %s: reads %s, acts %s', (user, peer, mayRead, mayAct) => {
    expect(access('proxy', proxy).visitor(asker({ 'x-forwarded-user': user }, peer))).toMatchObject({ mayRead, mayAct });
  });

  test('a form acts for the session that it was made for, from a page of this host', () => {
    const gate = access('token');
    const [one, other] = [gate.newSession(0), gate.newSession(0)].map((session) => gate.visitor(asker({ cookie: `${COOKIE}=${session}` })));
    if (!one || !other) throw new Error('no visitors');
    const here = { 'sec-fetch-site': 'same-origin' };
    expect(whyNotActing(one, asker(here), one.csrf)).toBeNull();
    expect(whyNotActing(one, asker({ origin: 'http://kcov.example:3000', host: 'kcov.example:3000' }), one.csrf)).toBeNull();
    for (const headers of [{}, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'none' }, { origin: 'null', host: 'kcov.example' }, { origin: 'https://evil.example', host: 'kcov.example' }]) {
      expect(whyNotActing(one, asker(headers), one.csrf)).toContain('not sent by a page');
    }
    for (const csrf of ['', other.csrf, `${one.csrf}x`]) expect(whyNotActing(one, asker(here), csrf)).toContain('another session');
    expect(whyNotActing(access('open').visitor(asker()), asker(here), '')).toContain('needs the token');
  });

  test('a token that can be guessed is none', () => expect(() => accessOf({ pages: 'open', token: 'short' })).toThrow('16 characters'));
});
