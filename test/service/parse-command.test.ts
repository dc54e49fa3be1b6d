/** @module Commands in comments: what is one, what is not, and what is wrong with one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/service/commands/parse-command.js';

describe('commands', () => {
  test.each([
    ['/kcovet review', { kind: 'review' }],
    ['Thanks!\n\n/kcovet help', { kind: 'help' }],
    ['/kcovet', { kind: 'help' }],
    ['/kcovet invalid irqs are off here', { kind: 'invalid', id: null, reason: 'irqs are off here' }],
    ['/kcovet invalid: be sure irqs are off', { kind: 'invalid', id: null, reason: 'be sure irqs are off' }],
    ['/kcovet invalid irq-in-trace:7f3a90aa:t6s4 irqs are off', { kind: 'invalid', id: 'irq-in-trace:7f3a90aa:t6s4', reason: 'irqs are off' }],
    ['/kcovet assume nmi=0', { kind: 'assume', text: 'nmi=0' }],
    ['/kcovet unassume nmi=0', { kind: 'unassume', text: 'nmi=0' }],
    ['/kcovet replay', { kind: 'replay', id: null }],
    ['/kcovet replay 7f3a90aa', { kind: 'replay', id: '7f3a90aa' }],
    ['/kcovet test\n```diff\n--- a/x\n+++ b/x\n```\nthanks', { kind: 'test', patch: '--- a/x\n+++ b/x\n' }],
    ['/kcovet test\r\n````\r\n```\r\n````', { kind: 'test', patch: '```\n' }],
    ['/kcovet test', { kind: 'test', patch: '' }],
  ])('%j', (body, command) => {
    expect(parseCommand(body)).toEqual(command);
  });

  test.each(['> /kcovet review', 'see /kcovet review', '```\n/kcovet review\n```', '    /kcovet review', '/kcovetreview', ''])('%j is none', (body) => {
    expect(parseCommand(body)).toBeNull();
  });

  test.each(['/kcovet invalid', '/kcovet assume', '/kcovet replay <x>', '/kcovet merge'])('%j is not understood, and it is said why', (body) => {
    expect(parseCommand(body)).toMatchObject({ kind: 'unknown' });
  });

  test('no text makes it throw, and a command is found wherever its line is', () => {
    fc.assert(fc.property(fc.string(), (text) => { parseCommand(text); }));
    fc.assert(fc.property(fc.array(fc.constantFrom('a', '> b', '', '- c')), (lines) => {
      expect(parseCommand([...lines, '/kcovet review'].join('\n'))).toEqual({ kind: 'review' });
    }));
  });
});
