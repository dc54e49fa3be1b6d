/**
 * @module Our own small C file and diffs for the tests of alignment.
 */
import type { DiffLine, FileDiff, Hunk } from '../../src/patch/diff.js';

export const PATH = 'kernel/meter.c';

/** A file of our own: a counter device with the habits of kernel code. */
export const METER = `// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/spinlock.h>

#define meter_debug(fmt, ...) pr_debug("%s: " fmt, __func__, ##__VA_ARGS__)

#define METER_CLAMP(x) \\
	do { \\
		if ((x) > METER_MAX) \\
			(x) = METER_MAX; \\
	} while (0)

/* One open device. */
struct meter {
	spinlock_t		lock;
	unsigned int		count;
	u64			*slots;
};

static DEFINE_SPINLOCK(meter_list_lock);
static LIST_HEAD(meter_list);

/* Must be called with meter_list_lock held. */
static struct meter *meter_find(u64 id)
{
	struct meter *m;

	list_for_each_entry(m, &meter_list, list) {
		if (m->id == id) {
			meter_debug("found %llu\\n", id);
			return m;
		}
	}
	return NULL;
}

static void meter_stop(struct task_struct *t)
{
	WRITE_ONCE(t->meter_mode, 0);
	barrier();
	t->meter_count = 0;
}

static void meter_reset(struct task_struct *t)
{
	meter_stop(t);
	t->meter = NULL;
}

int meter_move(struct meter *from, struct meter *to, u64 id)
{
	struct meter *found;
	unsigned int i, taken;
	int res = -ENOENT;
	bool last;

	meter_debug("id = %llu\\n", id);
	spin_lock(&meter_list_lock);
	found = meter_find(id);
	if (!found) {
		meter_debug("nothing found\\n");
		goto out;
	}
	/* Take everything that is there, but
	 * never more than fits.
	 */
	taken = min(found->count, to->count);
	for (i = 0; i < taken; i++)
		to->slots[i] = from->slots[i];
#ifdef CONFIG_METER_LAST
	last = taken == found->count;
	if (last)
		meter_reset(current);
#endif
	if (taken == 0)
		res = -EAGAIN;
	else
		res = 0;
out:
	spin_unlock(&meter_list_lock);
	return res;
}
EXPORT_SYMBOL(meter_move);

static int __init meter_init(void)
{
	meter_debug("loaded\\n");
	return 0;
}
device_initcall(meter_init);
`.replace(/\n$/, '').split('\n');

/** How a hunk is cut out of METER: where, and what replaces what. */
export interface Change {
  /** First line that the change replaces or stands before, by its text (trimmed, first of its kind after `after`). */
  readonly at: string;
  /** Search from the line with this text on. */
  readonly after?: string;
  /** Lines replaced. */
  readonly removes?: number;
  readonly adds?: readonly string[];
}

/** A diff of METER as git would write it, one hunk for each list of changes; three lines of context. */
export function diffOf(groups: readonly (readonly Change[])[]): FileDiff {
  let grown = 0;
  const hunks = groups.map((changes, n): Hunk => {
    const spots = changes.map((change) => ({ line: lineOf(change), removes: change.removes ?? 0, adds: change.adds ?? [] }));
    const first = spots[0]?.line ?? 0;
    const last = Math.max(...spots.map((spot) => spot.line + spot.removes));
    const from = Math.max(first - 3, 0);
    const hunk = cut({ from, to: Math.min(last + 3, METER.length), index: n + 1, grown }, spots);
    grown += hunk.newCount - hunk.oldCount;
    return hunk;
  });
  return fileDiff(hunks);
}

/** A file diff around hunks. */
export function fileDiff(hunks: readonly Hunk[]): FileDiff {
  return { oldPath: PATH, newPath: PATH, path: PATH, oldBlob: null, newBlob: null, binary: false, renamed: false, hunks };
}

function lineOf(change: Change): number {
  const from = change.after === undefined ? 0 : METER.findIndex((line) => line.trim() === change.after);
  const line = METER.findIndex((text, i) => i >= from && text.trim() === change.at);
  if (line < 0 || from < 0) throw new Error(`no line "${change.at}" after "${change.after ?? ''}"`);
  return line;
}

function cut(
  span: { from: number; to: number; index: number; grown: number },
  spots: readonly { line: number; removes: number; adds: readonly string[] }[],
): Hunk {
  const lines: DiffLine[] = [];
  let [oldLine, newLine] = [span.from + 1, span.from + 1 + span.grown];
  const push = (kind: DiffLine['kind'], text: string): void => {
    lines.push({
      kind, text, inputLine: 1000 * span.index + lines.length,
      oldLine: kind === 'added' ? null : oldLine++, newLine: kind === 'removed' ? null : newLine++,
    });
  };
  for (let i = span.from; i <= span.to; i++) {
    const spot = spots.find((one) => one.line === i);
    for (let k = 0; spot && k < spot.removes; k++) push('removed', METER[i + k] ?? '');
    for (const text of spot?.adds ?? []) push('added', text);
    if (spot && spot.removes > 0) i += spot.removes - 1;
    else if (i < span.to) push('context', METER[i] ?? '');
  }
  return {
    index: span.index, oldStart: span.from + 1, newStart: span.from + 1 + span.grown, section: sectionOf(span.from), truncated: false,
    oldCount: lines.filter((line) => line.kind !== 'added').length,
    newCount: lines.filter((line) => line.kind !== 'removed').length, lines,
  };
}

/** The last line above that begins with a letter, as git takes it. */
function sectionOf(from: number): string {
  for (let i = from - 1; i >= 0; i--) {
    const text = METER[i] ?? '';
    if (/^[A-Za-z_]/.test(text) && !/^\w+:$/.test(text)) return text.slice(0, 80);
  }
  return '';
}

/** A patch with every kind of change that alignment has to bear. */
export const PATCH = diffOf([
  [{ at: '#include <linux/spinlock.h>', adds: ['#include <linux/percpu.h>'] }],
  [{ at: 'u64			*slots;', adds: ['	/* New. */', '	u64			id;'] }],
  [{ at: 'meter_debug("found %llu\\n", id);', removes: 1 }],
  [
    { at: 't->meter_count = 0;', adds: ['	t->meter = NULL;'] },
    { at: 't->meter = NULL;', after: 'static void meter_reset(struct task_struct *t)', removes: 1 },
  ],
  [
    { at: 'bool last;', adds: ['	unsigned long flags;'] },
    { at: 'meter_debug("id = %llu\\n", id);', removes: 1 },
    { at: 'spin_lock(&meter_list_lock);', removes: 1, adds: ['	spin_lock_irqsave(&meter_list_lock, flags);'] },
    { at: 'if (!found) {', removes: 2, adds: ['	if (!found)'] },
    { at: '}', after: 'goto out;', removes: 1 },
    { at: 'to->slots[i] = from->slots[i];', removes: 1, adds: ['		to->slots[i] = xchg(&from->slots[i], 0);'] },
  ],
  [
    { at: 'spin_unlock(&meter_list_lock);', removes: 1, adds: ['	spin_unlock_irqrestore(&meter_list_lock, flags);'] },
    { at: 'static int __init meter_init(void)', adds: ['static void meter_new(void)', '{', '	meter_reset(current);', '}', ''] },
  ],
]);
