import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { COMPARISONS_MAX, HUNKS_MAX, alignWith, applyByAlignment, reverseApplies } from '../../src/apply/align.js';
import { imageOf, treeImageOf } from '../../src/apply/model-image.js';
import type { Image } from '../../src/apply/image.js';
import type { DiffLine, FileDiff } from '../../src/patch/diff.js';
import { structureOf } from '../../src/apply/structure.js';
import { tokenise } from '../../src/apply/tokens.js';
import { METER, PATCH, PATH, diffOf, fileDiff } from './fixture.js';
import type { Perturbation } from './perturb.js';
import { coinOf, essence, mutePrints, rebrace, redeclareAll, reflow, renameSome } from './perturb.js';

const model = (lines: readonly string[]): Image => imageOf(PATH, lines);
const placedOf = (image: Image, diff: FileDiff): string[] => applyByAlignment(image, diff, 1).hunks.map((hunk) => hunk.placed);
const wanted = applyByAlignment(treeImageOf(PATH, METER), PATCH, 1).image.lines;
const balanced = (lines: readonly string[]): boolean => structureOf(tokenise(lines).tokens).balanced;

describe('on the real file', () => {
  it('is line-exact and gives the new numbers', () => {
    const applied = applyByAlignment(treeImageOf(PATH, METER), PATCH, 1);
    expect(applied.hunks.map((hunk) => hunk.placed)).toEqual(PATCH.hunks.map(() => 'exact'));
    expect(applied.image.origins.map((origin) => origin.line)).toEqual(applied.image.lines.map((_, i) => i + 1));
    expect(applied.image.lines.length).toBe(METER.length + 5);
  });

  it('shifts: the same hunks behind new lines at the top are found at an offset', () => {
    const shifted = ['/* more */', '', ...METER];
    const applied = applyByAlignment(treeImageOf(PATH, shifted), PATCH, 1);
    expect(applied.image.lines).toEqual(['/* more */', '', ...wanted]);
    expect(applied.hunks[3]?.note).toMatch(/offset 2/);
  });

  it('is aligned where white space is damaged', () => {
    const damaged = fileDiff(PATCH.hunks.map((hunk) => ({
      ...hunk, lines: hunk.lines.map((line): DiffLine => ({ ...line, text: line.text.trim() })),
    })));
    const applied = applyByAlignment(treeImageOf(PATH, METER), damaged, 1);
    expect(applied.hunks.map((hunk) => hunk.placed)).not.toContain('failed');
    expect(applied.hunks.map((hunk) => hunk.placed)).toContain('aligned');
    expect(essence(applied.image.lines)).toBe(essence(wanted));
  });
});

