/** @module The picture as SVG: well-formed, escaped, clipped, without anything that a strict policy forbids. */
import { describe, expect, test } from 'vitest';
import { lanesOf } from '../../../src/render/lanes/picture.js';
import { lanesStyle } from '../../../src/render/lanes/style.js';
import { lanesFile, renderLanes } from '../../../src/render/lanes/svg.js';
import { trace } from '../fixtures/invented-review.js';
import { row } from './rows.js';

/** Whether every tag is closed by its own, in order. */
function isNested(markup: string): boolean {
  const open: string[] = [];
  for (const [, close, name = '', self] of markup.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/gu)) {
    if (close === '/') { if (open.pop() !== name) return false; } else if (self !== '/') open.push(name);
  }
  return open.length === 0 && !/[<>]/u.test(markup.replace(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/gu, ''));
}

const svg = renderLanes(lanesOf({ trace }));

describe('a picture as SVG', () => {
  test('has a place to link to for each step, and a mark that is not of colour alone', () => {
    const ids = [...svg.matchAll(/ id="([^"]*)"/gu)].map(([, id]) => id);
    expect(ids).toEqual(lanesOf({ trace }).steps.map(({ number }) => `step-${number}`));
    expect(svg).toContain('class="cross"');
    expect(svg.match(/class="step violates"/gu)).toHaveLength(1);
  });

  test('is well-formed, and has no style and no script of its own in a page', () => {
    expect(isNested(svg)).toBe(true);
    expect(svg).not.toMatch(/<style|<script| style=| on\w+=/u);
  });

  test('says what it shows to who cannot see it', () => {
    expect(svg).toMatch(/ role="img" aria-label="The NMI interrupts the softirq in [^"]+ NULL dereference\."/u);
  });

  test('text of a patch stays text', () => {
    const evil = renderLanes(lanesOf({ trace: [row({ context: 'task', function: '"><script>', text: '</title><script>alert(1)</script>\u202e\ud800', target: '<b>&', old: "'\"", note: '</text><svg onload=x>' })] }));
    expect(isNested(evil)).toBe(true);
    expect(evil).not.toMatch(/<script|<b>|onload=x>|[\u202e\ud800]/u);
  });

  test('what is too long for its lane is cut there, and whole in its title', () => {
    const long = `if (${'a_long_name && '.repeat(12)}b)`;
    const cut = renderLanes(lanesOf({ trace: [row({ context: 'task', text: long, target: 'x'.repeat(200), old: '1' }), row({ context: 'task', cpu: 1 })] }));
    const shown = [...cut.matchAll(/<text[^>]*>(.*?)<\/text>/gu)].map(([, text = '']) => text.replace(/<[^>]*>|&#\d+;/gu, ''));
    expect(Math.max(...shown.map((text) => text.length))).toBeLessThan(60);
    expect(cut).toContain(`${'a_long_name &#38;&#38; '.repeat(12)}b)`);
    expect(shown.some((text) => text.endsWith(' is 1'))).toBe(true);
  });

  test('a file of its own has its style, and the wide form alone', () => {
    const file = lanesFile(lanesOf({ trace }));
    expect(isNested(file)).toBe(true);
    expect(file).toContain('<style>');
    expect(file).not.toContain('class="narrow"');
  });

  test('a long trace is drawn as well, and a trace without rows is an empty picture', () => {
    const many = Array.from({ length: 400 }, (_, i) => row({ context: i % 7 === 0 ? 'nmi' : 'task', access: 'write', target: `a[${i}]`, old: '0', new: '1', text: `a[${i}] = 1;` }));
    expect(renderLanes(lanesOf({ trace: many }, { all: true })).match(/ id="step-/gu)).toHaveLength(400);
    expect(isNested(renderLanes(lanesOf({ trace: [] })))).toBe(true);
  });

  test('its style needs nothing escaped in XML', () => {
    expect(lanesStyle).not.toMatch(/[<&>]/u);
  });
});
