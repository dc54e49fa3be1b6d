/**
 * @module Litmus files in the form of tools/memory-model/litmus-tests of the kernel: a name, a comment with the header lines
 * `Result:` and `Executions:`, globals in braces, one function for each process, and an `exists` clause over the globals.
 * A process says in which context it runs: `P1(hardirq, cpu 0)`, `P1(early hardirq, cpu 0)`, and how often it may come:
 * `P1(nmi, cpu 0, times 2)`. A task that may be killed, `P0(killable task, cpu 0)`, is in user space before its body and at each
 * line `return_to_user();` in it; behind the line `exit_begins();` stands how it ends. A clause
 * `reports lock-inversion` asks whether the search reports that, whatever the executions end in; a header `Reported:` names what
 * else is reported, which is no matter of the condition. More header lines turn axes on: `Reorderings: compiler 1, cpus 1` says how
 * many accesses each may put off; `Preemptions: 1`, `Migrations: 1`, `CPUs: 2` where no process is on the last one, and
 * `Configuration: PREEMPT_RT`, with `, no bottom-half lock` behind it where that is meant.
 */
import type { PreemptRt } from '../../simulator/machine/code.js';
import type { Reorderings } from '../../simulator/machine/orders.js';
import type { ContextKind } from '../../simulator/machine/state.js';

export type Result = 'Never' | 'Sometimes' | 'Always';

export interface Process {
  /** P0, P1 …, the name of its function. */
  readonly name: string;
  readonly kind: ContextKind;
  /** Of a hardirq, where preempt_count does not say so. */
  readonly early?: true;
  readonly cpu: number;
  /** How often it may come, for interrupts. */
  readonly times: number;
  /** Of a task that may be killed: the functions that it runs one after the other, the last one being its exit. */
  readonly functions?: readonly string[];
}

/** `x = 1`, the property of a violation that ended the execution, or one that the search reports. */
export type Atom = { readonly global: string; readonly value: bigint } | { readonly property: string } | { readonly reports: string };

/** Axes of the machine that are on, with their bounds. */
export interface Axes {
  readonly preemptions?: number;
  readonly migrations?: number;
  readonly cpus?: number;
  readonly rt?: PreemptRt;
  readonly reorderings?: Reorderings;
}

export interface Litmus {
  readonly name: string;
  readonly result: Result;
  /** Complete executions: different orders of steps, not different end states. */
  readonly executions: bigint;
  /** Globals and functions as one C file. */
  readonly text: string;
  readonly processes: readonly Process[];
  readonly axes: Axes;
  /** Properties that are violated without ending the execution, besides those that the condition asks for. */
  readonly reported: readonly string[];
  /** Any of these conjunctions. */
  readonly exists: readonly (readonly Atom[])[];
}

/** Reads a litmus file; throws with what is wrong, since they are our own. */
export function readLitmus(path: string, text: string): Litmus {
  const wrong = (what: string): Error => new Error(`${path}: ${what}`);
  const found = /^C (\S+)\n([^]*?)\n\{\n([^]*?)\n?\}\n([^]*?)\nexists \(([^]*?)\)\n$/.exec(text);
  const [, name = '', comment = '', globals = '', body = '', condition = ''] = found ?? [];
  if (!found) throw wrong('not of the form of a litmus file');
  if (!path.endsWith(`/${name}.litmus`)) throw wrong(`it is called ${name} inside`);
  const result = /^ \* Result: (Never|Sometimes|Always)$/m.exec(comment)?.[1] as Result | undefined;
  const executions = /^ \* Executions: (\d+)$/m.exec(comment)?.[1];
  if (result === undefined || executions === undefined) throw wrong('without Result: or Executions:');
  const processes = readProcesses(body);
  if (processes.length === 0) throw wrong('without a process');
  const functions = inParts(body).replace(/^(P\d+)\(.*\)$/gm, 'void $1(void)');
  const axes = readAxes(comment, wrong);
  return { name, result, executions: BigInt(executions), text: `${globals}\n${functions}`, processes, axes, reported: /^ \* Reported: (.+)$/m.exec(comment)?.[1]?.split(' ') ?? [], exists: readCondition(condition, wrong) };
}

