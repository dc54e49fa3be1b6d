/** @module policy.yml: silent by default, the strictest of all wins, errors with line and way out. */
import { describe, expect, test } from 'vitest';
import { decide, type Facts } from '../../src/lists/decide.js';
import { looksLikeList } from '../../src/lists/list-address.js';
import { parsePolicy, type Policy } from '../../src/lists/policy.js';

function policy(text: string): Policy {
  const read = parsePolicy(text);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.config;
}

const facts: Facts = { author: 'dev@example.net', recipients: ['kcov@example.org', 'mm@lists.example.org', 'jane@example.com'], lists: ['kcov@example.org'], paths: ['kernel/kcov.c'], thread: ['cover@x', 'p1@x'] };
const both = 'lists:\n  - {list: kcov@example.org, send: list}\n  - {list: mm@lists.example.org, send: list}\n';

describe('the strictest wins', () => {
  test.each([
    ['nothing said', '', 'off', 'list'],
    ['every list agreed', both, 'list', 'list'],
    ['one list of two is not in it', 'lists: [{list: kcov@example.org, send: list}]', 'off', 'author'],
    ['others may be written to as authors', 'otherLists: author\nlists: [{list: kcov@example.org, send: list}]', 'author', 'author'],
    ['one of them wants moderators', both.replace('send: list}\n  -', 'send: moderators}\n  -'), 'moderators', 'list'],
    ['one of them wants moderators, then the author alone', both.replace('send: list}\n  -', 'send: moderators, approved: author}\n  -'), 'moderators', 'author'],
    ['one is off', both.replace('send: list}\n  -', 'send: off}\n  -'), 'off', 'list'],
    ['one wants the author alone, the other moderators', both.replace('send: list}\n  -', 'send: author}\n  -').replace('mm@lists.example.org, send: list', 'mm@lists.example.org, send: moderators'), 'moderators', 'author'],
    ['the author wants to be alone', `${both}authors: [{author: Dev@example.net, send: author}]`, 'author', 'author'],
    ['the author opted out, under another address of theirs', `${both}optOut: [dev+kernel@example.net]`, 'off', 'list'],
    ['another author opted out', `${both}optOut: [other@example.net]`, 'list', 'list'],
    ['a path is off', `${both}paths: [{path: "kernel/**", send: off}]`, 'off', 'list'],
    ['another path is off', `${both}paths: [{path: "mm/**", send: off}]`, 'list', 'list'],
  ])('%s', (_, text, stage, reach) => {
    expect(decide(policy(text), facts)).toMatchObject({ stage, ...(stage === 'off' ? {} : { reach }) });
  });

  test('a patch that went to no list is nobody\'s to answer', () => {
    expect(decide(policy(`${both}otherLists: author\n`), { ...facts, recipients: ['jane@example.com'], lists: [] }).stage).toBe('off');
  });

  test('fewest severities, longest delay, smallest caps', () => {
    const text = 'severities: [high, medium, low]\ndelay: 2.hours\ncaps: {list: 4, author: 3, thread: 2}\n'
      + 'lists:\n  - {list: kcov@example.org, send: list, severities: [high, medium], delay: 1.day, perDay: 9}\n  - {list: mm@lists.example.org, send: list, severities: [high, low], perDay: 1}\n'
      + 'authors: [{author: dev@example.net, send: list, perDay: 1}]\n';
    expect(decide(policy(text), facts)).toMatchObject({
      severities: ['high'], delayMs: 86_400_000, caps: { lists: { 'kcov@example.org': 4, 'mm@lists.example.org': 1 }, author: 1, thread: 2 },
    });
  });

  test.each([
    ['the thread', 'thread: cover@x', Infinity], ['a list, until a day', 'list: mm@lists.example.org\n    until: 2027-02-01', Date.parse('2027-02-01')],
    ['a path and an author', 'path: kernel/kcov.c\n    author: dev@example.net', Infinity], ['a path and another author', 'path: kernel/kcov.c\n    author: x@example.net', 0], ['another thread', 'thread: other@x', 0],
  ])('an embargo on %s', (_, text, until) => {
    expect(decide(policy(`${both}embargoes:\n  - ${text}\n`), facts).heldUntilMs).toBe(until);
  });
});

test.each([
  ['lists:\n  - list: kcov@example.org\n    send: yes\n', 'policy.yml:3: lists.send: give one of off, moderators, author, list'],
  ['lists:\n  - list: kcov\n    send: off\n', 'policy.yml:2: lists.list: give an address, such as kcov@example.org'],
  ['lists:\n  - list: a@b.org\n    sends: off\n', 'policy.yml:3: no such key: sends: the keys are list, send, approved, severities, delay, perDay, consent'],
  ['delay: soon\n', 'policy.yml:1: delay: give a span of time, such as 1.day'],
  ['\nstop: 1\n', 'policy.yml:2: stop: give true or false'],
  ['caps:\n  list: -1\n', 'policy.yml:2: caps.list: give a number of mails a day, from 0'],
  ['embargoes:\n  - until: 2027-01-01\n', 'policy.yml:2: embargoes: name a list, an author, a path or a thread'],
  ['embargoes:\n  - {list: a@b.org, until: soon}\n', 'policy.yml:2: embargoes.until: give a day, such as 2027-01-31'],
])('%j: what is wrong, where, and the way out', (text, problem) => {
  const read = parsePolicy(text);
  expect(read.ok ? [] : read.problems.join('\n')).toContain(problem);
});

test('all that is wrong is said at once', () => {
  const read = parsePolicy('stop: 1\ndelay: soon\nlists: 3\nx: 1\n');
  expect(read.ok ? [] : read.problems.map((one) => one.split(':').slice(0, 2).join(':')).sort()).toEqual(['policy.yml:1', 'policy.yml:2', 'policy.yml:3', 'policy.yml:4']);
});

test.each([
  ['linux-kernel@vger.kernel.org', true], ['kasan-dev@googlegroups.com', true], ['linux-mm@kvack.org', true], ['netdev@vger.kernel.org', true], ['patches@lists.linux.dev', true],
  ['intel-gfx@lists.freedesktop.org', true], ['LKML <linux-kernel@VGER.kernel.org>', true], ['qemu-devel@nongnu.org', true], ['alsa-devel@alsa-project.org', true],
  ['jane@example.com', false], ['torvalds@linux-foundation.org', false], ['linus@kernel.org', false], ['list.smith@example.com', false], ['x', false],
])('%s is a list: %s', (address, is) => {
  expect(looksLikeList(address)).toBe(is);
});
