import { expect, it } from 'vitest';
import { looksLikeMbox, splitMbox } from '../../src/mail/mbox.js';
import { splitLines } from '../../src/patch/input-line.js';

const two = 'From a@b Mon Sep 17 00:00:00 2001\nSubject: one\n\n>From here\n>>From there\nFrom is no start\n\nFrom x\nmid\n\nFrom mboxrd@z Thu Jan  1 00:00:00 1970\nSubject: two\n\nend\n';

it('splits at separators, unescapes one level and keeps line numbers', () => {
  const { messages, left } = splitMbox(splitLines(two));
  expect(left).toBe(0);
  expect(messages.map(({ lines }) => lines.map((line) => line.text))).toEqual([
    ['Subject: one', '', 'From here', '>From there', 'From is no start', '', 'From x', 'mid', ''],
    ['Subject: two', '', 'end'],
  ]);
  expect(messages[1]!.lines[0]!.inputLine).toBe(12);
});

it('knows an mbox from other text', () => {
  expect(looksLikeMbox(splitLines(two))).toBe(true);
  expect(looksLikeMbox(splitLines('From the start this is prose\nand goes on\n'))).toBe(false);
});
