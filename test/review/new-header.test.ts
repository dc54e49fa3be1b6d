/** @module A patch that brings a header of its own: what it defines is known, and what nobody defines ends in a remark, not in an exception. */
import { describe, expect, test } from 'vitest';
import { readSubmission } from '../../src/mail/read-submission.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import type { Review } from '../../src/review/review.js';
import { edited, mailOf, modelFiles } from '../rules/example.js';

const SCENARIOS = ['fork-and-exit', 'section-in-kthread'];

const HEADER = `diff --git a/include/linux/kcov_lamp.h b/include/linux/kcov_lamp.h
new file mode 100644
--- /dev/null
+++ b/include/linux/kcov_lamp.h
@@ -0,0 +1,3 @@
+struct kcov_lamp {
+\tint on;
+};
`;

/** task_struct gets a struct that the header defines, or nobody does. */
async function reviewWith(header: string): Promise<Review> {
  const before = modelFiles();
  const after = edited(before, [
    { path: 'include/linux/sched.h', find: '\tint kcov_sequence;\n', replace: '\tint kcov_sequence;\n\tstruct kcov_lamp kcov_lamp;\n' },
    { path: 'include/linux/kcov.h', find: '#include <uapi/linux/kcov.h>\n', replace: '#include <uapi/linux/kcov.h>\n#include <linux/kcov_lamp.h>\n' },
    { find: '\tkcov_task_reset(t);\n\tt->kcov_handle', replace: '\tkcov_task_reset(t);\n\tt->kcov_lamp.on = 0;\n\tt->kcov_handle' },
  ]);
  const mail = mailOf(before, after).replace('-- \n2.25.0\n', `${header}-- \n2.25.0\n`);
  const submission = await readSubmission('lamp.eml', new TextEncoder().encode(mail));
  return await reviewSubmission(submission, { states: 100_000, bounds: {}, scenarios: SCENARIOS });
}

describe('a patch with a header of its own', () => {
  test('is searched with what the header defines', async () => {
    const review = await reviewWith(HEADER);
    expect(review.notModelled).toEqual([]);
    expect(review.hunks.filter((h) => h.placed === 'failed' || h.placed === 'ignored')).toEqual([]);
    expect(review.scenarios.length).toBeGreaterThan(0);
    expect(review.findings.filter((f) => f.asked)).toEqual([]);
    expect(review.complete).toBe(true);
  });

  test('is reviewed as far as it goes when the header is missing', async () => {
    const review = await reviewWith('');
    expect(review.notModelled.map((n) => n.why).join()).toContain('kcov_lamp');
    expect(review.complete).toBe(false);
  });
});
