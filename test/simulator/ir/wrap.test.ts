import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrap } from '../../../simulator/ir/wrap.js';

const words = fc.array(fc.constantFrom('name', 'another_name', '(', ')', ', ', ' && ', ' = ', '"a, b && c"', 'x'), { maxLength: 60 });

describe('wrap', () => {
  it('changes white space only', () => {
    fc.assert(fc.property(words, fc.nat(4), (parts, depth) => {
      const line = '\t'.repeat(depth) + parts.join('');
      expect(wrap(line).join(' ').replace(/\s+/g, '')).toBe(line.replace(/\s+/g, ''));
    }));
  });

  it('leaves short lines and string literals alone', () => {
    expect(wrap('\tx = 1;')).toEqual(['\tx = 1;']);
    const literal = `f("${'a, b && '.repeat(12)}");`;
    expect(wrap(literal)).toEqual([literal]);
  });

  it('takes a hostile line in linear time, as it is', () => {
    const line = `f(${'(a, '.repeat(200_000)}`;
    const before = performance.now();
    expect(wrap(line)).toEqual([line]);
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('keeps every piece within 80 columns where a break is near enough', () => {
    const line = `\tf(${Array.from({ length: 40 }, (_, i) => `argument_${i}`).join(', ')});`;
    const pieces = wrap(line);
    expect(pieces.length).toBeGreaterThan(5);
    for (const piece of pieces) expect(piece.replaceAll('\t', '        ').length).toBeLessThanOrEqual(80);
    expect(pieces[1]).toMatch(/^\t {2}argument_/);
  });
});
