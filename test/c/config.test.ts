import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/c/config.js';
import { program } from './fixture.js';

const good = (text: string): unknown => {
  const parsed = parseConfig(text);
  return parsed.ok ? parsed.config : parsed.errors;
};

describe('parseConfig', () => {
  it('reads options with and without CONFIG_', () => {
    expect(good('PREEMPT_RT=y CONFIG_SMP=n,KCOV_IRQ_AREA_SIZE=0x10')).toEqual({ PREEMPT_RT: true, SMP: false, KCOV_IRQ_AREA_SIZE: 16 });
    expect(good('')).toEqual({});
    expect(good('A=m NR=-3')).toEqual({ A: true, NR: -3 });
  });

  it('takes the later of two', () => {
    expect(good('A=y A=n')).toEqual({ A: false });
  });

  it('reads a .config', () => {
    expect(good('#\n# Automatically made\n#\nCONFIG_KCOV=y\n# CONFIG_SMP is not set\nCONFIG_HZ=250\nCONFIG_NAME="a b=c"\n')).toEqual({ KCOV: true, SMP: false, HZ: 250 });
  });

  it.each([
    ['PREEMPT_RT', /NAME=y/], ['A=maybe', /maybe is neither/], ['A=', /nothing is neither/], ['=y', /nothing is no name/], ['a-b=y', /a-b is no name/],
    ['A=99999999999999999999', /too large/], ['A=1.5', /neither/],
  ])('says what is wrong with %s', (text, what) => {
    const parsed = parseConfig(`OK=y ${text}`);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? [] : parsed.errors.map((e) => [e.at, e.what])).toEqual([[2, expect.stringMatching(what)]]);
  });

  it('never throws, and what it accepts the front end can use', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => {
      const parsed = parseConfig(text);
      expect(parsed.ok ? Object.values(parsed.config).every((v) => typeof v === 'boolean' || Number.isSafeInteger(v)) : parsed.errors.length > 0).toBe(true);
    }));
  });

  it('decides what is compiled', () => {
    const text = '#if IS_ENABLED(CONFIG_A)\nint a;\n#endif\n#if CONFIG_N > 3\nint n;\n#endif\n';
    const names = (options: string): string[] => {
      const parsed = parseConfig(options);
      return parsed.ok ? program(text, parsed.config).globals.map((g) => g.name) : [];
    };
    expect(names('A=y N=4')).toEqual(['a', 'n']);
    expect(names('A=n N=3')).toEqual([]);
  });
});
