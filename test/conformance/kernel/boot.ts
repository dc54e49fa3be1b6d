/**
 * @module Sequences on a kernel in QEMU: packed into an initrd with the init program, run by one boot, read back from the debug
 * console. A boot that ends early says which sequence it was in, and what the kernel's console had last.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { initrd } from './initrd.js';
import { sequenceText } from './sequence.js';
import type { Sequence } from './sequence.js';

/** Seconds without a word on either console after which a boot has hung: with sequences, and with a program, which says nothing before it is over. */
const SILENCE = { sequences: 60, program: 900 };
const CONSOLE_LINES = 400;
/** What a kernel that dies says of it. */
const DEATH = /BUG: |general protection fault|Kernel panic|Oops|RIP: 0010:|KASAN|Call Trace/u;

export interface Machine {
  /** A bzImage. */
  readonly kernel: string;
  /** The init program, static. */
  readonly init: string;
  /** As `-accel` has it: tcg, kvm. */
  readonly accelerator: string;
}

export interface Ran {
  /** What came of each line, in order. */
  readonly lines: readonly string[];
  /** Why it ended early, null when it did not. */
  readonly ended: string | null;
}

export interface Boot {
  /** As many as were run to their end, and the one that ended the boot. */
  readonly ran: readonly Ran[];
  readonly cpus: number;
  readonly milliseconds: number;
}

/** Boots once and runs sequences until one ends the boot. */
export async function boot(machine: Machine, sequences: readonly Sequence[]): Promise<Boot> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kcovet-boot-'));
  try {
    const text = sequences.map((sequence, i) => `seq ${i}\n${sequenceText(sequence)}end\n`).join('');
    writeFileSync(path.join(folder, 'initrd'), initrd({ init: readFileSync(machine.init), name: 'sequences', data: Buffer.from(text) }));
    const began = Date.now();
    const ended = await run(machine, folder, { silence: SILENCE.sequences, parameters: 'oops=panic slub_debug=FZP,kmalloc-* kasan_multi_shot', cpus: 2 });
    const console = readFileSync(path.join(folder, 'console'), 'utf8').split('\n').slice(-CONSOLE_LINES).filter((line) => DEATH.test(line)).join('\n');
    return { ...read(readFileSync(path.join(folder, 'results'), 'utf8'), `${ended}\n${console}`), milliseconds: Date.now() - began };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a program of `kcovet repro` came to. */
export interface Tried {
  /** Its exit status; null where it did not come to its end. */
  readonly status: number | null;
  /** Its line, or why there is none. */
  readonly says: string;
}

/** Boots once and runs a program; `init`: the one that runs it. */
export async function bootProgram(machine: Machine, program: string): Promise<Tried> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kcovet-boot-'));
  try {
    writeFileSync(path.join(folder, 'initrd'), initrd({ init: readFileSync(machine.init), name: 'program', data: readFileSync(program) }));
    const ended = await run(machine, folder, { silence: SILENCE.program, parameters: '', cpus: 3, over: /^exit \d+$/mu });
    const lines = readFileSync(path.join(folder, 'results'), 'utf8').split('\n');
    const exit = lines.flatMap((line) => /^exit (\d+)$/u.exec(line)?.[1] ?? []).at(0);
    return { status: exit === undefined ? null : Number(exit), says: lines.find((line) => line !== '' && !/^(?:boot|exit) /u.test(line)) ?? ended };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How a kernel is run. */
interface Way {
  /** Seconds of silence after which it has hung. */
  readonly silence: number;
  /** Of its command line, beside what all have. */
  readonly parameters: string;
  readonly cpus: number;
  /** Where the debug console says this, all is over. */
  readonly over?: RegExp;
}

function argumentsOf({ kernel, accelerator }: Machine, folder: string, { parameters, cpus }: Way): string[] {
  return [
    '-accel', accelerator, '-nodefaults', '-display', 'none', '-m', '512', '-smp', `${cpus},sockets=${cpus},cores=1`, '-no-reboot', '-kernel', kernel, '-initrd', path.join(folder, 'initrd'),
    '-serial', `file:${path.join(folder, 'console')}`, '-chardev', `file,id=results,path=${path.join(folder, 'results')}`, '-device', 'isa-debugcon,iobase=0xe9,chardev=results',
    '-append', `console=ttyS0 quiet panic=-1 nokaslr lpj=4000000 tsc=reliable no_timer_check ${parameters}`,
  ];
}

function run(machine: Machine, folder: string, way: Way): Promise<string> {
  writeFileSync(path.join(folder, 'results'), '');
  writeFileSync(path.join(folder, 'console'), '');
  const size = (): number => readFileSync(path.join(folder, 'results')).length + readFileSync(path.join(folder, 'console')).length;
  return new Promise((resolve, reject) => {
    const child = spawn('qemu-system-x86_64', argumentsOf(machine, folder, way), { stdio: ['ignore', 'ignore', 'pipe'] });
    let [errors, last, since] = ['', -1, Date.now()];
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    const watch = setInterval(() => {
      if (size() !== last) [last, since] = [size(), Date.now()];
      else if (Date.now() - since > way.silence * 1000) child.kill('SIGKILL');
      // A kernel with a bug may not come to restart.
      if (way.over?.test(readFileSync(path.join(folder, 'results'), 'utf8'))) child.kill('SIGKILL');
    }, 1000);
    child.on('error', (error) => {
      clearInterval(watch);
      reject(new Error(`qemu-system-x86_64: ${error.message}; it is in Debian's package qemu-system-x86`));
    });
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      resolve(signal !== null ? `hung: nothing was said for ${way.silence} s` : code === 0 ? 'the kernel restarted' : `qemu ended with ${code ?? '?'}: ${errors}`);
    });
  });
}

/** What the debug console says: "seq N", a numbered line for each line, "end N STATUS"; "halt" when all were run. */
function read(text: string, ended: string): Omit<Boot, 'milliseconds'> {
  const ran: Ran[] = [];
  let lines: string[] | null = null;
  let [cpus, halted] = [0, false];
  for (const line of text.split('\n')) {
    const [word, number, status] = line.split(' ');
    if (word === 'boot') cpus = Number(status);
    else if (word === 'halt') halted = true;
    else if (word === 'seq') lines = [];
    else if (word === 'end' && lines) {
      ran.push({ lines, ended: status === '0' && Number(number) === ran.length ? null : `the process ended with status ${status ?? '?'}` });
      lines = null;
    } else if (lines && /^\d/u.test(line)) lines.push(line.replace(/^\d+ ?/u, '').trim());
  }
  if (lines) ran.push({ lines, ended });
  else if (!halted) ran.push({ lines: [], ended });
  return { ran, cpus };
}
