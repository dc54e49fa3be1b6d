/**
 * @module A diff of our own making against an invented file, as git prints it: two files, three hunks, context with
 * tabs, an empty context line and long lines. Tests take it apart and damage it.
 */

/** The diff alone, without message. */
export const inventedDiff = `diff --git a/kernel/cov.c b/kernel/cov.c
index 1a2b3c4d5e6f..6f5e4d3c2b1a 100644
--- a/kernel/cov.c
+++ b/kernel/cov.c
@@ -12,7 +12,9 @@ static bool cov_wanted(struct task_struct *t, enum cov_mode wanted, unsigned lon
 {
 	unsigned int mode;

-	if (!in_task())
+	/* Sections may run in softirqs. */
+	if (!in_task() &&
+	    !t->cov_section)
 		return false;
 	mode = READ_ONCE(t->cov_mode);
 	barrier();
@@ -40,6 +42,7 @@ void cov_section_start(struct cov_device *device)
 	struct task_struct *t = current;
 	unsigned long flags;

+	t->cov_section = true;
 	spin_lock_irqsave(&device->lock, flags);
 	cov_begin(t, device->size, device->area, device->mode, device->sequence);
 	spin_unlock_irqrestore(&device->lock, flags);
diff --git a/include/linux/sched.h b/include/linux/sched.h
index 0123456..789abcd 100644
--- a/include/linux/sched.h
+++ b/include/linux/sched.h
@@ -900,3 +900,5 @@ struct task_struct {
 	unsigned int			cov_mode;
 	void				*cov_area;
+	/* In a section: */
+	bool				cov_section;
 #endif
`.replaceAll('\n\n', '\n \n');

/** Diffstat and message as git format-patch puts them round the diff. */
export const inventedMessage = `Sections that run in softirqs are not recorded. Record them.

Signed-off-by: Ada Example <ada@example.org>
---
 include/linux/sched.h | 2 ++
 kernel/cov.c          | 5 ++++-
 2 files changed, 6 insertions(+), 1 deletion(-)

`;

/** A whole body: message, diff, signature. */
export const inventedBody = `${inventedMessage}${inventedDiff}-- \n2.39.2\n`;

/** What must be read out of it: path and per hunk its header numbers and how many lines of each kind. */
export const inventedShape = [
  ['kernel/cov.c', ['12,7 12,9 c6 a3 r1', '40,6 42,7 c6 a1 r0']],
  ['include/linux/sched.h', ['900,3 900,5 c3 a2 r0']],
];
