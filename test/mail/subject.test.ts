import { expect, it } from 'vitest';
import { parseSubject } from '../../src/mail/subject.js';

it.each([
  ['[PATCH] kcov: a b', { patch: true, reply: false, version: 1, n: null, of: null, title: 'kcov: a b' }],
  ['[PATCH RFC v2 1/3] x', { version: 2, n: 1, of: 3, title: 'x' }],
  ['[RFC PATCH 0/2] x', { n: 0, of: 2, patch: true, title: 'x' }],
  ['[RFC][PATCHv3 02/10] x', { version: 3, n: 2, of: 10, title: 'x' }],
  ['[list] [PATCH, 1/3 V2] x', { version: 2, n: 1, of: 3, title: 'x' }],
  ['Re: RE: [PATCH 1/2] x', { reply: true, full: '[PATCH 1/2] x', title: 'x' }],
  ['[list] Re: [PATCH 1/2] x', { reply: true, n: 1, title: 'x' }],
  ['[PATCH net-next 4/5] x', { n: 4, of: 5, title: 'x' }],
  ['[PATCH -next v2] x', { version: 2, n: null, title: 'x' }],
  ['[RESEND PATCH v4 1/1] x', { version: 4, n: 1, of: 1 }],
  ['[PATCH] [media] x', { title: '[media] x' }],
  ['[PATCH]\n x', { title: 'x' }],
  ['talk about 1/2', { patch: false, n: null, title: 'talk about 1/2' }],
  ['', { patch: false, title: '', version: 1 }],
])('%s', (subject, want) => {
  expect(parseSubject(subject)).toMatchObject(want);
});
