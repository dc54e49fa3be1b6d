import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingOf } from '../../src/cli/repro-command.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { renderText } from '../../src/render/text.js';
import type { Finding, Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { editedDiff } from '../repro/edited-model.js';
import { kcovet } from './fake-io.js';

/** The reference that ENABLE took is not given back. */
const DIFF = editedDiff('v5.5', '\t\tkcov_disable(t, kcov);\n\t\tkcov_put(kcov);\n', '\t\tkcov_disable(t, kcov);\n');

/** Nor that of a section. */
const SECTION_DIFF = editedDiff('v5.5', '\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tkcov_put(kcov);\n}\nEXPORT_SYMBOL(kcov_remote_stop)', '\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n}\nEXPORT_SYMBOL(kcov_remote_stop)');

let [folder, file, schedule] = ['', '', ''];
let review: Review;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'kcovet-repro-'));
  file = path.join(folder, 'edit.patch');
  writeFileSync(file, DIFF);
  const submission = await readSubmission(file, Buffer.from(DIFF));
  review = await reviewSubmission(submission, { states: 400_000, bounds: {}, scenarios: ['device-lifecycle'] });
  schedule = review.findings.flatMap(({ evidence }) => evidence).find((one) => one.program)?.schedule ?? '';
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const finding = (id: string): Finding => ({ ...(review.findings[0] as Finding), id });

describe('kcovet repro', () => {
  it('writes the program of a schedule, to standard output or a file', async () => {
    const { status, stdout, stderr } = await kcovet(['repro', schedule, file]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\/\/ SPDX-License-Identifier: GPL-2\.0\n/u);
    expect(stdout).toContain(`kcovet replay ${schedule}`);
    const output = path.join(folder, 'repro.c');
    expect(await kcovet(['repro', schedule, file, '-o', output])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(output, 'utf8')).toBe(stdout);
  });

  it('says what else it takes, and how it is seen then', async () => {
    const section = path.join(folder, 'section.patch');
    writeFileSync(section, SECTION_DIFF);
    const { findings } = await reviewSubmission(await readSubmission(section, Buffer.from(SECTION_DIFF)), { states: 400_000, bounds: {}, scenarios: ['closed-while-remote', 'owner-leaves-kthread'] });
    const [other] = findings.flatMap(({ evidence }) => evidence).filter((one) => one.schedule !== null);
    expect(other?.program).toBeUndefined();
    const { status, stdout, stderr } = await kcovet(['repro', other?.schedule ?? 'none:', section]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`kcovet: ${other?.schedule ?? ''}: no program in user space shows it, since it takes a remote section, which kernel code begins and ends: kcovet replay ${other?.schedule ?? ''} shows it\n`);
  });

  it('refuses a schedule of something else, and a file it cannot write', async () => {
    expect(await kcovet(['repro', schedule.replace(/:[0-9a-f]{8}:/u, ':00000000:'), file])).toMatchObject({ status: 2, stdout: '' });
    expect(await kcovet(['repro', schedule, file, '-o', path.join(folder, 'none', 'repro.c')])).toMatchObject({ status: 2, stderr: expect.stringContaining('cannot be written') as string });
  });

  it('knows a finding by its id, or the beginning of it', () => {
    const all = [finding('leak-123456'), finding('leak-129999'), finding('deadlock-111111')];
    expect(findingOf(all, 'dead', 'a.patch').id).toBe('deadlock-111111');
    expect(() => findingOf(all, 'leak-12', 'a.patch')).toThrow('leak-12: is the beginning of several: give one of leak-123456, leak-129999');
    expect(() => findingOf([], 'leak', 'a.patch')).toThrow('leak: a.patch has no finding of that id: it has none at all');
  });

  it('is named in a review where there is one, as the command to copy', () => {
    const text = renderText(review, { color: false, width: 76, show: 'all', file: 'edit.patch' });
    const { id } = review.findings.find(({ evidence }) => evidence.some((one) => one.program)) ?? finding('');
    expect(text).toContain(`  program: kcovet repro ${id} edit.patch\n`);
    expect(text.match(/program: kcovet repro/gu)).toHaveLength(review.findings.filter(({ evidence }) => evidence.some((one) => one.program)).length);
  });
});
