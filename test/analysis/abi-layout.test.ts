/** @module Layouts of user space: what compilers do with the same text on 64 bit, i386 and Arm, as their psABIs say. */
import { describe, expect, test } from 'vitest';
import { ABI_64, ABI_ARM, ABI_I386, layOut } from '../../src/analysis/abi-layout.js';
import type { Abi } from '../../src/analysis/abi-layout.js';
import { loadFrontEnd } from '../../src/c/front-end.js';
import type { FrontEnd } from '../../src/c/front-end.js';

/** "a 0:4 b 8:8 = 16": each field with offset and size, then the size of all. */
function layoutText(frontEnd: FrontEnd, text: string, abi: Abi): string {
  const program = frontEnd.lower('include/uapi/linux/x.h', `${text}\n`, {});
  const laid = layOut(program, 's', abi);
  return laid ? `${laid.fields.map((f) => `${f.name} ${f.offset}:${f.size}`).join(' ')} = ${laid.size}` : 'unknown';
}

interface Case {
  readonly text: string;
  readonly wide: string;
  readonly i386: string;
  readonly arm: string;
}

const all = (layout: string): Pick<Case, 'wide' | 'i386' | 'arm'> => ({ wide: layout, i386: layout, arm: layout });

const CASES: readonly Case[] = [
  { text: 'struct s { __u32 a; __u64 b; };', wide: 'a 0:4 b 8:8 = 16', i386: 'a 0:4 b 4:8 = 12', arm: 'a 0:4 b 8:8 = 16' },
  { text: 'struct s { __u32 a; __aligned_u64 b; };', ...all('a 0:4 b 8:8 = 16') },
  { text: 'struct s { __u8 a; __u16 b; char c[3]; int d; };', ...all('a 0:1 b 2:2 c 4:3 d 8:4 = 12') },
  { text: 'struct s { unsigned long a; long long b; void *c; };', wide: 'a 0:8 b 8:8 c 16:8 = 24', i386: 'a 0:4 b 4:8 c 12:4 = 16', arm: 'a 0:4 b 8:8 c 16:4 = 24' },
  { text: 'struct in { __u64 x; __u8 y; };\nstruct s { __u8 a; struct in b[2]; };', wide: 'a 0:1 b 8:32 = 40', i386: 'a 0:1 b 4:24 = 28', arm: 'a 0:1 b 8:32 = 40' },
  { text: 'struct s { __u32 n; __u64 list[]; };', wide: 'n 0:4 list 8:0 = 8', i386: 'n 0:4 list 4:0 = 4', arm: 'n 0:4 list 8:0 = 8' },
  { text: '#define LEN (2 + 2)\nenum e { E };\ntypedef __u16 half;\nstruct s { half a[LEN]; enum e b; __be64 c; };', wide: 'a 0:8 b 8:4 c 16:8 = 24', i386: 'a 0:8 b 8:4 c 12:8 = 20', arm: 'a 0:8 b 8:4 c 16:8 = 24' },
  { text: 'union u { __u8 a[5]; __u32 b; };\nstruct s { union u u; __u8 c; };', ...all('u 0:8 c 8:1 = 12') },
  { text: 'struct s { other_t a; };', ...all('unknown') },
  { text: 'struct s { __u32 a : 3; };', ...all('unknown') },
  { text: 'struct s { struct s a; };', ...all('unknown') },
  { text: 'typedef two one;\ntypedef one two;\nstruct s { one a; };', ...all('unknown') },
];

describe('layouts of user space', async () => {
  const frontEnd = await loadFrontEnd();

  test.each(CASES)('$text', ({ text, wide, i386, arm }) => {
    expect({ wide: layoutText(frontEnd, text, ABI_64), i386: layoutText(frontEnd, text, ABI_I386), arm: layoutText(frontEnd, text, ABI_ARM) }).toEqual({ wide, i386, arm });
  });

  test('nesting that doubles at each level is laid out at once', () => {
    const levels = Array.from({ length: 18 }, (_, i) => `struct s${i} { ${i === 0 ? '__u8 a; __u8 b;' : `struct s${i - 1} a; struct s${i - 1} b;`} };`);
    expect(layoutText(frontEnd, `${levels.join('\n')}\nstruct s { struct s17 x; };`, ABI_64)).toBe(`x 0:${2 ** 18} = ${2 ** 18}`);
  });
});
