/** @module Stories of commands in mails: who may, what is done, what is answered and to whom, and what later versions remember. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mailCommands } from '../../src/lists/answering/mail-commands.js';
import { markedEngine, fingerprintOf, type MarkedEngine } from '../app/marked-engine.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { AnsweringWorld, asking, idIn, LIST, MAINTAINER, MODERATOR, POLICY, replyTo, SERVER, signed, textOf } from './answering-world.js';
import { rawMail } from './threads.js';

describe.skipIf(noSqlite)(`commands in mails${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let world: AnsweringWorld;
  let engine: MarkedEngine;
  let ours: string;
  beforeEach(async () => {
    engine = markedEngine();
    world = await AnsweringWorld.start(await openStore(), engine);
    [ours = ''] = await world.arrive(asking('v1@x', ['ASK first', 'ASK second']));
  });
  afterEach(() => world.stop());

  const v2 = asking('v2@x', ['ASK first', 'ASK second', 'more'], { subject: '[PATCH v2] kcov: ask' });

  test('invalid, below a quoted question: answered to its sender alone, not asked again, named nowhere but counted', async () => {
    const [answer = '', ...more] = await world.arrive(replyTo(ours, { below: 'What about first here?', write: '#kcovet invalid: irqs are off\nin all callers' }));
    expect([more, world.lastTo]).toEqual([[], ['author@example.org']]);
    expect(textOf(answer)).toContain('"What about first here?" (kcov_f()) is not asked again');
    expect(answer).toMatch(/^In-Reply-To: <reply-\d+@x>$/mu);
    expect(answer).not.toContain(LIST);
    const [second = ''] = await world.arrive(v2);
    expect(textOf(second)).toContain('What about second here?');
    expect(textOf(second)).not.toContain('about first');
    expect(textOf(second).replace(/\s+/gu, ' ')).toContain('Not asked again: 1 question, answered as invalid.');
    expect(await world.store.said.about(['v1@x'])).toMatchObject([{ kind: 'invalid', what: fingerprintOf('first'), note: 'irqs are off in all callers', by: 'author@example.org' }]);
  });

  test('when all that a new version would be asked is invalid, nothing is sent', async () => {
    await world.arrive(replyTo(ours, { below: 'What about first here?', write: '#kcovet invalid: no', from: MAINTAINER }), replyTo(ours, { below: 'What about second here?', write: '#kcovet invalid: no', from: MODERATOR }));
    expect(await world.arrive(v2)).toEqual([]);
  });

  test('invalid says which question is meant, or the sender is asked', async () => {
    const [answer = ''] = await world.arrive(replyTo(ours, { below: 'Hi,', write: '#kcovet invalid: no' }));
    expect(textOf(answer)).toContain('Which question is meant?');
    const [named = ''] = await world.arrive(replyTo(ours, { below: 'Hi,', write: `#kcovet invalid ${fingerprintOf('second')}: no` }));
    expect(textOf(named)).toContain('"What about second here?" (kcov_f()) is not asked again');
    const begun = { id: 'b@x', subject: 'Re: [PATCH] kcov: ask', answers: idIn(ours), headers: signed('example.org'), body: '> irq-in-trace:0000abcd:t1n10\n> What about second here?\n> elsewhere\n\n#kcovet invalid: no\n' };
    expect(textOf((await world.arrive(begun))[0] ?? '')).toContain('"What about second here?" (kcov_f()) is not asked again');
    const direct = { id: 'd@x', subject: 'Re: [PATCH] kcov: ask', answers: 'v1@x', headers: signed('example.org'), body: 'On Sunday A wrote:\n> diff --git a/kernel/kcov.c b/kernel/kcov.c\n> --- a/kernel/kcov.c\n> +++ b/kernel/kcov.c\n> @@ -10,1 +10,3 @@ int kcov_f(void)\n>  \tint first;\n> +ASK first\n\n#kcovet invalid: never\n' };
    expect(textOf((await world.arrive(direct))[0] ?? '')).toContain('"What about first here?" (kcov_f()) is not asked again');
  });

  test('assume of a function: checked at once, kept where it holds, named in every later review', async () => {
    const [answer = ''] = await world.arrive(replyTo(ours, { write: '#kcovet assume: irqs off in kcov_start' }));
    expect(textOf(answer)).toContain('It holds in all 100 states');
    const [refuted = ''] = await world.arrive(replyTo(ours, { write: '#kcovet assume: preemption off in kcov_start' }));
    expect(textOf(refuted)).toContain('It is not kept');
    await world.arrive(v2);
    expect(engine.requests.at(-1)?.assume).toEqual(['irqs off in kcov_start']);
    expect(textOf((await world.arrive(replyTo(ours, { write: '#kcovet assume: irqs off in kcov_start' })))[0] ?? '')).toContain('is assumed already');
    expect(textOf((await world.arrive(replyTo(ours, { write: '#kcovet assume: the best' })))[0] ?? '')).toContain('That cannot be assumed');
  });

  test('assume of a bound: reviewed again at once, answered with what changed; unassume takes it back', async () => {
    engine.review = ((plain) => async (request, watch) => {
      const review = await plain(request, watch);
      return request.bounds['nmi'] === 0 ? { ...review, findings: review.findings.filter(({ fingerprint }) => fingerprint !== fingerprintOf('first')) } : review;
    })(engine.review);
    const [answer = ''] = await world.arrive(replyTo(ours, { write: '#kcovet assume: nmi=0' }));
    expect(textOf(answer)).toContain('1 gone, 1 still there');
    expect(textOf(answer)).toContain('- gone: What about first here?');
    expect(textOf((await world.arrive(v2))[0] ?? '')).not.toContain('about first');
    const [back = ''] = await world.arrive(replyTo(ours, { write: '#kcovet unassume nmi=0' }));
    expect(textOf(back)).toContain('nmi=0 is not assumed any more.');
    expect(engine.requests.at(-1)?.bounds).toEqual({});
  });

  test('test, with a patch in the mail or attached: searched again with it on top', async () => {
    const diff = 'diff --git a/kernel/kcov.c b/kernel/kcov.c\n--- a/kernel/kcov.c\n+++ b/kernel/kcov.c\n@@ -10,1 +10,2 @@\n \tint first;\n+ASK third\n';
    const [inline = ''] = await world.arrive(replyTo(ours, { write: `#kcovet test\n\n${diff}` }));
    expect(textOf(inline)).toContain('With that patch on top: 0 gone, 2 still there, 1 new.');
    expect(engine.requests.at(-1)).toMatchObject({ scenarios: ['irq-in-trace'], submission: { patches: [{ n: 1, of: 2 }, { n: 2, of: 2 }] } });
    const plain = replyTo(ours, { write: '#kcovet test' });
    const attached = { ...plain, id: 'attached@x', headers: `${signed('example.org')}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n`, body: `--b\nContent-Type: text/plain\n\n> ${diff.replaceAll('\n', '\n> ').replace('third', 'first')}\n\n${plain.body ?? ''}\n--b\nContent-Type: text/x-patch; name=a.patch\nContent-Disposition: attachment; filename=a.patch\nContent-Transfer-Encoding: base64\n\n${Buffer.from(diff).toString('base64')}\n--b--\n` };
    expect(textOf((await world.arrive(attached))[0] ?? '')).toContain('With that patch on top: 0 gone, 2 still there, 1 new.');
    expect(textOf((await world.arrive(replyTo(ours, { write: '#kcovet test' })))[0] ?? '')).toContain('There is no patch in the mail');
    expect(await world.store.lists.seriesWith(plain.id)).toBeNull();
  });

  test('stop by the author: no answer, nothing to them any more, nothing about the series', async () => {
    expect(await world.arrive(replyTo(ours, { write: '#kcovet stop' }))).toEqual([]);
    expect(await world.store.said.optedOut()).toEqual(['author@example.org']);
    expect(await world.arrive(v2)).toEqual([]);
    expect(await world.arrive(asking('other@x', ['ASK third'], { subject: '[PATCH] kcov: other' }))).toEqual([]);
    expect(await world.arrive(asking('theirs@x', ['ASK third'], { subject: '[PATCH] kcov: theirs', from: 'B <b@example.org>', headers: 'Cc: author@example.org\n' }))).toHaveLength(1);
    expect(world.lastTo).not.toContain('author@example.org');
  });

  test('stop by a maintainer: nothing about the series; the author has not opted out', async () => {
    await world.arrive(replyTo(ours, { write: '#kcovet stop', from: MAINTAINER }));
    expect([await world.arrive(v2), await world.store.said.optedOut()]).toEqual([[], []]);
    expect(await world.arrive(asking('other@x', ['ASK third'], { subject: '[PATCH] kcov: other' }))).toHaveLength(1);
  });

  test('upstream is for moderators', async () => {
    expect(textOf((await world.arrive(replyTo(ours, { write: '#kcovet upstream' })))[0] ?? '')).toContain('Only moderators');
    expect(await world.arrive(replyTo(ours, { write: '#kcovet upstream', from: MODERATOR }))).toEqual([]);
    expect(await world.arrive(v2)).toEqual([]);
  });

  test('what is no command is answered once, to its sender', async () => {
    const [answer = '', ...more] = await world.arrive(replyTo(ours, { write: '#kcovet fix it\n\n#kcovet' }));
    expect([more, world.lastTo]).toEqual([[], ['author@example.org']]);
    expect(textOf(answer)).toContain('There is no such command.');
    expect(textOf(answer)).toContain('#kcovet stop: no mail to the author any more');
  });

  test.each<[string, Parameters<typeof replyTo>[1]]>([
    ['nobody vouches for', { write: '#kcovet stop', headers: '' }],
    ['another server vouches for', { write: '#kcovet stop', headers: signed('example.org', 'mx.example.net') }],
    ['the mail itself vouches for, below what the server says', { write: '#kcovet stop', headers: `Authentication-Results: ${SERVER}; dkim=none\nReceived: from evil by ${SERVER}\n${signed('example.org')}` }],
    ['another domain signed', { write: '#kcovet stop', headers: signed('evil.example') }],
    ['is neither author nor named', { write: '#kcovet stop', from: 'S <s@stranger.example>' }],
    ['is a program', { write: '#kcovet stop', headers: `Auto-Submitted: auto-replied\n${signed('example.org')}` }],
    ['is us', { write: '#kcovet stop', from: 'kcovet <kcovet@example.org>' }],
    ['only quotes', { write: '> #kcovet stop\n>> #kcovet stop\n #kcovet stop' }],
    ['writes it below a signature', { write: 'No.\n-- \n#kcovet stop' }],
    ['writes HTML', { write: '#kcovet stop', headers: `${signed('example.org')}Content-Type: text/html\n` }],
  ])('of who %s nothing is followed, and nothing answered', async (_, reply) => {
    expect(await world.arrive(replyTo(ours, reply))).toEqual([]);
    expect([await world.store.said.optedOut(), await world.store.said.about(['v1@x'])]).toEqual([[], []]);
  });

  test('a mail with 10,000 commands is one answer, and a mail that comes twice is, too', async () => {
    const many = replyTo(ours, { write: Array.from({ length: 10_000 }, (_, i) => `#kcovet invalid ${'abcdef01'}: ${i}`).join('\n\n') });
    const [answer = '', ...more] = await world.arrive(many, many);
    expect(more).toEqual([]);
    expect(textOf(answer)).toMatch(/^99\d\d more commands in that mail were not read\.$/mu);
    expect(await world.arrive(many)).toEqual([]);
  });

  test('who asks too much is not followed for a day', async () => {
    for (let i = 0; i < 20; i += 1) await world.arrive(replyTo(ours, { write: '#kcovet help' }));
    const before = engine.requests.length;
    expect(await world.arrive(replyTo(ours, { write: '#kcovet assume: nmi=0' }))).toEqual([]);
    expect(engine.requests).toHaveLength(before);
    world.nowMs += 86_400_000;
    expect(await world.arrive(replyTo(ours, { write: '#kcovet assume: nmi=0\n\n#kcovet assume: nmi=0' }))).toHaveLength(1);
    expect(engine.requests).toHaveLength(before + 1);
  });

  const diffOf = (what: string): string => `diff --git a/kernel/kcov.c b/kernel/kcov.c\n--- a/kernel/kcov.c\n+++ b/kernel/kcov.c\n@@ -10,1 +10,2 @@\n \tint first;\n+ASK ${what}\n`;

  /** Requests to the engine, and checks of assumptions. */
  const searches = (): number => engine.requests.length;

  test.each([['the list is off', (text: string) => text.replace('send: list', 'send: off')], ['it says stop', (text: string) => `stop: true\n${text}`]])('nothing is searched for an answer that may not go out: %s; what costs nothing counts', async (_, change) => {
    world.policy.text = change(POLICY);
    let checked = 0;
    const { assumed } = engine;
    engine.assumed = (...args) => { checked += 1; return assumed(...args); };
    const before = searches();
    for (const write of [`#kcovet test\n\n${diffOf('third')}`, '#kcovet assume: irqs off in kcov_start', '#kcovet assume: nmi=0']) expect(await world.arrive(replyTo(ours, { write }))).toEqual([]);
    await world.arrive(replyTo(ours, { below: 'What about first here?', write: '#kcovet invalid: no' }));
    expect([searches() - before, checked]).toEqual([0, 0]);
    expect((await world.store.said.about(['v1@x'])).map(({ kind, what }) => [kind, what])).toEqual([['assume', 'nmi=0'], ['invalid', fingerprintOf('first')]]);
    world.policy.text = POLICY;
    await world.arrive(v2);
    expect(engine.requests.at(-1)?.bounds).toEqual({ nmi: 0 });
  });

  test('a sender has ten searches in 24 hours, whatever mails they come in; others have their own, and what costs nothing goes on', async () => {
    const before = searches();
    const many = Array.from({ length: 5 }, (_, i) => `#kcovet assume: nmi=${i}`).join('\n\n');
    await world.arrive(replyTo(ours, { write: many }), replyTo(ours, { write: `${many.replaceAll('nmi', 'hardirq')}\n\n#kcovet assume: softirq=1` }));
    expect(searches() - before).toBe(10);
    const [refused = ''] = await world.arrive(replyTo(ours, { write: `#kcovet test\n\n${diffOf('third')}` }));
    expect(textOf(refused)).toContain('10 searches in 24 hours');
    expect(textOf((await world.arrive(replyTo(ours, { below: 'What about first here?', write: '#kcovet invalid: no' })))[0] ?? '')).toContain('is not asked again');
    expect(searches() - before).toBe(10);
    await world.arrive(replyTo(ours, { write: `#kcovet test\n\n${diffOf('third')}`, from: MAINTAINER }));
    expect(searches() - before).toBe(11);
    world.nowMs += 86_400_000;
    await world.arrive(replyTo(ours, { write: `#kcovet test\n\n${diffOf('third')}` }));
    expect(searches() - before).toBe(12);
  });

  test('what dies in the middle is done again, and said once', async () => {
    const review = engine.review;
    engine.review = () => { engine.review = review; return Promise.reject(new Error('the power went')); };
    const [answer = '', ...more] = await world.arrive(replyTo(ours, { below: 'What about first here?', write: '#kcovet invalid: no\n\n#kcovet assume: nmi=0' }));
    expect(more).toEqual([]);
    expect(textOf(answer)).toMatch(/versions: nmi=0\.\nReviewed again with that: 0 gone, 1 still there\.\n/u);
    expect(textOf(answer)).toContain('"What about first here?" (kcov_f()) is not asked again');
    expect(await world.store.said.about(['v1@x'])).toHaveLength(2);
  });

  test('our answers, fed back, are not answered', async () => {
    const [answer = ''] = await world.arrive(replyTo(ours, { write: '#kcovet help' }));
    const headers = `${answer.slice(0, answer.indexOf('\n\n')).replace(/^(?:From|To|Subject|Date|Message-ID|In-Reply-To|References|MIME-Version|Content-[\w-]+):.*(?:\n[ \t].*)*\n?/gmu, '')}\n${signed('example.org')}`;
    expect(await world.arrive({ id: idIn(answer), subject: 'Re: [PATCH] kcov: ask', from: 'kcovet <kcovet@example.org>', headers: headers.replace(/^\n+/u, ''), answers: 'v1@x', body: `#kcovet stop\n${textOf(answer)}` })).toEqual([]);
    expect(await world.store.said.optedOut()).toEqual([]);
  });

  test('where the policy says so an answer goes to all who got the command', async () => {
    world.policy.text = `${POLICY}answers: list\n`;
    await world.arrive(replyTo(ours, { write: '#kcovet help' }));
    expect(world.lastTo).toEqual(['author@example.org', LIST]);
    world.policy.text = `${POLICY}answers: list\n`.replace('send: list', 'send: author');
    await world.arrive(replyTo(ours, { write: '#kcovet help' }));
    expect(world.lastTo).toEqual(['author@example.org']);
  });

  test('whom somebody adds to the Cc of a command is not written to, and a list that did not agree keeps the answer from the others', async () => {
    world.policy.text = `${POLICY}answers: list\n`;
    const command = (id: string, cc: string): Promise<string[]> => world.arrive({ id, subject: 'Re: [PATCH] kcov: ask', answers: 'v1@x', headers: `${signed('example.org')}Cc: ${cc}\n`, body: '#kcovet help\n' });
    await command('c1@x', 'Victim <victim@victim.example>');
    expect(world.lastTo).toEqual(['author@example.org', LIST]);
    await command('c2@x', 'linux-foo@vger.kernel.org');
    expect(world.lastTo).toEqual(['author@example.org']);
  });

  test('a moderator says on the mail that shows a draft that a question is none: it goes without', async () => {
    world.policy.text = POLICY.replace('send: list', 'send: moderators');
    const [shown = ''] = await world.arrive(asking('w@x', ['ASK one', 'ASK two'], { subject: '[PATCH] kcov: wait' }));
    const [again = '', answer = ''] = await world.arrive(replyTo(shown, { below: 'What about one here?', write: '#kcovet invalid: no', from: MODERATOR }));
    expect([textOf(again).includes('about two'), textOf(again).includes('about one'), textOf(answer).includes('not asked again')]).toEqual([true, false, true]);
    expect(await world.arrive(replyTo(shown, { below: 'Hi,', write: '#kcovet approve', from: MODERATOR }))).toEqual([]);
    const [went = ''] = await world.arrive(replyTo(again, { below: 'Hi,', write: '#kcovet approve', from: MODERATOR }));
    expect(world.lastTo).toContain(LIST);
    expect(textOf(went)).toContain('What about two here?');
    expect(textOf(went)).not.toContain('What about one here?');
  });
});

