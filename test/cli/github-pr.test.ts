/** @module `kcovet review --github-pr`: a pull request on a GitHub of our own, in every format, on its base; nothing is written there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReviewOptions } from '../../src/review/options.js';
import type { Submission } from '../../src/mail/submission.js';
import type { Finding, Place, Review } from '../../src/review/review.js';
import { FakeGithub } from '../fake-github/fake-github.js';
import { kcovText, makefile } from '../gateway/repository.js';
import { review } from '../render/fixtures/invented-review.js';
import { kcovet, type Outcome } from './fake-io.js';

const engine = vi.hoisted(() => ({ review: vi.fn(), replay: vi.fn() }));
vi.mock('../../src/cli/parts.js', async (original) => ({ ...await original<object>(), reviewSubmission: engine.review, replaySubmission: engine.replay }));

const directory = mkdtempSync(join(tmpdir(), 'kcovet-pr-'));
const github = new FakeGithub();
const before = kcovText();
let env: Record<string, string> = {};

/** A pull request of two commits: the second adds lines above those of the first. */
function open(repo: string, { config, folder = '' }: { config?: string; folder?: string } = {}): void {
  const { git, branches, pulls } = github.repository('o', repo);
  const files = { [`${folder}kernel/kcov.c`]: before, [`${folder}Makefile`]: makefile('6.12'), ...(config === undefined ? {} : { '.github/kcovet.yml': config }) };
  const [base = ''] = git.commit(null, [{ message: 'base', files }]);
  branches.set('master', base);
  const second = `/* one */\n/* two */\n${kcovText({ delta: 1 })}`;
  const ids = git.commit(base, [
    { message: 'kcov: first', files: { [`${folder}kernel/kcov.c`]: kcovText({ delta: 1 }) } }, { message: 'kcov: second', files: { [`${folder}kernel/kcov.c`]: second } },
  ]);
  pulls.set(1, { number: 1, title: 'kcov: two', body: '', state: 'open', draft: false, user: { login: 'a', type: 'User' }, base: { ref: 'master' }, head: { ref: 't', sha: ids[1] ?? '', repo: `o/${repo}` } });
}

/** A finding at the line that the first patch changes. */
function findingIn(submission: Submission): Finding {
  const line = submission.patches[0]?.diff.files[0]?.hunks[0]?.lines.find((one) => one.kind === 'added')?.newLine ?? null;
  const place: Place = { path: 'kernel/kcov.c', image: 'diff', side: 'RIGHT', line, endLine: line, inDiff: true, hunk: 1, function: 'kcov_delta', text: 'int delta_value = 1;', patch: 1 };
  return { ...review.findings.find((one) => one.rule === 'torn-group')!, labels: [], place };
}

beforeAll(async () => {
  await github.start();
  env = { GITHUB_API_URL: github.url, GITHUB_TOKEN: String(github.credentials.issue()['token']) };
  open('linux');
  open('tools', { config: 'tree: src/linux\n', folder: 'src/linux/' });
  open('wrong', { config: '\nconclusion: red\n' });
});
afterAll(async () => {
  await github.stop();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  engine.review.mockImplementation(async (submission: Submission, _options: ReviewOptions): Promise<Review> =>
    Promise.resolve(submission.patches.length === 0 ? { ...review, verdict: 'outOfScope', findings: [], taskState: [] } : { ...review, findings: [findingIn(submission)], taskState: [] }));
});

const run = (...args: string[]): Promise<Outcome> => kcovet(['review', ...args], { env });

test('a pull request is reviewed as a series on its merge base, and the replay line names it', async () => {
  const { status, stdout, stderr } = await run('--github-pr', 'o/linux#1');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.replace(/ \\\n +/gu, ' ')).toContain('replay: kcovet replay nmi-in-section:7f3a:t6s4n5 --github-pr o/linux#1');
  const [submission, options] = engine.review.mock.lastCall as [Submission, ReviewOptions];
  expect(submission.patches.map((patch) => patch.subject)).toEqual(['kcov: first', 'kcov: second']);
  expect(options.base).toMatchObject({ kind: 'github', version: 'v6.12' });
  expect(options.base?.files.get('kernel/kcov.c')).toBe(before);
  expect(github.asked.every((one) => one.method === 'GET')).toBe(true);
});

test('further formats are written from the same review, with lines of the head and paths of the repository', async () => {
  engine.review.mockClear();
  const [sarif, rdjsonl] = ['a.sarif', 'a.rdjsonl'].map((name) => join(directory, name)) as [string, string];
  const { stdout } = await run('--github-pr', 'o/tools#1', '--format', 'markdown', '--write', `sarif=${sarif}`, '--write', `rdjsonl=${rdjsonl}`);
  expect(stdout).toContain('replay: kcovet replay nmi-in-section:7f3a:t6s4n5 --github-pr o/tools#1');
  expect(stdout).not.toContain('/kcovet');
  expect(engine.review).toHaveBeenCalledTimes(1);
  const line = kcovText({ delta: 1 }).split('\n').findIndex((one) => one.includes('delta_value = 1')) + 3;
  const { runs } = JSON.parse(readFileSync(sarif, 'utf8')) as { runs: { results: { locations: { physicalLocation: unknown }[] }[] }[] };
  expect(runs[0]?.results[0]?.locations[0]?.physicalLocation).toMatchObject({ artifactLocation: { uri: 'src/linux/kernel/kcov.c' }, region: { startLine: line, endLine: line } });
  expect(JSON.parse(readFileSync(rdjsonl, 'utf8'))).toMatchObject({ location: { path: 'src/linux/kernel/kcov.c', range: { start: { line } } } });
});

test('a schedule is replayed on a pull request', async () => {
  engine.replay.mockResolvedValue({ kind: 'held', evidence: review.findings.at(-1)?.evidence[0] });
  const { status } = await kcovet(['replay', 's', '--github-pr', 'o/linux#1'], { env });
  expect(status).toBe(1);
  expect((engine.replay.mock.lastCall?.[0] as Submission).patches).toHaveLength(2);
});

describe('what cannot be read is one line with the way out', () => {
  test.each([
    [['--github-pr', 'o/linux'], /^kcovet: --github-pr o\/linux: is no pull request: give OWNER\/REPO#N\n$/u],
    [['--github-pr', 'o/linux#9'], /^kcovet: o\/linux#9: no such pull request in o\/linux, or the token does not reach it\n$/u],
    [['--github-pr', 'o/wrong#1'], /^kcovet: \.github\/kcovet\.yml:2: conclusion: give neutral or failure\n$/u],
    [['x.mbox', '--github-pr', 'o/linux#1'], /^kcovet: x\.mbox: --github-pr names what is reviewed: leave the file out\n$/u],
    [['--github-pr', 'o/linux#1', '--write', 'pdf=x'], /"pdf=x" is no FORMAT=FILE: the formats are text, mail, json, markdown, sarif, rdjsonl/u],
    [['--github-pr', 'o/linux#1', '--write', `json=${join(directory, 'none', 'x')}`], /cannot be written \(ENOENT\): give a file in a folder that is there/u],
  ])('%j', async (args, said) => {
    const { status, stderr } = await run(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(said);
  });

  test('a token that is refused', async () => {
    const { status, stderr } = await kcovet(['review', '--github-pr', 'o/linux#1'], { env: { ...env, GITHUB_TOKEN: 'ghp_secret' } });
    expect(status).toBe(2);
    expect(stderr).toBe('kcovet: o/linux#1: the token is refused (401)\n');
  });
});
