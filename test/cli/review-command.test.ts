/** @module `kcovet review` on an invented review: formats, exit status, colour, progress. The engine is replaced. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReviewOptions } from '../../src/review/options.js';
import type { Review } from '../../src/review/review.js';
import { review, submission } from '../render/fixtures/invented-review.js';
import { packageVersion } from '../../src/cli/version.js';
import { kcovet } from './fake-io.js';

const engine = vi.hoisted(() => ({ review: vi.fn(), replay: vi.fn() }));
vi.mock('../../src/cli/parts.js', async (original) => ({
  ...await original<object>(),
  readSubmission: async () => Promise.resolve(submission),
  reviewSubmission: engine.review,
  replaySubmission: engine.replay,
}));

const directory = mkdtempSync(join(tmpdir(), 'kcovet-cli-'));
const file = join(directory, 'gate.eml');
writeFileSync(file, 'any text: the engine is replaced\n');
afterAll(() => rmSync(directory, { recursive: true }));

/** What the engine answers. */
function answer(change: Partial<Review> = {}): void {
  engine.review.mockImplementation(async (_submission: unknown, options: ReviewOptions) => {
    options.onProgress?.({ done: 1, total: 3, scenario: 'nmi-in-section', states: 1_234_567 });
    return Promise.resolve({ ...review, ...change });
  });
}

const quiet: Partial<Review> = { verdict: 'nothingToAsk', findings: [], taskState: [] };
beforeEach(() => answer());

describe('formats', () => {
  test('text by default, with the file in the replay line', async () => {
    const { status, stdout, stderr } = await kcovet(['review', file]);
    expect(status).toBe(0);
    expect(stdout.replace(/ \\\n +/gu, ' ')).toContain(`replay: kcovet replay nmi-in-section:7f3a:t6s4n5 ${file}`);
    expect(stderr).toBe('');
  });

  test('json parses, mail is a reply with the date of the patch', async () => {
    const json = await kcovet(['review', '--format', 'json', file]);
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: 'kcovet/review@1', verdict: 'questions' });
    const mail = await kcovet(['review', '--format', 'mail', file]);
    expect(mail.stdout).toContain('\nDate: Mon, 02 Feb 2026 09:00:00 +0000\n');
    expect(await kcovet(['review', '--format', 'mail', file])).toEqual(mail);
    expect((await kcovet(['review', '--format', 'mail', '--reply-to', 'A Person <a@b.org>', file])).stdout).toContain('\nReply-To: A Person <a@b.org>\n');
    const dated = await kcovet(['review', '--format', 'mail', file], { env: { SOURCE_DATE_EPOCH: '0' } });
    expect(dated.stdout).toContain('\nDate: Thu, 01 Jan 1970 00:00:00 +0000\n');
  });

  test('no mail when there is nothing to ask, and that is said', async () => {
    answer(quiet);
    const { status, stdout, stderr } = await kcovet(['review', '--format', 'mail', file]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('nothing to ask');
  });

  test('options reach the engine', async () => {
    const { stdout } = await kcovet(['review', file, '--bounds', 'nmi=0,softirq=2', '--states', '2M']);
    expect(engine.review.mock.lastCall?.[1]).toMatchObject({ states: 2_000_000, memoryMb: 1024, bounds: { nmi: 0, softirq: 2 }, version: packageVersion() });
    expect(stdout.replace(/ \\\n +/gu, ' ')).toContain(`kcovet replay nmi-in-section:7f3a:t6s4n5 --bounds nmi=0,softirq=2 ${file}`);
    engine.replay.mockResolvedValue({ kind: 'held', evidence: review.findings.at(-1)?.evidence[0] });
    await kcovet(['replay', 's', '--bounds', 'nmi=0', file]);
    expect(engine.replay.mock.lastCall?.slice(1)).toEqual(['s', { bounds: { nmi: 0 } }]);
  });
});

describe('exit status', () => {
  test.each([
    ['questions', [], 0], ['questions', ['--exit-code'], 1], ['nothingToAsk', ['--exit-code'], 0],
    ['notPlaced', [], 3], ['outOfScope', [], 3], ['alreadyApplied', [], 0],
  ] as const)('%s with %j is %i', async (verdict, flags, expected) => {
    answer(verdict === 'questions' ? {} : { ...quiet, verdict });
    const { status, stderr } = await kcovet(['review', file, ...flags]);
    expect(status).toBe(expected);
    const said = verdict !== 'questions' && verdict !== 'nothingToAsk';
    expect(stderr.split('\n').length).toBe(said ? 2 : 1);
    if (said) expect(stderr).toMatch(/^kcovet: .*gate\.eml: /u);
  });

  test('a review that was stopped has its own status, and no mail', async () => {
    answer({ stopped: true, scenarios: review.scenarios.map((run) => ({ ...run, stopped: true, gaveUp: `stopped after 5 s, ${run.states} states` })) });
    const mail = await kcovet(['review', '--format', 'mail', '--seconds', '5', file]);
    expect(mail).toMatchObject({ status: 4, stdout: '' });
    expect(mail.stderr).toMatch(/^kcovet: .*gate\.eml: stopped by --seconds: [^\n]* not to be posted: [^\n]*\n$/u);
    const text = await kcovet(['review', '--seconds', '5', '--exit-code', file]);
    expect(text).toMatchObject({ status: 4, stderr: mail.stderr });
    expect(text.stdout.replace(/\n/gu, ' ')).toContain('stopped after 5 s');
    expect(JSON.parse((await kcovet(['review', '--format', 'json', file])).stdout)).toMatchObject({ stopped: true, scenarios: [{ stopped: true }, {}, {}] });
  });

  test.each([['--jobs', '0'], ['--jobs', '65'], ['--seconds', '0'], ['--seconds', 'x'], ['--memory', '0']])('%s %s is refused', async (option, value) => {
    const { status, stderr } = await kcovet(['review', file, option, value]);
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`${option}.* Give a number from 1 to `, 'u'));
  });

  test('an engine that breaks is one line and no stack', async () => {
    engine.review.mockRejectedValue(new TypeError('x is\nundefined'));
    const { status, stdout, stderr } = await kcovet(['review', file]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^kcovet: internal error: TypeError: x is undefined: [^\n]*\n$/u);
  });
});

