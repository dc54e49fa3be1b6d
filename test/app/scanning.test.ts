/** @module Stories of code scanning: a repository that wants its questions there, with and without the permission for it. */
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noSqlite } from '../store/sqlite.js';
import { fingerprintOf, markedEngine } from './marked-engine.js';
import { World, kcovFile } from './world.js';

const kcov = (...below: string[]): Record<string, string> => ({ 'kernel/kcov.c': kcovFile(...below) });

describe.skipIf(noSqlite)(`code scanning${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let world: World;
  beforeEach(async () => { world = await World.start(markedEngine(), { files: { ...kcov(), '.github/kcovet.yml': 'sarif: true\n' } }); });
  afterEach(() => world.stop());

  test('gets what is open for the head, with its line there', async () => {
    world.github.credentials.grant('security_events', 'write');
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    const [upload] = world.repo.sarifs as { commit_sha: string; ref: string; sarif: string }[];
    expect(upload).toMatchObject({ commit_sha: pull.head.sha, ref: 'refs/pull/1/head' });
    const { runs } = JSON.parse(gunzipSync(Buffer.from(upload?.sarif ?? '', 'base64')).toString()) as { runs: { results: unknown[] }[] };
    expect(runs[0]?.results).toMatchObject([{
      partialFingerprints: { 'kcovet/v1': fingerprintOf('first') },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'kernel/kcov.c' }, region: { startLine: 34 } } }],
    }]);
    expect(world.checkOf(pull)?.output?.summary).not.toContain('code scanning');
    expect(await world.kept.audit.entries({ max: 20 })).toContainEqual(expect.objectContaining({ act: 'posted', what: 'questions of o/linux#1 for code scanning' }));
  });

  test('without the permission the check says what to do, and everything else is there', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    expect(world.repo.sarifs).toEqual([]);
    expect(world.questions(pull)).toHaveLength(1);
    expect(world.checkOf(pull)).toMatchObject({ status: 'completed', conclusion: 'neutral' });
    expect(world.checkOf(pull)?.output?.summary).toContain('give the App write access to "Code scanning alerts"');
    expect(await world.kept.audit.entries({ max: 20 })).toContainEqual(expect.objectContaining({ act: 'refused', what: 'questions of o/linux#1 for code scanning' }));
  });

  test('that fails for a while is asked again, and nothing is said twice', async () => {
    world.github.credentials.grant('security_events', 'write');
    world.github.faults.add({ method: 'POST', path: /sarifs$/u, answer: { status: 502 } });
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    expect(world.repo.sarifs).toHaveLength(1);
    expect([world.questions(pull).length, world.repo.reviews.length, world.repo.checks.length]).toEqual([1, 1, 1]);
    expect(world.checkOf(pull)?.conclusion).toBe('neutral');
  });
});
