/** @module Values found by solving index expressions: which forms a Program computes, and at which values they matter. */
import { beforeAll, describe, expect, it } from 'vitest';
import { indexForms } from '../../../simulator/machine/linear-forms.js';
import { HOSTILE_VALUES_MAX, hostileValues } from '../../../simulator/scenario/hostile-values.js';
import { loadBench } from '../bench.js';
import type { Bench } from '../bench.js';

const MAX = (1n << 64n) - 1n;

describe('index expressions', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  const forms = (text: string): string[] => indexForms(bench.code(text)).map((f) => `${f.scale}v+${f.offset}${f.bits === 32 ? ' of 32 bits' : ''}`);

  it('are those that lead to an address, with the comparisons that bound them', () => {
    expect(forms('void f(u64 *area, u64 size)\n{\n\tu64 pos = area[0] + 1;\n\n\tif (pos < size)\n\t\tarea[pos] = 7;\n}\n')).toEqual(['1v+1', '8v+8']);
    expect(forms('void f(u64 *area, u64 size)\n{\n\tu64 count = area[0];\n\n\tif (count < size)\n\t\tarea[0] = count + 1;\n}\n')).toEqual([]);
  });

  it('are followed through functions, branches, shifts and loops', () => {
    expect(forms('static u64 at(u64 n)\n{\n\treturn 1 + (n << 2);\n}\nvoid f(u64 *area, int two)\n{\n\tu64 n = area[0];\n\tint i;\n\n\tif (two)\n\t\tn = n * 2;\n\tfor (i = 0; i < 9; i++)\n\t\tarea[at(n)] = i;\n}\n').sort())
      .toEqual(['32v+8', '64v+8']);
  });

  it('are of 32 bits where the Program cuts them', () => {
    expect(forms('void f(u64 *area)\n{\n\tunsigned int pos = area[0];\n\n\tarea[pos] = 7;\n}\n')).toEqual(['8v+0 of 32 bits']);
  });

  it('do not include pointers that were loaded', () => {
    expect(forms('struct box {\n\tu64 *to;\n};\nvoid f(struct box *b)\n{\n\tb->to[3] = 7;\n}\n')).toEqual([]);
  });

  it('matter at both ends of the memory, and behind the first wrap', () => {
    const code = bench.code('void f(u64 *area, u64 bytes)\n{\n\tu64 end = area[0] * 32 + 40;\n\n\tif (end <= bytes)\n\t\tarea[end / 8] = area[area[0] * 4];\n}\n');
    const values = hostileValues(code, 8).map(BigInt);
    // 32v + 40 is 40 at 0 and 72 at 1, of 64 bytes; it wraps to 8 at 2^59 - 1.
    expect(values).toEqual(expect.arrayContaining([0n, 1n, (1n << 59n) - 1n, 1n << 59n, MAX]));
    expect(values.length).toBeLessThanOrEqual(HOSTILE_VALUES_MAX);
    expect(values).toEqual([...values].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('are 0 and the largest at least', () => {
    expect(hostileValues(bench.code('void f(void)\n{\n}\n'), 4).map(BigInt)).toEqual([0n, MAX]);
  });
});
