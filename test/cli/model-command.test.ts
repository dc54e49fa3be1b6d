/** @module `kcovet model`: the model as C, what a patch makes of it as a diff, and what could not be placed. */
import { describe, expect, test } from 'vitest';
import { kcovet, type Outcome } from './fake-io.js';

/** A diff of one hunk in one file. */
function diffOf(path: string, hunk: string): string {
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${hunk}`;
}

/** Runs `model --apply -` on a text. */
async function apply(text: string): Promise<Outcome> {
  return await kcovet(['model', '--apply', '-'], { stdin: [Buffer.from(text)] });
}

const put = '@@ -100,3 +100,4 @@ static void kcov_put(struct kcov *kcov)\n \tif (refcount_dec_and_test(&kcov->refcount)) {\n'
  + ' \t\tkcov_remote_reset(kcov);\n+\t\tinvented_trace(kcov);\n \t\tvfree(kcov->area);\n';

test('prints the functions of kcov as C', async () => {
  const { status, stdout } = await kcovet(['model']);
  expect(status).toBe(0);
  expect(stdout).toContain('/* kernel/kcov.c */');
  expect(stdout).toMatch(/^void notrace __sanitizer_cov_trace_pc\(void\)$/mu);
  expect(await kcovet(['model', '--version', '5.5'])).toEqual({ status, stdout, stderr: '' });
});

describe('--apply', () => {
  test('shows what a patch changes, in the function it names', async () => {
    const { status, stdout, stderr } = await apply(diffOf('kernel/kcov.c', put));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => /^[+-](?![+-])/u.test(line))).toEqual(['+\t\tinvented_trace(kcov);']);
  });

  test('a hunk that fits nowhere is status 3, and each left out is named', async () => {
    const { status, stdout, stderr } = await apply(diffOf('kernel/kcov.c',
      '@@ -1,2 +1,2 @@ static void kcov_put(struct kcov *kcov)\n \tno_such_line();\n-\tnor_this();\n+\tbut_this();\n'));
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(/^kcovet: kernel\/kcov\.c hunk 1: failed: .*\nkcovet: standard input: no hunk could be placed[^\n]*\n$/u);
  });

  test('files that the model does not have are named', async () => {
    const { status, stderr } = await apply(diffOf('drivers/x.c', '@@ -1,1 +1,2 @@\n a;\n+b;\n') + diffOf('kernel/kcov.c', put));
    expect(status).toBe(0);
    expect(stderr).toBe('kcovet: drivers/x.c: ignored: the model has no such file\n');
  });
});
