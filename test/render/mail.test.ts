/** @module The reply as LISTS ask for it: headers, recipients, quoting, wrapping, nothing that tools mistake. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMessage } from '../../src/mail/message.js';
import { ProblemList, splitLines } from '../../src/patch/input-line.js';
import type { Patch, Submission } from '../../src/mail/submission.js';
import type { Review } from '../../src/review/review.js';
import { encodeWords, headerField, parseAddresses } from '../../src/render/mail-headers.js';
import { patchesToAnswer, renderMail, renderMbox } from '../../src/render/mail.js';
import { review, submission } from './fixtures/invented-review.js';

const options = { from: 'kcovet <kcovet@example.org>', date: 'Mon, 02 Feb 2026 10:00:00 +0100' };

/** Headers, unfolded, and the body's lines. */
function parse(mail: string): { headers: Map<string, string>; body: string[] } {
  const end = mail.indexOf('\n\n');
  const fields = mail.slice(0, end).replace(/\n[ \t]+/gu, ' ').split('\n');
  const headers = new Map(fields.map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
  }));
  expect(headers.size).toBe(fields.length);
  return { headers, body: mail.slice(end + 2).split('\n') };
}

/** The fixture with another patch mail or review. */
function withPatch(change: Partial<Patch>): Submission {
  return { ...submission, patches: submission.patches.map((patch) => ({ ...patch, ...change })) };
}

function withQuestion(question: string): Review {
  return { ...review, findings: review.findings.map((one) => ({ ...one, question })) };
}

describe('headers', () => {
  const { headers } = parse(renderMail(review, submission, options));

  test('answer the author, copy the rest, leave ourselves and repeats out', () => {
    expect(headers.get('from')).toBe('kcovet <kcovet@example.org>');
    expect(headers.get('to')).toContain('<joerg@example.net>');
    expect(headers.get('cc')).toBe('"Doe, Jane" <jane@example.org>, linux-test@vger.example.org, Somebody Else <else@example.com>');
  });

  test('thread by In-Reply-To and References, exact subject', () => {
    expect(headers.get('subject')).toBe('Re: [PATCH RFC] kcov: open a gate while the area is exchanged');
    expect(headers.get('in-reply-to')).toBe('<gate.1@example.net>');
    expect(headers.get('references')).toBe('<cover.1@example.net> <gate.1@example.net>');
    expect(headers.get('auto-submitted')).toBe('auto-replied');
    expect(headers.get('x-kcovet-review')).toContain('rules=0badcafe');
    expect(headers.get('date')).toBe(options.date);
  });

  test('are ASCII, and the charset follows the body', () => {
    const mail = renderMail(withQuestion('Größe?'), submission, options);
    expect(mail.slice(0, mail.indexOf('\n\n'))).toMatch(/^[\x20-\x7e\n]*$/u);
    expect(parse(mail).headers.get('content-transfer-encoding')).toBe('8bit');
    expect(mail).toContain('Größe?');
    expect(headers.get('content-transfer-encoding')).toBe('7bit');
  });

  test('a Message-ID that is stable and follows the content', () => {
    const id = (mail: string): string | undefined => parse(mail).headers.get('message-id');
    expect(id(renderMail(review, submission, options))).toBe(headers.get('message-id'));
    expect(id(renderMail(withQuestion('Another?'), submission, options))).not.toBe(headers.get('message-id'));
    expect(id(renderMail(review, submission, { ...options, date: 'Tue, 03 Feb 2026 10:00:00 +0100' }))).toBe(headers.get('message-id'));
  });

  test('cannot be injected by a subject or an address', () => {
    const hostile = withPatch({ subject: 'x\r\nBcc: everybody@example.org\n\nbody' });
    const parsed = parse(renderMail(review, hostile, options));
    expect([...parsed.headers.keys()]).not.toContain('bcc');
    expect(parsed.body[0]).toBe('Hi,');
  });
});