describe.skipIf(noSqlite)(`what people asked already${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let world: AnsweringWorld;
  beforeEach(async () => { world = await AnsweringWorld.start(await openStore(), markedEngine()); });
  afterEach(() => world.stop());

  const patch = asking('v1@x', ['kcov_first(t); /* ASK first */', 'kcov_second(t); /* ASK second */']);
  const remark = (words: string, from = 'R Ev <rev@example.net>') => ({
    id: 'r@x', subject: 'Re: [PATCH] kcov: ask', from, answers: 'v1@x',
    body: `On Sunday A Uthor wrote:\n> diff --git a/kernel/kcov.c b/kernel/kcov.c\n> --- a/kernel/kcov.c\n> +++ b/kernel/kcov.c\n> @@ -10,1 +10,3 @@ int kcov_f(void)\n>  \tint first;\n> +kcov_first(t); /* ASK first */\n\n${words}\n`,
  });

  test.each<[string, string, boolean, string?]>([
    ['the same, by the function', 'Can kcov_first() race with an interrupt here?', true],
    ['something right there', 'Is this safe when an NMI comes in?', true],
    ['about another function', 'Should kcov_close() do this instead, as the others do?', false],
    ['for a comment', 'Please add a word on why we need this.', false],
    ['nothing', 'Looks good to me, thanks.', false],
    ['as a program', 'Can kcov_first() race with an interrupt here?', false, 'syzbot <syzbot@syzkaller.example>'],
    ['as the author', 'Can kcov_first() race with an interrupt here?', false, 'A Uthor <author@example.org>'],
  ])('a reply that asks %s: %s', async (_, words, known, from) => {
    const [mail = ''] = await world.arrive(patch, remark(words, from));
    expect(textOf(mail)).toContain('What about second here?');
    expect(textOf(mail).includes('What about first here?')).toBe(!known);
  });

  test('what a person asks while a draft waits for a moderator is taken out of it', async () => {
    world.policy.text = POLICY.replace('send: list', 'send: moderators');
    const [shown = ''] = await world.arrive(patch);
    await world.arrive(remark('Can kcov_first() race with an interrupt here?'));
    const [again = ''] = await world.arrive(replyTo(shown, { below: 'Hi,', write: '#kcovet approve', from: MODERATOR }));
    expect([textOf(again).includes('about second'), textOf(again).includes('about first')]).toEqual([true, false]);
    await world.arrive(replyTo(again, { below: 'Hi,', write: '#kcovet approve', from: MODERATOR }));
    expect([world.lastTo.includes(LIST), world.sender.taken.length]).toEqual([true, 3]);
  });
});

describe.skipIf(noSqlite)(`whose words count for what${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let world: AnsweringWorld;
  beforeEach(async () => { world = await AnsweringWorld.start(await openStore(), markedEngine()); });
  afterEach(() => world.stop());

  test('who sends an older version of a series of somebody else does not command what follows it', async () => {
    const note = '\nchange-id: 20260110-kcov-0123456789ab\n';
    const named = (id: string, version: number, from?: string) => {
      const sent = asking(id, ['ASK first'], { subject: version === 1 ? '[PATCH] kcov: ask' : `[PATCH v${version}] kcov: ask`, ...(from === undefined ? {} : { from }) });
      return { ...sent, body: (sent.body ?? '').replace('---\n kernel', `---\n${note} kernel`) };
    };
    const [first = ''] = await world.arrive(named('a1@x', 1, 'E Vil <e@vil.example>'));
    await world.arrive(replyTo(first, { write: '#kcovet stop', from: 'E Vil <e@vil.example>' }));
    expect((await world.store.said.about(['a1@x'])).map(({ kind }) => kind)).toEqual(['stop']);
    expect(await world.arrive(named('a2@x', 2))).toHaveLength(1);
    expect((await world.store.lists.series('a2@x'))?.older).toBe('a1@x');
  });

  test('a patch whose changelog has a line like a command is a patch', async () => {
    const sent = asking('p@x', ['ASK first']);
    expect(await world.arrive({ ...sent, headers: signed('example.org'), body: `#kcovet stop\n\n${sent.body ?? ''}` })).toHaveLength(1);
    expect(await world.store.said.about(['p@x'])).toEqual([]);
  });

  test('of a series that is over nothing is answered, and its author can still opt out', async () => {
    const [first = ''] = await world.arrive(asking('v1@x', ['ASK first']));
    await world.arrive(replyTo(first, { write: '#kcovet upstream', from: MODERATOR }));
    expect(await world.arrive(replyTo(first, { write: '#kcovet help' }))).toEqual([]);
    expect(await world.arrive(replyTo(first, { write: '#kcovet stop' }))).toEqual([]);
    expect(await world.store.said.optedOut()).toEqual(['author@example.org']);
  });

  test('property: damage of a mail with commands never has anything followed for whom nobody vouches', async () => {
    const [first = ''] = await world.arrive(asking('v1@x', ['ASK first']));
    const good = Buffer.from(rawMail(replyTo(first, { below: 'What about first here?', write: '#kcovet invalid: no\n\n#kcovet stop', headers: signed('example.org').replace('pass', 'fail') })));
    let n = 0;
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) }), { maxLength: 8 }), async (edits) => {
      const raw = Buffer.from(good);
      for (const { at, byte } of edits) raw[at] = byte;
      const before = world.sender.taken.length;
      await world.arriveRaw(raw, `damaged-${n++}@x`);
      expect([world.sender.taken.length, await world.store.said.optedOut(), (await world.store.said.about(['v1@x'])).length]).toEqual([before, [], 0]);
    }), { numRuns: 60 });
  });

  test('property: any lines are read, and quoted ones are no commands', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('#kcovet stop', '> #kcovet stop', '#kcovet', '#kcovet invalid', '-- ', 'diff --git a/a b/a', '#kcovet invalid: why', ' #kcovet stop', '#kcovetstop'));
    fc.assert(fc.property(fc.array(line, { maxLength: 40 }), (texts) => {
      const { commands, more } = mailCommands(texts.map((text, i) => ({ text, inputLine: i + 1 })));
      expect(commands.length).toBeLessThanOrEqual(10);
      expect(more).toBeGreaterThanOrEqual(0);
      for (const { at } of commands) expect(texts[at]).toMatch(/^#kcovet(?:\s|$)/u);
    }));
  });
});
