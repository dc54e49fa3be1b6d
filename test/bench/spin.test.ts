/** @module What is read of pan's output, and what is not believed. */
import { describe, expect, it } from 'vitest';
import { readPan } from '../../bench/spin.js';

const OUTPUT = `
State-vector 44 byte, depth reached 34, errors: 0
      517 states, stored
       36 states, matched
      553 transitions (= stored+matched)
        0 atomic steps
  173.972	total actual memory usage

pan: elapsed time 0.25 seconds
`;

describe('the numbers of pan', () => {
  it('are read without the arrival in the initial state', () => {
    expect(readPan(OUTPUT)).toEqual({ states: 517, transitions: 552, errors: 0, seconds: 0.25, memoryMb: 173.972, vectorBytes: 44 });
  });

  it('come with the assertions that are violated', () => {
    expect(readPan(OUTPUT.replace('errors: 0', 'errors: 1\nWarning: Search not completed')).errors).toBe(1);
  });

  it.each(['', OUTPUT.replace('stored', 'found'), `error: max search depth too small\n${OUTPUT}`, `Warning: Search not completed\n${OUTPUT}`])('are none where it did not come to its end: %#', (output) => {
    expect(() => readPan(output)).toThrow(/^pan did not/);
  });
});