describe('body', () => {
  test('wraps our words at 76 and leaves quoted lines alone', () => {
    const long = `+\t${'x'.repeat(200)}`;
    const findings = review.findings.map((one) => (one.quote ? { ...one, quote: { ...one.quote, lines: [long] } } : one));
    const { body } = parse(renderMail({ ...review, findings }, submission, options));
    expect(body.filter((line) => !line.startsWith('>') && !line.includes('replay:') && line.length > 76)).toEqual([]);
    expect(body).toContain(`> ${long}`);
  });

  test('is the same to a reader of format=fixed, line by line, and leaves one of format=flowed nothing to join', async () => {
    for (const question of ['Why? Größe >= 2.', 'From here on?\n\n>> or there?']) {
      const mail = renderMail(withQuestion(question), submission, options);
      const read = await readMessage({ lines: splitLines(Buffer.from(mail).toString('latin1')) }, new ProblemList('mail'));
      expect(`${read.body.map(({ text }) => text).join('\n')}`.trimEnd()).toBe(mail.slice(mail.indexOf('\n\n') + 2).trimEnd());
      expect(parse(mail).headers.get('content-type')).not.toContain('flowed');
      expect(parse(mail).body.filter((line) => !line.startsWith('>') && line.endsWith(' '))).toEqual([]);
    }
  });

  test('puts each question under its line, in the order of the patch, cuts marked, the rest last', () => {
    const { body } = parse(renderMail(review, submission, options));
    const at = (start: string): number => body.findIndex((line) => line.startsWith(start));
    const order = ['> +\tgate_swap(t);', 'What happens if', '  CPU0 softirq', '  replay: ', '[ ... ]', '> +\tkcov_start(',
      "Isn't the sequence", 'In kcov_task_exit()', 'Can this be', "The task's kcov state", 'It ran 2 scenarios', 'How to answer'].map(at);
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(body.join('\n')).not.toContain('An older question');
  });

  test('says that it is a program, the base and the extent', () => {
    const text = renderMail(review, submission, options).replace(/\n/gu, ' ');
    expect(text).toContain('kcovet, a program, ran this on a model of kernel/kcov.c (v5.5, base f50354202dbe)');
    expect(text).toContain('It ran 2 scenarios, 121 k states, all searched to the end');
  });

  test('begins with one or two short lines, whatever the base is called, and says at the end what they leave out', () => {
    const names = ['v6.12', 'v6.12-rc3-1234-gabcdef012345', '0123456789ab with kernel/kcov.c, include/linux/kcov.h as the patch names it', 'x'.repeat(300)];
    const bounds = { cpus: 12, softirq: 12, hardirq: 12, nmi: 12, states: 9 };
    const scenarios = review.scenarios.map((run) => ({ ...run, bounds }));
    for (const label of names) for (const blob of [null, 'f'.repeat(40)]) for (const path of ['kernel/kcov.c', `drivers/${'deep/'.repeat(30)}x.c`]) for (const kind of ['model', 'tree'] as const) {
      const base = { ...review.base, kind, label, files: [{ path, blob, verified: false }] };
      const { body } = parse(renderMail({ ...review, base, scenarios }, submission, options));
      const introduction = body.slice(2, body.indexOf('', 2));
      expect(introduction.length, introduction.join('\n')).toBeLessThanOrEqual(2);
      expect(Math.max(...introduction.map((line) => line.length))).toBeLessThanOrEqual(72);
      expect(introduction.join(' ')).toMatch(/base .* with up to 12 CPUs, 12 softirqs, 12 hardirqs and 12 NMIs\.|of .* with up to 12 CPUs/u);
      const unbroken = body.join(' ');
      for (const whole of [label, path]) expect(unbroken).toContain(whole);
      expect(unbroken).toContain('It ran 2 scenarios');
    }
  });

  test('names the file that the base is known by, and no budget as a bound', () => {
    const files = [{ path: 'include/linux/kcov.h', blob: null, verified: false }, { path: 'kernel/kcov.c', blob: `0123456789ab${'c'.repeat(28)}`, verified: true }];
    const scenarios = review.scenarios.map((run) => ({ ...run, bounds: { ...run.bounds, states: 400_000 } }));
    const base = { ...review.base, label: 'the model of kcov in v6.12', files };
    const text = renderMail({ ...review, base, scenarios }, submission, options).replace(/\n/gu, ' ');
    expect(text).toContain('on a model of kernel/kcov.c (v6.12, base 0123456789ab) with up to 2 CPUs, one softirq and one NMI.');
    expect(text).not.toContain('400000');
  });

  test('a search that gave up is not called complete', () => {
    const scenarios = review.scenarios.map((run) => ({ ...run, verdict: 'gaveUp' as const }));
    const text = renderMail({ ...review, scenarios }, submission, options).replace(/\n/gu, ' ');
    expect(text).toContain('2 of them given up at the limit of states');
    expect(text).not.toContain('searched to the end');
  });

  test('a search that came to what is not modelled is not said to have come to a limit', () => {
    const scenarios = review.scenarios.map((run) => ({ ...run, verdict: 'gaveUp' as const }));
    const notModelled = [{ place: { ...review.findings[0]!.place, function: 'gate_put' }, text: 'queue_gate(gate);', why: 'queue_gate() is not known' }];
    const text = renderMail({ ...review, scenarios, notModelled }, submission, options).replace(/\n/gu, ' ');
    expect(text).toContain('2 of them only up to what is not modelled');
    expect(text).toContain('Not modelled: queue_gate(gate) in gate_put() (queue_gate() is not known).');
    expect(text).not.toContain('limit');
  });

  test('a search that was stopped says after how long, and how far it came', () => {
    const scenarios = review.scenarios.map((run) => ({ ...run, verdict: 'gaveUp' as const, stopped: true, gaveUp: `stopped after 5 s, ${run.states} states` }));
    const text = renderMail({ ...review, scenarios, stopped: true }, submission, options).replace(/\n/gu, ' ');
    expect(text).toMatch(/2 scenarios, 121 k states, 2 of them stopped after 5 s \([\w-]+ at [\d.]+ k? ?states; /u);
  });

  test('property: no line of ours is a trailer, a separator or a diff, whatever the question says', () => {
    const words = fc.array(fc.constantFrom('Reviewed-by:', 'From', 'diff', '--git', '---', '--', 'Fixes:', 'a@b.org', '\n\n', 'why?'), { maxLength: 40 });
    fc.assert(fc.property(words, (list) => {
      const { body } = parse(renderMail(withQuestion(list.join(' ')), submission, options));
      for (const line of body.filter((one) => !one.startsWith('>'))) {
        expect(line).not.toMatch(/^\s*(?:[\w-]+-by|fixes|cc|link):/iu);
        expect(line).not.toMatch(/^(?:From |-- ?$|---|diff )/u);
      }
    }));
  });

  test('nothing for patches without questions; several mails make an mbox', () => {
    expect(patchesToAnswer(review, submission)).toEqual([1]);
    expect(patchesToAnswer({ ...review, findings: [] }, submission)).toEqual([]);
    const mbox = renderMbox(['A: b\n\nFrom here\n', 'A: c\n\nx\n']);
    expect(mbox.match(/^From kcovet /gmu)).toHaveLength(2);
    expect(mbox).toContain('\n>From here\n');
  });
});

describe('header fields', () => {
  test('property: encoded words decode to the text, each at most 75 octets', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const flat = text.replace(/\s+/gu, ' ').replace(/\p{Cc}/gu, '').trim();
      const encoded = encodeWords(text);
      if (encoded === flat) return;
      const words = encoded.split(' ');
      expect(words.every((word) => word.length <= 75)).toBe(true);
      const decoded = words.map((word) => Buffer.from(word.slice(10, -2), 'base64').toString('utf8')).join('');
      expect(decoded).toBe(Buffer.from(flat).toString('utf8'));
    }));
  });

  test('property: a folded field unfolds to its words', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[!-~]{1,30}$/u), { minLength: 1, maxLength: 40 }), (words) => {
      const field = headerField('Subject', words.join(' '));
      expect(field.replace(/\n /gu, ' ')).toBe(`Subject: ${words.join(' ')}`);
      expect(field.split('\n').every((line) => line.length <= 78)).toBe(true);
    }));
  });

  test('addresses: commas in quotes, bare addresses, rubbish', () => {
    expect(parseAddresses(['"A, B" <a@b.org>, c@d.org', 'nobody'])).toEqual([
      { name: 'A, B', address: 'a@b.org' }, { name: '', address: 'c@d.org' },
    ]);
  });
});
