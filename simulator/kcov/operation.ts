/**
 * @module What all operations of scenarios share: the frame that keeps what the contract said when a call began, and calls of
 * the file operations that the Program registered. What a call must leave as it was is the machine's (../machine/balance.ts).
 */
import { U64 } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import type { Invocation, Operation } from '../scenario/scenario.js';
import { device, setDevice, who } from './contract.js';
import type { KcovView } from './contract.js';
import type { Deed } from './deed.js';
import { ENOMEM } from './errno.js';
import type { Device, Ghost } from './ghost.js';

/** One thing that user or kernel does with kcov. */
export type Step = Operation<Ghost>;

export interface Framed extends Pick<Step, 'mayReturn'> {
  /** As Operation.deed. */
  readonly deed?: Deed;
  /** What the contract says when the call begins; handed to `end`. */
  readonly note?: (view: KcovView) => string;
  /** What to call; null when there is nothing to do. */
  readonly begin: (view: KcovView) => Invocation | null;
  /** `note`: what was noted when it began; `taken`: how many records early irq code took room for meanwhile. */
  readonly end: (view: KcovView, result: Value, note: string, taken: number) => void;
  /** False for a call that may return with irqs as something else demands; true when left out. */
  readonly keepsIrqs?: boolean;
  /** The kernel should warn about it. */
  readonly mayWarn?: true;
  readonly returnAddress?: number;
  /** As Operation.calls. */
  readonly calls?: readonly string[];
}

/** Remembers what the contract said when an operation began. */
export function framed(label: string, step: Framed): Step {
  return {
    label, returnAddress: step.returnAddress, keepsIrqs: step.keepsIrqs, ...(step.mayWarn ? { mayWarn: true } : {}), ...(step.calls ? { calls: step.calls } : {}),
    ...(step.deed ? { deed: step.deed } : {}), ...(step.mayReturn ? { mayReturn: step.mayReturn } : {}),
    begin(view) {
      const invocation = step.begin(view);
      if (!invocation) return null;
      const begun = { note: step.note?.(view) ?? '' };
      const failed = view.ghost.failed.filter((name) => name !== who(view));
      view.setGhost({ ...view.ghost, failed, begun: { ...view.ghost.begun, [who(view)]: begun } });
      return invocation;
    },
    end(view, result) {
      const { [who(view)]: begun, ...others } = view.ghost.begun;
      view.setGhost({ ...view.ghost, begun: others });
      if (begun) step.end(view, result, begun.note, begun.taken ?? 0);
    },
  };
}

function fileOperation(view: KcovView, field: string): string | null {
  const { fileOperations } = view.ghost;
  const offset = view.offsetOf('file_operations', field);
  if (fileOperations === 0 || offset === null) return null;
  return view.functionAt(view.read(fileOperations + offset, U64) ?? 0);
}

/** What a member of the file operations comes to, for a file that is open; null otherwise. */
export function calledBy(view: KcovView, name: string, field: string): string | null {
  return device(view, name).state === 'closed' ? null : fileOperation(view, field);
}

/** Tells calls of others on the device that it may become what `effect` says from now on. */
export function mayBecome(view: KcovView, name: string, effect: Partial<Device>): void {
  const become = { ...device(view, name), ...effect };
  const others = Object.entries(view.ghost.calls).filter(([whose, call]) => whose !== who(view) && call.device === name);
  if (others.length === 0) return;
  view.setGhost({ ...view.ghost, calls: { ...view.ghost.calls, ...Object.fromEntries(others.map(([whose, call]) => [whose, { ...call, met: [...call.met, become] }])) } });
}

function beginCall(view: KcovView, name: string, effect: Partial<Device>): void {
  const d = device(view, name);
  const others = Object.entries(view.ghost.calls).filter(([whose, call]) => whose !== who(view) && call.device === name);
  mayBecome(view, name, effect);
  const met = [d, ...others.map(([, call]) => ({ ...d, ...call.effect }))];
  view.setGhost({ ...view.ghost, calls: { ...view.ghost.calls, [who(view)]: { device: name, effect, met } } });
}

/** The call of the running context is over. */
function endCall(view: KcovView): void {
  const { [who(view)]: _, ...others } = view.ghost.calls;
  view.setGhost({ ...view.ghost, calls: others });
}

/** What the device allows, be it what it was when the call began, what others made of it meanwhile, or what it is. */
function resultsOf(view: KcovView, name: string, call: Pick<FileCall, 'expect' | 'allow'>): number[] {
  const now = device(view, name);
  const met = [...(view.ghost.calls[who(view)]?.met ?? []), now].map((d) => call.expect(view, d));
  const other = call.allow?.(view, now);
  return [...met, ...(other === undefined ? [] : [other])];
}

/** A result must be what the contract says of something that the device was during the call; -ENOMEM only where memory was short. */
function checkResult(view: KcovView, label: string, result: Value, allowed: readonly number[]): void {
  if (allowed.includes(Number(result))) return;
  if (Number(result) === ENOMEM && view.ghost.failed.includes(who(view))) return;
  view.report('errno', `${label} returned ${result}, should be ${[...new Set(allowed)].join(' or ')}`);
}

export interface FileCall {
  readonly deed: Deed;
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
  /** True for what a device can be told once only, where another task's call of the kind has succeeded meanwhile. */
  readonly excluded?: (d: Device) => boolean;
  /** Contract state after success. */
  readonly done: (view: KcovView, d: Device) => Partial<Device>;
  /** What else follows from success. */
  readonly succeeded?: (view: KcovView, d: Device) => void;
  /** Contract state after success and failure. */
  readonly ends?: (view: KcovView) => void;
}

/** A call on the file of device `name`; nothing happens on a file that is not open. */
export function onFile(name: string, call: FileCall): Step {
  return framed(call.label, {
    calls: [`.${call.field}`], deed: call.deed, mayReturn: (view) => resultsOf(view, name, call),
    begin(view) {
      const open = call.field === 'open';
      if (open && view.ghost.fileOperations === 0) view.report('errno', `${call.label}: there is no kcov file`);
      if (open ? device(view, name).state !== 'closed' : device(view, name).state === 'closed') return null;
      const target = fileOperation(view, call.field);
      if (target === null) return null;
      beginCall(view, name, call.done(view, device(view, name)));
      call.begins?.(view);
      return { function: target, args: call.args(view) };
    },
    end(view, result) {
      checkResult(view, call.label, result, resultsOf(view, name, call));
      endCall(view);
      if (Number(result) === 0 && call.excluded?.(device(view, name))) view.report('errno', `${call.label} returned 0, and so did the call of another task`);
      if (Number(result) === 0) {
        call.succeeded?.(view, device(view, name));
        setDevice(view, name, call.done(view, device(view, name)));
      }
      call.ends?.(view);
    },
  });
}

/** Address of the struct file of a device. */
export const file = (view: KcovView, name: string): number => view.addressOf(`file:${name}`);