describe('on a text in another form', () => {
  const forms: Record<string, readonly Perturbation[]> = {
    reflow: [reflow], prints: [mutePrints], braces: [rebrace], 'prints and braces': [mutePrints, rebrace],
    declarations: [redeclareAll], locals: [renameSome], everything: [mutePrints, rebrace, redeclareAll, renameSome, reflow],
  };
  for (const [name, steps] of Object.entries(forms)) {
    it(`places every hunk: ${name}`, () => {
      fc.assert(fc.property(fc.integer(), (seed) => {
        const coin = coinOf(seed);
        const lines = steps.reduce((text, step) => step(text, coin), [...METER] as string[]);
        expect(balanced(lines)).toBe(true);
        const applied = applyByAlignment(model(lines), PATCH, 1);
        expect(applied.hunks.filter((hunk) => hunk.placed === 'failed' || hunk.placed === 'ignored')).toEqual([]);
        expect(essence(applied.image.lines, METER)).toBe(essence(wanted));
        expect(balanced(applied.image.lines)).toBe(true);
        expect(applied.image.origins.length).toBe(applied.image.lines.length);
      }), { numRuns: 25 });
    });
  }

  it('gives covered lines their numbers and leaves the others without', () => {
    const lines = reflow(METER, coinOf(7));
    const { image } = applyByAlignment(model(lines), PATCH, 1);
    image.lines.forEach((text, i) => {
      const origin = image.origins[i];
      if (origin?.image === 'model') expect(origin.line).toBeNull();
      if (origin?.image !== 'diff') return;
      const line = wanted[(origin.line ?? 0) - 1] ?? '';
      const own = tokenise([text]).tokens.filter((token) => token.text !== '\\').map((token) => token.text);
      const theirs = tokenise([line]).tokens.map((token) => token.text);
      expect(theirs).toEqual(expect.arrayContaining(own));
      if (origin.added) expect(own).toEqual(theirs);
    });
    expect(image.origins.filter((origin) => origin.added).length).toBeGreaterThan(8);
  });

  it('goes on without the directives of a resolved configuration', () => {
    const resolved = METER.filter((line) => !/^#(ifdef|endif)/.test(line));
    const diff = diffOf([[{ at: 'meter_reset(current);', removes: 1, adds: ['		meter_stop(current);'] }]]);
    const applied = applyByAlignment(model(resolved), diff, 1);
    expect(applied.hunks[0]).toMatchObject({ placed: 'aligned', note: expect.stringContaining('conditional') as string });
    expect(applied.image.lines.join('\n')).not.toContain('#endif');
    expect(applied.image.lines.filter((line) => line.includes('meter_stop(current)')).length).toBe(1);
  });

  it('changes the inside of a macro that stands on other lines', () => {
    const diff = diffOf([[{ at: '(x) = METER_MAX; \\', removes: 1, adds: ['			(x) = METER_MAX - 1; \\'] }]]);
    const applied = applyByAlignment(model(reflow(METER, coinOf(3))), diff, 1);
    expect(applied.hunks[0]?.placed).toBe('aligned');
    const tokens = tokenise(applied.image.lines).tokens;
    const define = tokens.find((token) => token.text === 'METER_CLAMP')?.directive ?? -1;
    expect(tokens.filter((token) => token.directive === define).map((token) => token.text).join(' '))
      .toBe('#define METER_CLAMP ( x ) do { if ( ( x ) > METER_MAX ) ( x ) = METER_MAX - 1 ; } while ( 0 )');
  });
});

describe('what is not placed', () => {
  it('ignores comments and white space', () => {
    const diff = diffOf([
      [{ at: '/* One open device. */', removes: 1, adds: ['/* One device that is open. */'] }],
      [{ at: '* never more than fits.', removes: 1, adds: ['	 * never', '	 * more.'] }],
      [{ at: 'res = -EAGAIN;', removes: 1, adds: ['	    res =', '		-EAGAIN;'] }],
    ]);
    const applied = applyByAlignment(model(METER), diff, 1);
    expect(applied.hunks.map((hunk) => hunk.placed)).toEqual(['ignored', 'ignored', 'ignored']);
    expect(applied.image.lines).toEqual(METER);
  });

  it('ignores files that are no C', () => {
    const diff = { ...PATCH, path: 'lib/Kconfig.debug' };
    expect(new Set(applyByAlignment(model([]), diff, 1).hunks.map((hunk) => hunk.placed))).toEqual(new Set(['ignored']));
  });

  it('fails rather than guess between two places', () => {
    const twice = ['void f(void)', '{', '	step();', '	step();', '	step();', '	step();', '}'];
    const lines: DiffLine[] = [
      { kind: 'context', text: '	step();', oldLine: 4, newLine: 4, inputLine: 1 },
      { kind: 'added', text: '	other();', oldLine: null, newLine: 5, inputLine: 2 },
    ];
    const hunk = { index: 1, oldStart: 4, oldCount: 1, newStart: 4, newCount: 2, section: 'void f(void)', lines, truncated: false };
    const applied = applyByAlignment(model(twice), fileDiff([hunk]), 1);
    expect(applied.hunks[0]).toMatchObject({ placed: 'failed', note: expect.stringContaining('ambiguous') as string });
    expect(applied.image.lines).toEqual(twice);
  });

  it('keeps to the function of the heading', () => {
    const twins = ['int f(int x)', '{', '	go(x);', '	return x;', '}', 'int g(int x)', '{', '	go(x);', '	return x;', '}'];
    const lines: DiffLine[] = [
      { kind: 'context', text: '	go(x);', oldLine: 8, newLine: 8, inputLine: 1 },
      { kind: 'added', text: '	stop(x);', oldLine: null, newLine: 9, inputLine: 2 },
      { kind: 'context', text: '	return x;', oldLine: 9, newLine: 10, inputLine: 3 },
    ];
    const hunk = { index: 1, oldStart: 8, oldCount: 2, newStart: 8, newCount: 3, section: 'int g(int x)', lines, truncated: false };
    const { image } = applyByAlignment(model(twins), fileDiff([hunk]), 1);
    expect(image.lines.indexOf('	stop(x);')).toBe(8);
    const elsewhere = fileDiff([{ ...hunk, section: 'int h(int y)' }]);
    expect(placedOf(model(twins), elsewhere)).toEqual(['failed']);
  });

  it('does not let a file become unbalanced', () => {
    const diff = diffOf([
      [{ at: 'taken = min(found->count, to->count);', adds: ['	if (to->count) {'] }],
      [{ at: 'spin_unlock(&meter_list_lock);', adds: ['	}'] }],
    ]);
    const broken = METER.map((line) => line.replace('spin_unlock(&meter_list_lock);', 'raw_unlock();'));
    const applied = alignWith({ fuzz: false })(model(broken), diff, 1);
    expect(applied.hunks.map((hunk) => hunk.placed)).toEqual(['failed', 'failed']);
    expect(balanced(applied.image.lines)).toBe(true);
    expect(placedOf(model(METER), diff)).not.toContain('failed');
  });

  it('calls a result fuzzy when the injected parser refuses it', () => {
    const fussy = alignWith({ parses: (text) => !text.includes('percpu') });
    const hunks = fussy(model(reflow(METER, coinOf(1))), PATCH, 1).hunks;
    expect(hunks.every((hunk) => hunk.placed === 'fuzzy' && hunk.note.includes('does not parse'))).toBe(true);
  });
});

describe('already applied', () => {
  const patched = model(reflow(wanted, coinOf(5)));
  it('is recognised by the reverse', () => {
    expect(reverseApplies(patched, PATCH)).toBe(true);
    expect(reverseApplies(model(reflow(METER, coinOf(5))), PATCH)).toBe(false);
    expect(reverseApplies(treeImageOf(PATH, wanted), PATCH)).toBe(true);
    expect(reverseApplies(model(['int x;']), PATCH)).toBe(false);
  });

  it('is said of single hunks and changes nothing', () => {
    const diff = diffOf([[{ at: 'barrier();', adds: ['	smp_wmb();'] }]]);
    const once = applyByAlignment(model(METER), diff, 1).image;
    const again = applyByAlignment(once, diff, 2);
    expect(again.hunks[0]).toMatchObject({ placed: 'ignored', note: expect.stringContaining('already applied') as string });
    expect(again.image.lines).toEqual(once.lines);
  });
});

describe('hunks of every kind', () => {
  it('removes a whole function, changes a signature', () => {
    const start = METER.indexOf('static void meter_reset(struct task_struct *t)');
    const diff = diffOf([
      [{ at: 'static void meter_stop(struct task_struct *t)', removes: 1, adds: ['static void meter_stop(struct task_struct *t, bool now)'] }],
      [{ at: METER[start] ?? '', removes: 6 }],
    ]);
    const applied = applyByAlignment(model(reflow(METER, coinOf(11))), diff, 1);
    expect(applied.hunks.map((hunk) => hunk.placed)).toEqual(['aligned', 'aligned']);
    expect(applied.image.lines.join('\n')).not.toContain('meter_reset(struct');
    expect(applied.image.lines).toContain('static void meter_stop(struct task_struct *t, bool now)');
  });

  it('places a truncated hunk as far as it goes', () => {
    const whole = PATCH.hunks[4];
    if (!whole) throw new Error('no hunk');
    const upTo = whole.lines.findIndex((line) => line.text.includes('xchg'));
    const cut = { ...whole, lines: whole.lines.slice(0, upTo + 1), truncated: true };
    const applied = applyByAlignment(model(reflow(METER, coinOf(2))), fileDiff([cut]), 1);
    expect(applied.hunks[0]).toMatchObject({ placed: 'aligned', note: expect.stringContaining('tail is missing') as string });
    expect(applied.image.lines.join('\n')).toContain('xchg(&from->slots[i], 0)');
  });

  it('makes a new file and works on it in a second patch', () => {
    const added = (text: string, i: number): DiffLine => ({ kind: 'added', text, oldLine: null, newLine: i + 1, inputLine: i });
    const all = { index: 1, oldStart: 0, oldCount: 0, newStart: 1, newCount: METER.length, section: '', lines: METER.map(added), truncated: false };
    const created = applyByAlignment(model([]), { ...fileDiff([all]), oldPath: null }, 1);
    expect(created.image.lines).toEqual(METER);
    const second = applyByAlignment(created.image, PATCH, 2);
    expect(second.hunks.map((hunk) => hunk.placed)).not.toContain('failed');
    expect(second.image.origins.every((origin) => origin.added || origin.patch === 2)).toBe(true);
  });

  it('loses context when it must, and says so', () => {
    const other = METER.map((line) => line.replace('if (taken == 0)', 'if (taken < 1)'));
    const diff = diffOf([[{ at: 'last = taken == found->count;', adds: ['	last_taken = taken;'] }]]);
    const far = METER.map((line) => line.replace('meter_reset(current);', 'meter_stop(current);'));
    expect(placedOf(model(other), diff)).toEqual(['aligned']);
    const applied = applyByAlignment(model(far), diff, 1);
    expect(applied.hunks[0]).toMatchObject({ placed: 'fuzzy', note: expect.stringContaining('context lines') as string });
  });
});

describe('hostile input', () => {
  const line = (text: string, kind: DiffLine['kind']): DiffLine => ({ kind, text, oldLine: 1, newLine: 1, inputLine: 1 });

  it('never throws', () => {
    const text = fc.stringMatching(/^[ \t(){};,"'\\/*#a-c=+-]{0,30}$/);
    const row = fc.record({ text, kind: fc.constantFrom<DiffLine['kind']>('context', 'added', 'removed') });
    fc.assert(fc.property(fc.array(text, { maxLength: 20 }), fc.array(fc.array(row, { maxLength: 8 }), { maxLength: 4 }), (lines, hunks) => {
      const diff = fileDiff(hunks.map((rows, i) => ({
        index: i + 1, oldStart: i, oldCount: 1, newStart: i, newCount: 1, section: lines[i] ?? '', truncated: false,
        lines: rows.map((one) => line(one.text, one.kind)),
      })));
      const applied = applyByAlignment(model(lines), diff, 1);
      expect(applied.hunks.length).toBe(hunks.length);
      expect(applied.image.origins.length).toBe(applied.image.lines.length);
      reverseApplies(treeImageOf(PATH, lines), diff);
    }), { numRuns: 300 });
  });

  it('ends: many hunks and repetitive text', () => {
    const hunk = { oldStart: 1, oldCount: 2, newStart: 1, newCount: 3, section: '', truncated: false, lines: [line('x(); {}', 'context'), line('y();', 'added')] };
    const many = fileDiff(Array.from({ length: HUNKS_MAX + 10 }, (_, i) => ({ ...hunk, index: i + 1 })));
    const image = model(['void f(void)', '{', ...Array.from({ length: 500 }, () => 'x(); {}'), '}']);
    const start = performance.now();
    const applied = applyByAlignment(image, many, 1);
    expect(applied.hunks.at(-1)).toMatchObject({ placed: 'failed', note: expect.stringContaining(`${HUNKS_MAX}`) as string });
    expect(performance.now() - start).toBeLessThan(50_000);
    expect(COMPARISONS_MAX).toBeGreaterThan(1_000_000);
  });
});
