/** @module Sequences made by hand, and those that tables make: each call in each state of a device, sections in each context. */
import { objectionTo, parseSequence, withEnd } from './sequence.js';
import type { Sequence } from './sequence.js';

const USB_1 = '0x100000000000001';
const USB_2 = '0x100000000000002';

/** A device's states, as what leads there. */
const STATES: Readonly<Record<string, string>> = {
  closed: '',
  open: 't0 open A',
  sized: 't0 open A\nt0 init A 512',
  mapped: 't0 open A\nt0 init A 512\nt0 mmap A 512',
  traced: 't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 0',
  'traced for comparisons': 't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 1',
  remote: `t0 open A\nt0 init A 512\nt0 mmap A 512\nt0 remote A 0 64 0 1 ${USB_1}`,
  'remote with a common handle': `t0 open A\nt0 init A 512\nt0 mmap A 512\nt0 remote A 0 64 7 1 ${USB_1}`,
  disabled: 't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 0\nt0 disable A',
  "another task's": 't0 open A\nt0 init A 512\nt0 mmap A 512\nt1 enable A 0',
  "another task's remote": `t0 open A\nt0 init A 512\nt0 mmap A 512\nt1 remote A 0 64 0 1 ${USB_1}`,
  'of a task that is over': 't0 open A\nt0 init A 512\nt0 mmap A 512\nt1 enable A 0\nt1 exit',
};

const CALLS: readonly string[] = [
  'init A 1', 'init A 2', 'init A 512', 'init A 4294967295', 'mmap A 512', 'mmap A 1024', 'mmap A 512 1', 'enable A 0', 'enable A 1', 'enable A 2', 'disable A', 'disable A 1', 'ioctl A',
  `remote A 0 64 0 1 ${USB_1}`, `remote A 5 64 0 1 ${USB_1}`, 'remote A 0 64 0 0', `remote A 0 64 0 2 ${USB_2} ${USB_2}`, `remote A 0 64 9 2 ${USB_1} 5`, 'remote A 0 64 9 300',
  'remote A 0 64 0 1 0x200000000000001', 'remote A 1 64 0x100000000000001 0', 'close A',
];

const SECTIONS: readonly string[] = ['hit 1', 'start H ; hit 1 ; stop', 'start H ; hit 1', 'stop', 'start H ; hit 1 ; stop ; start H ; hit 2 ; stop', 'start H ; start H ; hit 1 ; stop ; stop', 'handle', 'cmp 1 4 1 2'];
const CONTEXTS: readonly string[] = ['t1 X', 'k0 X', 't0 X', 't1 softirq [ X ]', 't1 hardirq [ X ]', 't1 nmi [ X ]', 't0 softirq [ X ]', 'k0 softirq [ X ]', 'k0 softirq [ hardirq [ X ] ]', 't0 hardirq [ nmi [ X ] ]', 'k0 start H ; softirq [ X ] ; hit 9 ; stop'];

const OTHERS: readonly string[] = [
  't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 0\nt0 hit 1 ; hit 2 ; hit 1\nt0 read A\nt0 poke A 0 0\nt0 hit 3\nt0 disable A\nt0 hit 4',
  't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 0\nt0 poke A 0 509\nt0 hit 1 ; hit 2 ; hit 3 ; state',
  't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 1\nt0 poke A 0 126\nt0 cmp 1 1 0x1ff 2 ; const 2 2 0x12345 3 ; cmp 3 8 0xffffffffffffffff 4',
  't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 1\nt0 switch 1 8 1 2 1 2 ; switch 2 16 3 1 9 ; switch 3 64 5 0 ; hit 4',
  't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 0\nt0 hit 1 ; softirq [ hit 2 ] ; hardirq [ hit 3 ] ; nmi [ hit 4 ] ; softirq [ hardirq [ nmi [ hit 5 ] ] ] ; hit 6',
  't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 0\nt0 fork t1\nt1 state ; hit 1\nt0 hit 2 ; state',
  `t0 open A\nt0 init A 512\nt0 mmap A 512\nt0 remote A 0 64 7 1 ${USB_1}\nt0 fork t1\nt1 handle ; state\nt0 handle ; softirq [ handle ]\nk0 start 7 ; hit 1 ; stop`,
  `t0 open A\nt0 init A 512\nt0 mmap A 512\nt0 remote A 0 64 0 1 ${USB_1}\nk0 start ${USB_1} ; hit 1\nt0 disable A\nt0 remote A 0 64 0 1 ${USB_1}\nk0 hit 2 ; stop\nk0 start ${USB_1} ; hit 3 ; stop`,
  `t0 open A\nt0 init A 512\nt0 mmap A 512\nt0 remote A 0 64 0 1 ${USB_1}\nk0 start ${USB_1} ; hit 1\nm close A\nt0 exit\nk0 hit 2 ; stop`,
  `t0 open A\nt0 init A 512\nt0 mmap A 512\nt0 remote A 0 4 0 1 ${USB_1}\nk0 start ${USB_1} ; hits 6 1 ; state ; stop\nk0 softirq [ start ${USB_1} ; hits 130 2 ; stop ]`,
  `t0 open A\nt0 init A 512\nt0 mmap A 512\nt0 remote A 1 64 0 1 ${USB_1}\nt0 poke A 0 126\nk0 start ${USB_1} ; cmp 1 8 1 2 ; cmp 2 4 3 4 ; stop`,
];

