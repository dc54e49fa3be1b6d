/** @module What the base violates already is not asked about because its statement is spelled, named or placed in another way. */
import { describe, expect, test } from 'vitest';
import { edited, modelFiles, reviewFiles } from '../rules/example.js';
import type { Edit } from '../rules/example.js';

const scenarios = ['hostile-comparisons', 'section-in-kthread'];
const STORES = '\t\tarea[start_index] = type;\n\t\tarea[start_index + 1] = arg1;\n';

async function ask(edits: readonly Edit[]): Promise<{ asked: string[]; older: number }> {
  const before = modelFiles();
  const { findings, failures } = await reviewFiles(before, edited(before, edits), { scenarios });
  expect(failures).toEqual([]);
  return { asked: findings.filter((f) => f.asked).map((f) => `${f.rule} ${f.property} ${f.place.text}`), older: findings.filter((f) => f.status === 'pre-existing' && f.property === 'out-of-bounds').length };
}

const helper = `static __always_inline void store_pair(u64 *area, u64 start_index, u64 type, u64 arg1)\n{\n${STORES.replace(/^\t/gmu, '')}}\n\n`;
const HEAD = 'static void notrace write_comp_data(u64 type, u64 arg1, u64 arg2, u64 ip)\n';

describe('a store out of bounds that a hostile user brings about', () => {
  test.each([
    ['is spelled in another way', [{ find: STORES, replace: '\t\t*(area + start_index) = type;\n\t\tarea[start_index + 1] = arg1;\n' }]],
    ['stands in a function of its own', [{ find: HEAD, replace: helper + HEAD }, { find: STORES, replace: '\t\tstore_pair(area, start_index, type, arg1);\n' }]],
  ])('%s: it is older', async (_, edits) => {
    const { asked, older } = await ask(edits);
    expect(asked).toEqual([]);
    expect(older).toBeGreaterThan(0);
  });

  test('one more of them is new', async () => {
    const { asked } = await ask([{ find: STORES, replace: `${STORES}\t\tarea[start_index + 9] = 0;\n` }]);
    expect(asked.join('\n')).toContain('area[start_index + 9] = 0');
  });
});
