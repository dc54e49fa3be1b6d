/**
 * @module The README's excerpt is what its own command prints, and the schedule in it replays. `BLESS=1 npx vitest run
 * test/cli/readme.test.ts` puts the excerpt as it is printed now into the README.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { kcovet } from './fake-io.js';

const EXAMPLE = 'examples/irq-coverage.mbox';
const BLOCK = /(?<=## What the output means\n+```\n)[^`]+(?=```\n)/u;

/** From one line of the output to the next replay line. */
function printedFrom(first: string, output: string): string {
  const from = output.indexOf(`\n${first}\n`) + 1;
  const end = /^ {2}replay: .*(?:\\\n.*)?\n/mu.exec(output.slice(from));
  return from === 0 || !end ? '' : output.slice(from, from + end.index + end[0].length);
}

describe('README.md', () => {
  let printed = '';
  let readme = '';
  let excerpt = '';
  beforeAll(async () => {
    printed = (await kcovet(['review', EXAMPLE])).stdout;
    readme = readFileSync('README.md', 'utf8');
    const known = BLOCK.exec(readme)?.[0] ?? '';
    const fresh = printedFrom(known.split('\n')[0] ?? '', printed);
    if (process.env['BLESS'] === '1' && fresh !== '') writeFileSync('README.md', readme = readme.replace(BLOCK, () => fresh));
    excerpt = BLOCK.exec(readme)?.[0] ?? '';
  });

  test('shows lines that the review of the example prints', () => {
    expect(readme).toContain(`npx kcovet review ${EXAMPLE}`);
    expect(excerpt).toBe(printedFrom('> +	parked->kcov = t->kcov;', printed));
    expect(excerpt.split('\n').length).toBeGreaterThan(20);
  });

  test('its replay line is one line, a command that works, and what the text below says of it', async () => {
    const [, schedule = '', file = ''] = /^ {2}replay: kcovet replay (\S+) (\S+)$/mu.exec(excerpt) ?? [];
    expect(file).toBe(EXAMPLE);
    const { status, stdout } = await kcovet(['replay', schedule, file]);
    expect(stdout).toMatch(/^violated: coverage-lost: /mu);
    expect(status).toBe(0);
    const moves = schedule.split(':').at(-1) ?? '';
    const [t, s, u] = moves.match(/\d+/gu) ?? [];
    expect(readme.replace(/\s+/gu, ' ')).toContain(`\`${moves}\` is ${t} steps of the task, ${s} of the softirq, ${u} of the task.`);
  });
});