function sequenceOf(text: string): Sequence {
  const sequence = parseSequence(text);
  const objection = objectionTo(sequence);
  if (objection !== null) throw new Error(`${text}: ${objection}`);
  return withEnd(sequence);
}

/** Each call in each state, once by the task that brought it there and once by another; then what the state is afterwards. */
function callsInStates(): Sequence[] {
  return Object.entries(STATES).flatMap(([state, before]) => CALLS.flatMap((call) => ['t0', 't1'].flatMap((by) => {
    if (state === 'of a task that is over' && by === 't1') return [];
    const after = call === 'close A' ? '' : `t0 enable A 0\nt0 hit 1 ; state\nt0 read A\nt0 disable A`;
    return [sequenceOf([before, `${by} ${call}`, `${by} state`, after].filter((part) => part !== '').join('\n'))];
  })));
}

/** Sections of a handle that is known and of one that is not, in each context, beside a task that is traced or waits. */
function sectionsInContexts(): Sequence[] {
  const owner = `t1 open A\nt1 init A 512\nt1 mmap A 512\nt1 remote A 0 64 0 1 ${USB_1}\nt0 open B\nt0 init B 512\nt0 mmap B 512\nt0 enable B 0`;
  return CONTEXTS.flatMap((context) => SECTIONS.flatMap((section) => [USB_1, USB_2].map((handle) => {
    const line = context.replace('X', section).replaceAll('H', handle);
    return sequenceOf(`${owner}\n${line}\nt0 state ; hit 8\nt1 state\nk0 state\nk0 start ${USB_1} ; hit 7 ; stop`);
  })));
}

/** Sections of one device in each context while a thread or another interrupt is in a section of the other, which was enabled as often or once more. */
function sectionsInSections(): Sequence[] {
  const device = (by: string, name: string, handle: string): string => `${by} open ${name}\n${by} init ${name} 512\n${by} mmap ${name} 512\n${by} remote ${name} 0 64 0 1 ${handle}`;
  const again = `t2 disable C\nt2 remote C 0 64 0 1 ${USB_2}`;
  const bodies = [`start ${USB_2} ; hit 2 ; stop`, `start ${USB_2} ; hit 2 ; hardirq [ start ${USB_1} ; hit 3 ; stop ] ; hit 4 ; stop`, 'start 0x100000000000009 ; hit 2 ; stop', 'hit 2'];
  const around = [`k0 start ${USB_1} ; hit 1 ; I [ X ] ; hit 5 ; stop`, `k0 softirq [ start ${USB_1} ; hit 1 ; I [ X ] ; hit 5 ; stop ]`, 't0 hit 1 ; I [ X ] ; hit 5'];
  return ['', again].flatMap((more) => bodies.flatMap((body) => around.flatMap((line) => ['softirq', 'hardirq', 'nmi'].map((kind) => sequenceOf(
    [device('t1', 'A', USB_1), device('t2', 'C', USB_2), more, 't0 open B\nt0 init B 512\nt0 mmap B 512\nt0 enable B 0', line.replace('I', kind).replace('X', body)].filter((part) => part !== '').join('\n'),
  )))));
}

/** All of them, always in the same order. */
export function byHand(): Sequence[] {
  return [...OTHERS.map(sequenceOf), ...callsInStates(), ...sectionsInContexts(), ...sectionsInSections()];
}
