/**
 * @module A story of commands in mails with the real review: two versions of our example on the model, from the first mail to what the
 * second version is asked. Some scenarios only, so that it takes seconds.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { splitMbox } from '../../src/mail/mbox.js';
import { splitLines } from '../../src/patch/input-line.js';
import { engineHere, type Engine } from '../../src/engine/engine.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { AnsweringWorld, idIn, replyTo, signed, textOf } from './answering-world.js';
import { answering } from '../app/answering-patch.js';

const SCENARIOS = ['section-in-kthread', 'softirq-in-owner', 'early-irq-in-section', 'remote-wrong-calls'];

/** The real engine, on some scenarios. */
function someScenarios(): Engine {
  const real = engineHere({ states: 400_000, memoryMb: 512, seconds: 600, jobs: 1, version: '0.0.0' });
  return {
    review: (request, watch) => real.review({ ...request, scenarios: request.scenarios ?? SCENARIOS }, watch), replay: (request, watch) => real.replay(request, watch),
    reviewUnread: (request, watch) => real.reviewUnread({ ...request, scenarios: request.scenarios ?? SCENARIOS }, watch),
    assumed: (request, watch) => real.assumed({ ...request, scenarios: SCENARIOS }, watch),
  };
}

/** The mails of an example. */
function mailsOf(example: string): { raw: Buffer; id: string }[] {
  const { messages } = splitMbox(splitLines(readFileSync(`examples/${example}`, 'latin1')));
  return messages.map(({ lines }) => {
    const raw = Buffer.from(`${lines.map(({ text }) => text).join('\n')}\n`, 'latin1');
    return { raw, id: idIn(raw.toString('latin1')) };
  });
}

const author = 'A. Developer <dev@example.org>';

const plain = (text: string): string => textOf(text).replace(/\s+/gu, ' ');

describe.skipIf(noSqlite)(`commands and the real review${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let world: AnsweringWorld;
  let ours: string;
  beforeAll(async () => {
    world = await AnsweringWorld.start(await openStore(), someScenarios());
    [ours = ''] = await world.arriveAll(mailsOf('irq-coverage.mbox'));
  });
  afterAll(() => world.stop());

  /** The one answer to a command of the author, on one line. */
  const answerTo = async (write: string, below?: string): Promise<string> => {
    const [answer = '', ...more] = await world.arrive(replyTo(ours, { write, from: author, headers: signed('example.org'), ...(below === undefined ? {} : { below }) }));
    expect([more, world.lastTo]).toEqual([[], ['dev@example.org']]);
    return plain(answer);
  };

  test('the first version is asked about', () => {
    expect(ours).toContain('\nIn-Reply-To: <20200203091245.4711-1-dev@example.org>\n');
    expect(plain(ours)).toContain('Is this ever true in a softirq?');
    expect(plain(ours)).toContain('Is it OK that interrupts stay off from here');
  });

  test('what an execution breaks is not assumed, and the answer shows it; what none breaks is kept', async () => {
    expect(await answerTo('#kcovet assume: irqs off in kcov_start')).toMatch(/does not hold in [\w-]+, so nothing rests on it\. It is not kept\. .*irqs_disabled\(\) <-- does not hold replay: kcovet replay \S+ --assume 'irqs off in kcov_start'/u);
    expect(await answerTo('#kcovet assume: kcov_remote_lock held in kcov_remote_find')).toMatch(/It holds in all \d+ states of the \d scenarios that come to kcov_remote_find\(\)/u);
  });

  test('a patch that answers a question: what showed it is searched again', async () => {
    const said = await answerTo(`#kcovet test\n\n${answering.join('\n')}`);
    expect(said).toMatch(/With that patch on top: 1 gone, [1-9]\d* still there\./u);
    expect(said).toContain('- gone: Is get_cpu_var() needed here?');
    expect(said).toMatch(/Searched again, within the bounds of the review: .*softirq-in-owner.*; [1-9]\d* states\./u);
  });

  test('the second version is not asked what was answered, and names what was assumed', async () => {
    expect(await answerTo('#kcovet invalid: the driver does that too', 'it may be clearer inside')).toContain('"Is this ever true in a softirq?" (kcov_remote_start()) is not asked again');
    const [second = '', ...more] = await world.arriveAll(mailsOf('irq-coverage-v2.mbox'));
    expect(more).toEqual([]);
    expect(plain(second)).toContain('Still open: Is it OK that interrupts stay off from here');
    expect(plain(second)).not.toContain('ever true in a softirq');
    expect(plain(second)).toContain('Not asked again: 1 question, answered as invalid.');
    expect(plain(second)).toMatch(/Assumed: kcov_remote_lock held in kcov_remote_find\. It holds in all \d+ states/u);
    expect(plain(second)).toMatch(/Of 4 questions on v1, 2 are gone and 1 remains; 0 are new\./u);
    const reply = replyTo(second, { write: '#kcovet invalid: it is', from: author, headers: signed('example.org'), below: 'Still open: Is it OK' });
    expect(plain((await world.arrive(reply))[0] ?? '')).toContain('"Is it OK that interrupts stay off from here over the whole traced section?" (kcov_remote_start()) is not asked again');
  });
});
