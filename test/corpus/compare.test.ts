/** @module The thread of the yardstick: what people wrote into it, counted by reading it, and whether a review meets it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readThread } from '../../src/mail/read-thread.js';
import { remarksOf, type Remark } from '../../src/mail/remarks.js';
import { compareThread } from '../../src/review/compare-thread.js';
import { corpusReview, missing, YARDSTICK } from './corpus.js';

const REPLIES = ['2019-12-17-irq-rfc-review.eml', '2019-12-17-irq-rfc-review-overall.eml', '2019-12-17-irq-rfc-review-put.eml'];

/** The lines of the patch that the remarks stand under, by the ids of the corpus; Q10 stands under none, Q12 is in other mails. */
const PLACES: Readonly<Record<string, RegExp>> = {
  Q1: /DEFINE_PER_CPU\(void \*, kcov_irq_area\)/u, Q2: /t->kcov_mode = xchg/u, Q3: /get_cpu_var\(kcov_remote_irq\)/u, Q4: /t->kcov_interrupt = true/u, Q5: /kcov_remote_swap_irq\(t, irq\)/u,
  Q6: /local_irq_restore/u, Q7: /CONFIG_KCOV_IRQ_AREA_SIZE/u, Q8: /area = vmalloc/u, Q9: /kcov_start\(/u, Q11: /kcov_put\(kcov\)/u,
};

async function remarks(files: readonly string[]): Promise<Remark[]> {
  const folder = path.resolve('..', 'shared', 'corpus');
  return remarksOf(await readThread(files.map((name) => ({ name, bytes: readFileSync(path.join(folder, name)) }))));
}

/** The line that a remark stands under. */
function under({ above }: Remark): string {
  return above.at(-1)?.line.text ?? '';
}

describe.skipIf(missing)('the thread of the yardstick', () => {
  test('has ten inline remarks and one about all of it', async () => {
    const found = await remarks([YARDSTICK, ...REPLIES]);
    const inline = found.filter((remark) => remark.kind === 'inline').map(under);
    expect(inline).toHaveLength(10);
    for (const [id, place] of Object.entries(PLACES)) expect(inline.filter((line) => place.test(line)), id).toHaveLength(1);
    expect(found.filter((remark) => remark.kind !== 'inline').map(({ kind, text }) => `${kind} ${text.slice(0, 7)}`)).toEqual(['overall Overall']);
  });

  test('a page that quotes the replies has the same, without the last', async () => {
    const inline = (await remarks([YARDSTICK, '2019-12-17-irq-rfc-review-overall.hypermail.txt'])).filter((remark) => remark.kind === 'inline').map(under);
    expect(inline).toHaveLength(9);
    for (const [id, place] of Object.entries(PLACES)) expect(inline.filter((line) => place.test(line)), id).toHaveLength(id === 'Q11' ? 0 : 1);
  });

  test('all of them are met', async () => {
    const compared = compareThread(await corpusReview(YARDSTICK), await remarks([YARDSTICK, ...REPLIES]), 4);
    const rows = compared.remarks.map(({ place, met }) => `${(place?.text ?? '-').slice(0, 46).padEnd(46)} ${met.map((one) => `${one.rule} (${one.near})`).join(', ') || 'theirs alone'}`);
    process.stdout.write(`${rows.join('\n')}\n`);
    expect(compared.remarks.filter(({ kind, met }) => kind === 'inline' && met.length === 0).map(({ place }) => place?.text)).toEqual([]);
    expect(compared.counts).toMatchObject({ inline: 10, met: 10, theirsAlone: 0 });
  }, 600_000);
});
