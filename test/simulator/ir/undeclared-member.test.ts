/** @module A struct with a member of a type that nothing declares: what is around it is known, what is in it is not. */
import { expect, it } from 'vitest';
import { file, int, named, struct, structType } from '../../../simulator/ir/build.js';
import { TypeTable, UnknownName } from '../../../simulator/ir/types.js';

const types = new TypeTable(file('test.c', [struct('box', { before: int, work: structType('work_struct'), wait: named('wait_queue_head_t'), after: int })]));

it('lays out the members around it', () => {
  expect(types.field(structType('box'), 'before').offset).toBe(0);
  expect(types.field(structType('box'), 'after').offset).toBe(4);
});

it('knows nothing of what is in it', () => {
  const { type } = types.field(structType('box'), 'work');
  expect(() => types.field(type, 'func')).toThrow(UnknownName);
  expect(() => types.sizeOf(type)).toThrow(UnknownName);
  expect(() => types.scalar(types.field(structType('box'), 'wait').type)).toThrow(UnknownName);
});
