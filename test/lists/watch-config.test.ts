/** @module watch.yml: its defaults, and everything that is wrong with one at once. */
import { expect, test } from 'vitest';
import { readWatchConfig } from '../../src/lists/watch-config.js';

const least = 'sources:\n  - name: lkml\n    kind: mirror\n    path: list\n    lists: [linux-kernel@vger.kernel.org]\n';

test('a list and where it is will do', () => {
  const read = readWatchConfig(least, 'watch.yml');
  expect(read.ok && read.config).toMatchObject({ data: 'kcovet-data', since: '2.weeks', poll: '5.minutes', wait: '1.hour', from: 'kcovet <kcovet@localhost>', base: {} });
});

test.each([
  ['mirror', 'url: https://lore.kernel.org/lkml'], ['github-mirror', 'repository: o/list@main'], ['feed', 'url: https://lore.kernel.org/lkml\n    query: "dfn:kernel/kcov.c"'], ['maildir', 'path: /var/mail/box'], ['mbox', 'path: "-"'],
])('a %s', (kind, where) => {
  expect(readWatchConfig(least.replace('mirror', kind).replace('path: list', where), 'w').ok).toBe(true);
});

test('all that is wrong is said, with line, key and way out', () => {
  const read = readWatchConfig('sources:\n  - name: LKML\n    kind: nntp\n    lists: [nowhere]\npoll: often\nsince: once\nfrom: nobody\nsmtp: yes\n', 'watch.yml');
  expect(read.ok ? [] : read.problems.map((line) => line.replace(/(?<=keys are ).*/u, '...'))).toEqual(expect.arrayContaining([
    'watch.yml:2: sources.name: give a short name of small letters and digits, which stays: the reading goes on under it',
    'watch.yml:3: sources.kind: give mirror, github-mirror, feed, maildir or mbox',
    'watch.yml:4: sources.lists: give an address such as list@example.org',
    'watch.yml:5: poll: give a time such as 5.minutes', 'watch.yml:6: since: give a time such as 2.weeks or 2026-01-31',
    'watch.yml:7: from: give an address such as kcovet <kcovet@example.org>', 'watch.yml:8: no such key: smtp: the keys are ...',
  ]));
});

test.each([
  ['a mirror with nothing that says where', 'path: list', 'query: x', 'a mirror has url or path'],
  ['two of them', 'path: list', 'path: list\n    url: https://lore.kernel.org/lkml', 'a mirror has url or path'],
  ['another protocol', 'path: list', 'url: ftp://lore.kernel.org/lkml', 'give a URL of http or https'],
  ['a URL that git would take as an option', 'path: list', 'url: --upload-pack=x', 'give a URL of http or https'],
  ['a feed of a folder', 'kind: mirror', 'kind: feed', 'a feed has url'],
])('%s', (_, from, to, what) => {
  const read = readWatchConfig(least.replace(from, to), 'w');
  expect(read.ok ? '' : read.problems.join('\n')).toContain(what);
});

test('two sources of one name would read on from one place', () => {
  const read = readWatchConfig(`${least}${least.replace('sources:\n', '')}`, 'w');
  expect(read.ok ? '' : read.problems[0]).toContain('two sources have the same name');
});
