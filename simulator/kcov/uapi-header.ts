/**
 * @module include/uapi/linux/kcov.h (v5.5 to v6.12): the ioctls, the argument of REMOTE_ENABLE, types of comparisons,
 * handles. User space holds it to stay the same; only the spelling of the list of handles changed.
 */
import {
  array, call, define, enumeration, file, fn, if_, include, invert, name, named, number, ret, sizeOf, struct, structType, unsignedLong,
} from '../ir/build.js';
import type { Item, Term } from '../ir/build.js';
import { printType } from '../ir/print.js';
import type { CType, Program } from '../ir/program.js';

const u32 = named('__u32');
const u64 = named('__u64');
const alignedU64 = named('__aligned_u64');

/** Directions of _IOC(), include/uapi/asm-generic/ioctl.h. */
const DIRECTION = { _IO: '0U', _IOW: '1U', _IOR: '2U' } as const;

/** The number of an ioctl of type 'c': as kcov.h spells it, and as the macros of asm-generic/ioctl.h compute it. */
function ioctl(macro: keyof typeof DIRECTION, nr: number, argument?: CType): readonly [string, Term] {
  const letter = 'c'.charCodeAt(0);
  const base = number(DIRECTION[macro]).shl(30).bits(number(String(letter)).shl(8)).bits(nr);
  const meaning = argument === undefined ? base : base.bits(sizeOf(argument).shl(16));
  const size = argument === undefined ? '' : `, ${printType(argument)}`;
  return [`${macro}('c', ${nr}${size})`, meaning];
}

function items(length?: 0): Item[] {
  return [
    include('<linux/types.h>'),
    struct('kcov_remote_arg', {
      trace_mode: u32, area_size: u32, num_handles: u32, common_handle: alignedU64, handles: array(alignedU64, length),
    }),
    define('KCOV_REMOTE_MAX_HANDLES', number('0x100')),
    define('KCOV_INIT_TRACE', ioctl('_IOR', 1, unsignedLong)),
    define('KCOV_ENABLE', ioctl('_IO', 100)),
    define('KCOV_DISABLE', ioctl('_IO', 101)),
    define('KCOV_REMOTE_ENABLE', ioctl('_IOW', 102, structType('kcov_remote_arg'))),
    enumeration('', { KCOV_TRACE_PC: 0, KCOV_TRACE_CMP: 1 }),
    // Type word of a comparison: bit 0, an operand is constant; bits 1 and 2, log2 of the operands' bytes.
    define('KCOV_CMP_CONST', number('1').shl(0).parens),
    define('KCOV_CMP_SIZE(n)', ['((n) << 1)', name('n').shl(1)]),
    define('KCOV_CMP_MASK', call('KCOV_CMP_SIZE', 3)),
    // A handle: one byte of subsystem, three of zero, four of instance.
    define('KCOV_SUBSYSTEM_COMMON', number('0x00ull').shl(56).parens),
    define('KCOV_SUBSYSTEM_USB', number('0x01ull').shl(56).parens),
    define('KCOV_SUBSYSTEM_MASK', number('0xffull').shl(56).parens),
    define('KCOV_INSTANCE_MASK', ['(0xffffffffull)', number('0xffffffffull')]),
    fn('kcov_remote_handle', {
      is: 'static inline', returns: u64, takes: { subsys: u64, inst: u64 },
      body: ({ subsys, inst }) => [
        if_(subsys.mask(invert('KCOV_SUBSYSTEM_MASK')).or(inst.mask(invert('KCOV_INSTANCE_MASK'))),
          ret(0)),
        ret(subsys.bits(inst)),
      ],
    }),
  ];
}

/** The header; `length` of the list of handles at the end of the argument: 0, or a flexible array where it is left out. */
export function uapiHeaderWith(length?: 0): Program {
  return file('include/uapi/linux/kcov.h', items(length));
}
