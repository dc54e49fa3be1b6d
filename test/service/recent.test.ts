/** @module Results made lately: given again where they are whole, made again where they are not. */
import { expect, test } from 'vitest';
import { Recent } from '../../src/service/recent.js';

test('what is not whole is made again, what is whole is not', async () => {
  const recent = new Recent<{ n: number; stopped: boolean }>(({ stopped }) => !stopped);
  let n = 0;
  const make = () => Promise.resolve({ n: n += 1, stopped: n < 2 });
  expect([await recent.get('a', make), await recent.get('a', make), await recent.get('a', make)].map((one) => one.n)).toEqual([1, 2, 2]);
});
