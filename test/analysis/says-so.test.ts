/** @module Changelogs that speak of a change of behaviour, and changelogs that speak of code alone. */
import { expect, it } from 'vitest';
import { saysSo } from '../../src/analysis/says-so.js';

const one = (subject: string, message = ''): readonly { subject: string; message: string }[] => [{ subject, message }];

it.each([
  ['return -EBUSY from KCOV_ENABLE', ''], ['[PATCH v2] kcov: limit handles', 'An ioctl with more of them should fail.'], ['rework', 'Until now mmap() worked once only. That was wrong.'],
  ['rework', 'Allocate in KCOV_INIT_TRACE instead.'], ['rework', 'User space must pass the flag.'], ['kcov: map the area again', ''],
])('%s: %s: results change', (subject, message) => {
  expect(saysSo(one(subject, message), 'result')).toBe(true);
});

it.each([
  ['kcov: collect coverage of softirqs', ''], ['kcov: fix sections in interrupts', ''], ['kcov: rework', 'A section gets more room.'], ['rework', 'Records that do not fit are dropped.'],
  ['kcov: keep the count in bounds', ''],
])('%s: %s: areas change', (subject, message) => {
  expect(saysSo(one(subject, message), 'area')).toBe(true);
});

it.each([
  ['kcov: tidy up', 'Use a local variable.'], ['kcov: simplify kcov_remote_start()', 'Use min() in kcov_remote_start().'], ['kcov: use list_for_each_entry', 'It is shorter.'],
  ['[PATCH 2/3] mm/kcov: rename size', 'Signed-off-by: Changed Area <area@example.org>'], ['kcov: tidy up', 'kcov_get_mode() and check_kcov_mode(). Both are easier to read.\n\n> Return an error.'],
  ['kcov: remove kcov_area_size', ''],
])('%s: %s: neither changes', (subject, message) => {
  expect(['result', 'area'].filter((of) => saysSo(one(subject, message), of as 'result' | 'area'))).toEqual([]);
});

it('reads all changelogs up to the one that changes something', () => {
  expect(saysSo([...one('kcov: prepare', 'Later an mmap() may fail.'), ...one('kcov: tidy up', 'Use a local.')], 'result')).toBe(true);
});
