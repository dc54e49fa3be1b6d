import { describe, expect, it } from 'vitest';
import { enumType, enumeration, fn, global, int, pointer, structType, typedef, unsignedInt, unsignedLong, bool, named, void_ } from '../../../simulator/ir/build.js';
import { addressOf, functionAddress } from '../../../simulator/machine/address.js';
import { Layout } from '../../../simulator/machine/layout.js';
import { UNINITIALISED } from '../../../simulator/machine/value.js';
import { Names } from '../../../simulator/trace/names.js';
import { commonPrefix, Values } from '../../../simulator/trace/values.js';
import { code, dangling, permissive } from '../explore/programs.js';

const program = code([
  ...dangling, enumeration('lamp_state', { LAMP_OFF: 0, LAMP_ON: 1, LAMP_ON_DIMMED: 2 }), enumeration('first_kind', { A_X: 0 }), enumeration('second_kind', { B_X: 0 }),
  typedef('lamp_t', enumType('lamp_state')), global('lamp', int), fn('nothing', { body: () => [] }),
]);
const layout = new Layout(program, { tasks: ['T'], objects: [{ name: 'file:A', bytes: 8 }], cpus: 1 });
const pool = program.sites.findIndex((s) => s.api === 'kmalloc');
const first = layout.poolOf(pool);

function values(): { names: Names; values: Values } {
  const names = new Names(layout);
  return { names, values: new Values(program, names, permissive.isLabel) };
}

describe('values in traces', () => {
  const write = values().values;

  it('are members of enums without the common prefix', () => {
    expect(write.write(2, enumType('lamp_state'), 'x')).toBe('ON_DIMMED');
    expect(write.write(1, named('lamp_t'), 'x')).toBe('ON');
    expect(write.write(9, enumType('lamp_state'), 'x')).toBe('9');
    expect(commonPrefix(['AREA_ONE', 'AREA_OTHER'])).toBe('AREA_');
    expect(commonPrefix(['ONE', 'TWO'])).toBe('');
    expect(commonPrefix(['ALONE_HERE'])).toBe('');
  });

  it('are members of an enum for an int field of its name, where only one enum can be meant', () => {
    expect(write.write(1, unsignedInt, 't->saved_state')).toBe('ON');
    expect(write.write(0, unsignedInt, 't->kind')).toBe('0');
    expect(write.write(1, unsignedInt, 't->size')).toBe('1');
    expect(write.write(1, unsignedLong, 't->state')).toBe('1');
  });

  it('are names for pointers', () => {
    const { names, values: fresh } = values();
    names.allocated(first, 'A');
    names.allocated(first + 1, 'A');
    const shown = pointer(void_);
    expect([0, addressOf(first), addressOf(first, 8), addressOf(first + 1), addressOf(first + 2), addressOf(layout.objectIndex('T') ?? -1)].map((v) => fresh.write(v, shown, '')))
      .toEqual(['NULL', 'areaA', 'areaA+8', 'areaA2', 'area0', 'T']);
    expect(fresh.write(functionAddress(program.functionsByName.get('nothing')?.index ?? -1), shown, '')).toBe('nothing()');
    expect(fresh.write(addressOf(first), unsignedLong, 'arg')).toBe('areaA');
    expect(names.rewrite(`area#0 and area#1, lost#9`)).toBe('areaA and areaA2, lost#9');
  });

  it('are names of one object each, where sites assign to variables of one name', () => {
    const area = program.sites[pool];
    const twice = new Layout({ ...program, sites: area ? [...program.sites, area] : [] }, { tasks: ['T'], objects: [], cpus: 1 });
    expect(new Set(twice.names).size).toBe(twice.names.length);
    const names = new Names(twice);
    const second = twice.poolOf(program.sites.length);
    expect([names.name(twice.poolOf(pool)), names.name(second)]).toEqual(['area0', 'area1']);
    expect(names.rewrite(`a PC is in ${twice.names[second]}`)).toBe('a PC is in area1');
  });

  it('are names that the caller gives', () => {
    const names = new Names(layout, (object, fallback) => (object === first ? 'mine' : fallback));
    expect([names.name(first), names.name(first + 1)]).toEqual(['mine', 'area1']);
  });

  it('are PC for labels, decimal for sizes, hexadecimal for handles', () => {
    expect([0x70000001, 12, -22, 0x100000000000002n, UNINITIALISED].map((v) => write.write(v, unsignedLong, ''))).toEqual(['PC', '12', '-22', '0x100000000000002', 'uninitialised']);
    expect(write.write(1, bool, '')).toBe('1');
    expect(write.write(0, pointer(structType('box')), '')).toBe('NULL');
  });
});
