/** @module What a server is told: a file and the environment, which wins, and all that is wrong with either at once. */
import { expect, test } from 'vitest';
import { defaultConfig, readServeConfig } from '../src/config.js';
import { VARIABLES } from '../src/settings.js';

const key = '-----BEGIN PRIVATE KEY-----';
const file = (text: string): { path: string; text: string } => ({ path: '/etc/kcovet/kcovet.yml', text });

test('nothing said are the defaults', () => {
  expect(readServeConfig({})).toEqual({ ok: true, config: defaultConfig });
  expect(readServeConfig({ PORT: '' }, file(''))).toEqual({ ok: true, config: defaultConfig });
});

test('the environment wins over the file, setting by setting; paths of the file are meant from its folder', () => {
  const text = 'port: 8080\ndata: data\nwatch: /srv/watch.yml\nlimits: {states: 5, memory: 64}\nredis: redis://127.0.0.1:6379\npages: open\n';
  expect(readServeConfig({ PORT: '81', KCOVET_STATES: '7', KCOVET_DATA: 'here' }, file(text))).toMatchObject({
    ok: true, config: { port: 81, data: 'here', watch: '/srv/watch.yml', states: 7, memoryMb: 64, seconds: 3600, redis: { url: 'redis://127.0.0.1:6379', prefix: 'kcovet' }, pages: 'open', github: null },
  });
  expect(readServeConfig({}, file(text))).toMatchObject({ ok: true, config: { data: '/etc/kcovet/data', states: 5 } });
});

test('credentials may be in both', () => {
  const text = 'github:\n  app-id: 12\n  webhook-secret: long enough\n  host: ghe.example.org\n';
  expect(readServeConfig({ PRIVATE_KEY: key }, file(text))).toMatchObject({ ok: true, config: { github: { appId: '12', privateKey: key, webhookSecret: 'long enough', apiUrl: 'https://ghe.example.org/api/v3' } } });
});

test('all that is wrong is said at once, with the line or the variable', () => {
  const text = 'port: 70000\nprot: 1\ngithub:\n  app-id: mine\npages: all\nlimits:\n  states: many\n';
  const read = readServeConfig({ KCOVET_JOBS: '0', REDIS_URL: 'http://127.0.0.1' }, file(text));
  expect(read.ok ? [] : read.problems).toEqual([
    '/etc/kcovet/kcovet.yml:1: port: is a number from 0 to 65535', '/etc/kcovet/kcovet.yml:5: pages: is open, token or proxy', '/etc/kcovet/kcovet.yml:4: github.app-id: is the number of the App, such as 123456',
    '/etc/kcovet/kcovet.yml:7: limits.states: is a number from 1 to 999999999', expect.stringMatching(/^\/etc\/kcovet\/kcovet\.yml:2: no such key: prot: the keys are data, host, port/u),
    'REDIS_URL is an address such as redis://127.0.0.1:6379', 'KCOVET_JOBS is a number from 1 to 64',
  ]);
});

test('a proxy has to be told', () => {
  expect(readServeConfig({ KCOVET_PAGES: 'proxy' })).toMatchObject({ ok: false, problems: [expect.stringContaining('proxy: {header:')] });
  expect(readServeConfig({}, file('pages: proxy\nproxy: {header: X-Forwarded-User, actors: [me]}\n'))).toMatchObject({ ok: true, config: { proxy: { header: 'X-Forwarded-User', from: ['127.0.0.1', '::1'], actors: ['me'] } } });
});

test('each variable is a setting that there is: a wrong value is refused', () => {
  const wrong = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '\u0000'.repeat(5000)]));
  const read = readServeConfig(wrong);
  expect(read.ok ? [] : Object.keys(VARIABLES).filter((name) => !read.problems.some((problem) => problem.startsWith(`${name} `)))).toEqual([]);
});

test('what would do nothing is said: misspelt variables, a proxy without its pages, nothing kept, a database of Redis that is none', () => {
  const read = readServeConfig({ KCOVET_PAGE: 'open', KCOVET_REVEIWS: '2', KCOVET_TEST_REDIS: 'x', KCOVET_PORT_3000_TCP: 'x', REDIS_URL: 'redis://h:1/x' }, file('proxy: {header: X-User, actors: all}\n'));
  expect(read.ok ? [] : read.problems).toEqual(['KCOVET_PAGE is no setting: KCOVET_PAGES is', 'KCOVET_REVEIWS is no setting: KCOVET_REVIEWS is', expect.stringMatching(/^REDIS_URL is an address such as .*DATABASE/u), expect.stringMatching(/^proxy: is for pages: proxy/u)]);
  expect(readServeConfig({}, file('retention: {audit: 0.days}\n'))).toMatchObject({ ok: false, problems: ['/etc/kcovet/kcovet.yml:1: retention.audit: is a time such as 90.days'] });
});

test('of a file that cannot be read nothing else is said', () => {
  expect(readServeConfig({ KCOVET_PAGES: 'proxy' }, file('proxy: [\n'))).toMatchObject({ ok: false, problems: [expect.stringContaining('is no YAML')] });
});

test.each(['[nginx]', '[10.0.0.0/33]', '["::1/129"]', '["10.0.0.0/"]'])('a proxy is an address or a network, not %s', (from) => {
  expect(readServeConfig({}, file(`pages: proxy\nproxy:\n  header: X-Forwarded-User\n  actors: all\n  from: ${from}\n`))).toMatchObject({ ok: false, problems: [expect.stringMatching(/^\/etc\/kcovet\/kcovet\.yml:5: .*is an address such as/u)] });
});

test.each(['a b c d e f g h i j', 'ä'.repeat(20), 'x'.repeat(501)])('a token that no header can carry is none: %s', (token) => {
  expect(readServeConfig({ KCOVET_TOKEN: token })).toMatchObject({ ok: false, problems: [expect.stringMatching(/^KCOVET_TOKEN has a blank/u)] });
});