describe('terminal', () => {
  test('colour on a terminal, not with NO_COLOR, by choice anywhere', async () => {
    const colored = async (args: string[], change: object): Promise<boolean> =>
      (await kcovet(['review', file, ...args], change)).stdout.includes('\x1b[');
    expect(await colored([], {})).toBe(false);
    expect(await colored([], { terminal: true })).toBe(true);
    expect(await colored([], { terminal: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await colored(['--color', 'always'], {})).toBe(true);
    expect(await colored(['--color', 'never'], { terminal: true })).toBe(false);
  });

  test('progress and figures on a terminal only, and not with --quiet', async () => {
    const { stderr, stdout } = await kcovet(['review', file], { terminal: true, columns: 100 });
    expect(stderr).toContain('scenario 2 of 3, 1,234,567 states: nmi-in-section');
    expect(stderr).toMatch(/1,234,567 states, \d+ ms\n$/u);
    expect(stdout).not.toContain(' ms');
    expect((await kcovet(['review', file])).stderr).toBe('');
    expect((await kcovet(['review', '--quiet', file], { terminal: true })).stderr).toBe('');
  });

  test('first sentences of questions above the progress, with --progress also where nobody looks', async () => {
    engine.review.mockImplementation(async (_submission: unknown, options: ReviewOptions) => {
      options.onProgress?.({ done: 0, total: 3, scenario: 'nmi-in-section', states: 0 });
      options.onQuestion?.({ path: 'kernel/kcov.c', question: 'Is kcov.h needed here? Nothing uses it.' });
      return Promise.resolve({ ...review });
    });
    expect((await kcovet(['review', file], { terminal: true, columns: 100 })).stderr).toContain('\r\x1b[Kkernel/kcov.c: Is kcov.h needed here?\n');
    expect((await kcovet(['review', '--progress', file])).stderr).toMatch(/^kernel\/kcov\.c: Is kcov\.h needed here\?\n0 scenario runs, 0 states, \d+ ms\n$/u);
    expect((await kcovet(['review', file])).stderr).toBe('');
  });
});

describe('replay', () => {
  const evidence = review.findings.at(-1)?.evidence[0];

  test('prints the steps and how they ended', async () => {
    engine.replay.mockResolvedValue({ kind: 'violated', property: 'null-dereference', evidence });
    const { status, stdout } = await kcovet(['replay', 'nmi-in-section:7f3a:t6s4n5', file]);
    expect(status).toBe(0);
    expect(stdout).toContain('<-- NULL dereference');
    expect(stdout).toMatch(/violated: null-dereference\n$/u);
    engine.replay.mockResolvedValue({ kind: 'held', evidence });
    expect((await kcovet(['replay', 's', file])).status).toBe(1);
  });

  test('every step as a picture, a file of its own', async () => {
    const evidence = review.findings.flatMap((finding) => finding.evidence).find((one) => one.kind === 'counterexample');
    engine.replay.mockResolvedValue({ kind: 'violated', property: 'null-dereference', evidence });
    const { status, stdout } = await kcovet(['replay', '--format', 'svg', 's', file]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]* aria-label="The NMI interrupts the softirq /u);
    expect(stdout.match(/ id="step-/gu)).toHaveLength(evidence?.trace.length ?? 0);
  });

  test('refuses a schedule of something else in one line', async () => {
    engine.replay.mockResolvedValue({ kind: 'refused', why: 'is of another patch: give the patch it was found on' });
    expect(await kcovet(['replay', 's:1:x', file])).toEqual({
      status: 2, stdout: '', stderr: 'kcovet: s:1:x: is of another patch: give the patch it was found on\n',
    });
  });
});

describe('check-mail', () => {
  const results = async (change: Partial<Review> = {}): Promise<unknown> => {
    answer(change);
    const { status, stdout } = await kcovet(['check-mail', file, '--url', 'https://kcovet.example.org/1']);
    expect(status).toBe(0);
    return JSON.parse(stdout);
  };

  test('results as b4 takes them: a warning with the text, a pass, or nothing', async () => {
    expect(await results()).toEqual([{ tool: 'kcovet', status: 'warn', summary: expect.stringMatching(/^\d+ questions: /u) as string, url: 'https://kcovet.example.org/1', details: expect.stringContaining('kcovet is a program') as string }]);
    expect(await results(quiet)).toEqual([expect.objectContaining({ status: 'pass', details: '' })]);
    expect(await results({ ...quiet, verdict: 'outOfScope' })).toEqual([]);
  });

  test('what cannot be read is no result: nothing on standard output, and the reason beside it', async () => {
    const { status, stdout, stderr } = await kcovet(['check-mail', join(directory, 'none.eml')]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('none.eml');
  });
});
