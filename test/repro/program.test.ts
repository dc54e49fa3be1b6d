import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';
import { reproSubmission } from '../../src/review/repro-submission.js';
import type { ReproResult } from '../../src/review/repro-submission.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { editedModel } from './edited-model.js';

const hasGcc = spawnSync('gcc', ['--version']).status === 0;

/** What is said about a program by the compiler. */
function compiled(text: string): string {
  const { stderr } = spawnSync('gcc', ['-Wall', '-Wextra', '-O2', '-pthread', '-x', 'c', '-c', '-o', '/dev/null', '-'], { input: text, encoding: 'utf8' });
  return stderr;
}

/** The results for all counterexamples of a scenario that show a property. */
async function resultsOf(submission: Submission, scenario: string, property: string): Promise<ReproResult[]> {
  const review = await reviewSubmission(submission, { states: 400_000, bounds: {}, scenarios: [scenario] });
  const schedules = review.findings.filter((finding) => finding.property === property && finding.status === 'new').flatMap(({ evidence }) => evidence.flatMap((one) => one.schedule ?? []));
  return await Promise.all(schedules.map((schedule) => reproSubmission(submission, schedule, { bounds: {} })));
}

async function programOf(edit: readonly [find: string, by: string], scenario: string, property: string): Promise<string> {
  const results = await resultsOf(editedModel('v5.5', ...edit), scenario, property);
  const [first] = results.filter((result) => result.kind === 'program');
  if (!first) throw new Error(`no program: ${JSON.stringify(results)}`);
  return first.text;
}

const ENABLE_TWICE = ['|| t->kcov != NULL)\n\t\t\treturn -EBUSY;\n\t\tmode = kcov_get_mode(arg);', ')\n\t\t\treturn -EBUSY;\n\t\tmode = kcov_get_mode(arg);'] as const;
const NO_PUT = ['\t\tkcov_disable(t, kcov);\n\t\tkcov_put(kcov);\n', '\t\tkcov_disable(t, kcov);\n'] as const;
const NO_GET = ['\t\tkcov->t = t;\n\t\tkcov_get(kcov);\n', '\t\tkcov->t = t;\n'] as const;
const NO_LOCK = ['\tres = kcov_ioctl_locked(kcov, cmd, arg);\n', '\tspin_unlock(&kcov->lock);\n\tres = kcov_ioctl_locked(kcov, cmd, arg);\n\tspin_lock(&kcov->lock);\n'] as const;
const STILL_ON = ['\tWRITE_ONCE(t->kcov_mode, KCOV_MODE_DISABLED);\n\tbarrier();\n\tt->kcov_size = 0;\n\tt->kcov_area = NULL;\n', '\tbarrier();\n'] as const;
const SHORT = ['off < size;', 'off + PAGE_SIZE < size;'] as const;
const ONE_MORE = ['pos < t->kcov_size', 'pos <= t->kcov_size'] as const;

const CASES = [
  { what: 'a result', edit: ENABLE_TWICE, scenario: 'two-devices', property: 'errno', has: [/CALL\(\d+, kcov_enable\(&B, KCOV_TRACE_PC\), -EBUSY\);\t\/\* here: 0 \*\//u, /#define MARKED \d/u] },
  { what: 'memory that stays', edit: NO_PUT, scenario: 'device-lifecycle', property: 'leak', has: [/static int grows\(void\)/u, /#define AREA_WORDS 98304/u, /\/sys\/kernel\/slab\/%s\/shrink/u] },
  { what: 'memory that is gone', edit: NO_GET, scenario: 'closed-while-enabled', property: 'use-after-free', has: [/CONFIG_KASAN=y/u, /kcov_close\(&A\), 0\)/u, /if \(!d->area\) \{/u] },
  { what: 'records of what should not be traced', edit: STILL_ON, scenario: 'device-lifecycle', property: 'coverage-misattributed', has: [/an area that is not its own/u, /CONFIG_KCOV_INSTRUMENT_ALL=y/u] },
  { what: 'pages that are not there', edit: SHORT, scenario: 'device-lifecycle', property: 'mmap-without-pages', has: [/touched\(&A, PAGES\(24\), kcov_mmap\(&A, PAGES\(24\), 0\)\)/u] },
  { what: 'a write of user space', edit: ONE_MORE, scenario: 'hostile-count', property: 'out-of-bounds', has: [/write_area\(&A, 0, 0x[0-9a-f]+ULL\)/u] },
  { what: 'a race', edit: NO_LOCK, scenario: 'enabled-at-once', property: 'errno', has: [/meet\((\d+), 0, 2\);[^]*meet\(\1, 1, 2\);/u, /return r\d+ == -EBUSY && r\d+ == 0;/u] },
];

describe('a program for user space', () => {
  it.each(CASES)('shows $what', async ({ edit, scenario, property, has }) => {
    const text = await programOf(edit, scenario, property);
    expect(text.startsWith('// SPDX-License-Identifier: GPL-2.0\n/*\n * Shows on a real kernel what kcovet asks about "kcov: an edit"')).toBe(true);
    expect(has.filter((pattern) => !pattern.test(text))).toEqual([]);
    if (hasGcc) expect(compiled(text)).toBe('');
  });

  it('is not made of what only interrupts or kernel code do', async () => {
    const submission = await readSubmission('irq-coverage.mbox', readFileSync('examples/irq-coverage.mbox'));
    const review = await reviewSubmission(submission, { states: 400_000, bounds: {}, scenarios: ['section-in-softirq', 'softirq-in-owner'] });
    const schedules = review.findings.flatMap(({ evidence }) => evidence.flatMap((one) => one.schedule ?? []));
    expect(schedules.length).toBeGreaterThan(0);
    for (const schedule of schedules) {
      expect(await reproSubmission(submission, schedule, { bounds: {} })).toMatchObject({ kind: 'none', why: expect.stringMatching(/ at one place in the kernel$/u) as string });
    }
  });

  it('is refused for a schedule of something else', async () => {
    expect(await reproSubmission(editedModel('v5.5', ...NO_PUT), 'device-lifecycle:00000000:t5', { bounds: {} })).toMatchObject({ kind: 'refused' });
  });
});