const CONFIGURATIONS: Readonly<Record<string, PreemptRt>> = { PREEMPT_RT: 'bh-lock', 'PREEMPT_RT, no bottom-half lock': 'no-bh-lock' };

function readAxes(comment: string, wrong: (what: string) => Error): Axes {
  const header = (name: string): string | undefined => new RegExp(`^ \\* ${name}: (.+)$`, 'm').exec(comment)?.[1];
  const number = (name: string): number | undefined => {
    const text = header(name);
    if (text !== undefined && !/^\d$/.test(text)) throw wrong(`${name}: ${text}`);
    return text === undefined ? undefined : Number(text);
  };
  const [configuration, orders] = [header('Configuration'), header('Reorderings')];
  if (configuration !== undefined && !CONFIGURATIONS[configuration]) throw wrong(`the configuration ${configuration}`);
  const reorderings = orders === undefined ? undefined : readReorderings(orders, wrong);
  const axes = { preemptions: number('Preemptions'), migrations: number('Migrations'), cpus: number('CPUs'), rt: CONFIGURATIONS[configuration ?? ''], reorderings };
  return Object.fromEntries(Object.entries(axes).filter(([, value]) => value !== undefined));
}

function readReorderings(text: string, wrong: (what: string) => Error): Reorderings {
  const of = (axis: string): number => Number(new RegExp(`\\b${axis} (\\d)`).exec(text)?.[1] ?? 0);
  if (!/^(?:(?:compiler|cpus) \d(?:, |$))+$/.test(text)) throw wrong(`the reorderings "${text}"`);
  return { compiler: of('compiler'), cpus: of('cpus') };
}

/** The body with a function for each part of a task: P0, P0_1, P0_2. */
function inParts(body: string): string {
  return body.split(/^(?=P\d+\()/mu).map((process) => {
    const name = /^P\d+/u.exec(process)?.[0] ?? '';
    return process.split(/^\t(?:return_to_user|exit_begins)\(\);\n/mu).join('}\n\nvoid @(void)\n{\n').split('@').reduce((text, part, i) => `${text}${name}_${i}${part}`);
  }).join('');
}

/** Names of the functions of a process. */
function functionsOf(name: string, body: string): string[] {
  const own = body.split(/^(?=P\d+\()/mu).find((process) => process.startsWith(`${name}(`)) ?? '';
  return own.split(/^\t(?:return_to_user|exit_begins)\(\);\n/mu).map((_, i) => (i === 0 ? name : `${name}_${i}`));
}

function readProcesses(body: string): Process[] {
  return [...body.matchAll(/^(P\d+)\((early (?=hardirq)|killable (?=task))?(task|softirq|hardirq|nmi), cpu (\d)(?:, times (\d))?\)$/gm)].map(
    ([, name = '', how, kind, cpu, times]) => ({
      name, kind: kind as ContextKind, cpu: Number(cpu), times: Number(times ?? 1), ...(how === 'killable ' ? { functions: functionsOf(name, body) } : {}),
      ...(how === 'early ' ? { early: true as const } : {}),
    }));
}

function readCondition(text: string, wrong: (what: string) => Error): Atom[][] {
  return text.split('\\/').map((part) => part.split('/\\').map((atom) => {
    const [, global, value, reports, property] = /^\s*(?:(\w+)=(-?\d+)|reports ([a-z-]+)|([a-z-]+))\s*$/.exec(atom) ?? [];
    if (reports !== undefined) return { reports };
    if (global !== undefined && value !== undefined) return { global, value: BigInt(value) };
    if (property !== undefined) return { property };
    throw wrong(`the condition "${atom.trim()}"`);
  }));
}
