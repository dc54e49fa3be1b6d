/**
 * @module Ioctls that a Program has beyond those of the contract, such as a new one of a patch. Nothing is known of what they mean, so
 * nothing is owed of coverage or results behind one; memory, locks, references and interrupts must stay right all the same.
 */
import type { Code } from '../machine/code.js';
import type { Value } from '../machine/value.js';
import type { MacroDef, Program } from '../ir/program.js';
import { TypeTable, UnknownName } from '../ir/types.js';
import { setDevice } from './contract.js';
import type { KcovView } from './contract.js';
import { calledBy, file, framed } from './operation.js';
import type { Step } from './operation.js';

/** The ioctls that the contract states. */
export const COMMANDS = ['KCOV_INIT_TRACE', 'KCOV_ENABLE', 'KCOV_DISABLE', 'KCOV_REMOTE_ENABLE'] as const;

/** Commands of a Program at most; a driver that has more is not kcov. */
const COMMANDS_MAX = 8;

export interface OwnCommand {
  readonly name: string;
  readonly number: Value;
}

/** Macros that are numbers of ioctls of the letter that kcov has, include/uapi/linux/kcov.h. */
const isCommand = ({ params, body }: MacroDef): boolean => params === null && /^_IO(?:R|W|WR)?\s*\(\s*'c'\s*,/u.test(body.trim());

function numberOf(types: TypeTable, name: string): Value | null {
  try {
    return types.isConstant(name) ? types.constant({ kind: 'name', name }) : null;
  } catch (error) {
    if (error instanceof UnknownName) return null;
    throw error;
  }
}

const known = new WeakMap<Program, readonly OwnCommand[]>();

/** Commands of a Program that the contract does not state, in the order of the text; another name of a stated number is none. */
export function ownCommands(program: Program): readonly OwnCommand[] {
  const before = known.get(program);
  if (before) return before;
  const types = new TypeTable(program);
  const stated = new Set(COMMANDS.map((name) => numberOf(types, name)));
  const all = program.macros.filter(isCommand).flatMap(({ name }): OwnCommand[] => {
    const number = numberOf(types, name);
    return number === null || stated.has(number) ? [] : [{ name, number }];
  });
  const made = all.filter(({ number }, i) => all.findIndex((other) => other.number === number) === i).slice(0, COMMANDS_MAX);
  known.set(program, made);
  return made;
}

/** What user space gives to a command whose argument nobody knows: nothing, a small number, a pointer to memory of its own. */
const ARGUMENTS: readonly ((view: KcovView, name: string) => Value)[] = [() => 0, () => 2, (view, name) => view.addressOf(`arg:${name}`)];

/** Any ioctl of the Program's own, with any of a few arguments; nothing where it has none, and one way is that it is not called. */
export function ownCommand(name: string): Step {
  const call = framed(`ioctl(${name}, a command of its own)`, {
    calls: ['.unlocked_ioctl'], deed: { does: 'own', device: name }, begin: () => null, end: () => undefined,
  });
  const way = (number: Value, argument: (typeof ARGUMENTS)[number]): { begin: Step['begin'] } => ({
    begin(view) {
      const target = calledBy(view, name, 'unlocked_ioctl');
      if (target === null) return null;
      setDevice(view, name, { scribbled: true });
      return { function: target, args: [file(view, name), number, argument(view, name)] };
    },
  });
  return { ...call, ways: (code: Code) => [{}, ...ownCommands(code.program).flatMap(({ number }) => ARGUMENTS.map((argument) => way(number, argument)))] };
}
