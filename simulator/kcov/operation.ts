/**
 * @module What all operations of scenarios share: the frame that keeps what the contract said when a call began, and calls of
 * the file operations that the Program registered. What a call must leave as it was is the machine's (../machine/balance.ts).
 */
import { U64 } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import type { Invocation, Operation } from '../scenario/scenario.js';
import { device, setDevice, who } from './contract.js';
import type { KcovView } from './contract.js';
import { ENOMEM } from './errno.js';
import type { Device, Ghost } from './ghost.js';

/** One thing that user or kernel does with kcov. */
export type Step = Operation<Ghost>;

export interface Framed {
  /** What the contract says when the call begins; handed to `end`. */
  readonly note?: (view: KcovView) => string;
  /** What to call; null when there is nothing to do. */
  readonly begin: (view: KcovView) => Invocation | null;
  readonly end: (view: KcovView, result: Value, note: string) => void;
  /** False for a call that may return with irqs as something else demands; true when left out. */
  readonly keepsIrqs?: boolean;
  readonly returnAddress?: number;
}

/** Remembers what the contract said when an operation began. */
export function framed(label: string, step: Framed): Step {
  return {
    label, returnAddress: step.returnAddress, keepsIrqs: step.keepsIrqs,
    begin(view) {
      const invocation = step.begin(view);
      if (!invocation) return null;
      const begun = step.note?.(view) ?? '';
      const failed = view.ghost.failed.filter((name) => name !== who(view));
      view.setGhost({ ...view.ghost, failed, begun: { ...view.ghost.begun, [who(view)]: begun } });
      return invocation;
    },
    end(view, result) {
      const { [who(view)]: begun, ...others } = view.ghost.begun;
      view.setGhost({ ...view.ghost, begun: others });
      if (begun !== undefined) step.end(view, result, begun);
    },
  };
}

function fileOperation(view: KcovView, field: string): string | null {
  const { fileOperations } = view.ghost;
  const offset = view.offsetOf('file_operations', field);
  if (fileOperations === 0 || offset === null) return null;
  return view.functionAt(view.read(fileOperations + offset, U64) ?? 0);
}

/** A result must be what the contract said when the call began, or says now that it is over; -ENOMEM only where memory was short. */
function checkResult(view: KcovView, label: string, result: Value, allowed: readonly number[]): void {
  if (allowed.includes(Number(result))) return;
  if (Number(result) === ENOMEM && view.ghost.failed.includes(who(view))) return;
  view.report('errno', `${label} returned ${result}, should be ${[...new Set(allowed)].join(' or ')}`);
}

export interface FileCall {
  readonly label: string;
  /** Member of struct file_operations. */
  readonly field: string;
  /** Contract state at the call. */
  readonly begins?: (view: KcovView) => void;
  readonly args: (view: KcovView) => Value[];
  /** The result the device's state demands. */
  readonly expect: (view: KcovView, d: Device) => number;
  /** Another result that it allows; `expect`'s own where it allows no other. */
  readonly allow?: (view: KcovView, d: Device) => number;
  /** Contract state after success. */
  readonly done: (view: KcovView, d: Device) => Partial<Device>;
  /** Contract state after success and failure. */
  readonly ends?: (view: KcovView) => void;
}

/** A call on the file of device `name`; nothing happens on a file that is not open. */
export function onFile(name: string, call: FileCall): Step {
  const expect = (view: KcovView): string => String(call.expect(view, device(view, name)));
  return framed(call.label, {
    note: expect,
    begin(view) {
      const open = call.field === 'open';
      if (open && view.ghost.fileOperations === 0) view.report('errno', `${call.label}: there is no kcov file`);
      if (open ? device(view, name).state !== 'closed' : device(view, name).state === 'closed') return null;
      const target = fileOperation(view, call.field);
      if (target === null) return null;
      call.begins?.(view);
      return { function: target, args: call.args(view) };
    },
    end(view, result, note) {
      const other = call.allow?.(view, device(view, name));
      checkResult(view, call.label, result, [Number(note), Number(expect(view)), ...(other === undefined ? [] : [other])]);
      if (Number(result) === 0) setDevice(view, name, call.done(view, device(view, name)));
      call.ends?.(view);
    },
  });
}

/** Address of the struct file of a device. */
export const file = (view: KcovView, name: string): number => view.addressOf(`file:${name}`);
