/** @module Remote sections: what kernel code brackets with kcov_remote_start() and kcov_remote_stop(). */
import { checkDelivered, device, room, setSection, who } from './contract.js';
import type { KcovView } from './contract.js';
import { word } from './file-operations.js';
import { framed } from './operation.js';
import type { Step } from './operation.js';

/** Handles as kcov_remote_handle() makes them: subsystem in the top byte (include/uapi/linux/kcov.h). */
export const usbHandle = (instance: number): bigint => (1n << 56n) | BigInt(instance);
export const commonHandle = (instance: number): bigint => BigInt(instance);

/** Words that every Kconfig size of a buffer has in the model, and so the least a section in an interrupt may count on. */
export const SCALED_AREA_WORDS = 4;

/** A generation that cannot be told: the device was enabled anew while the start looked for it. */
const UNKNOWN = -1;

/** A device that a start of the handle may find now, as "name/generation/unsure"; '' none. */
function registered(view: KcovView, handle: bigint): string {
  const wanted = String(handle);
  const found = Object.entries(view.ghost.devices).find(([, d]) => (d.state === 'enabled' && d.remote && d.handles.includes(wanted)) || d.arriving.includes(wanted));
  if (!found) return '';
  const [name, d] = found;
  return `${name}/${d.generation - (d.leaving ? 1 : 0)}/${d.leaving || d.arriving.length > 0 ? 'unsure' : ''}`;
}

/** Generation of what a start found, from what was registered before and after it. */
function generationOf(before: string, now: string): number {
  const [first, last] = [before, now].map((text) => text.split('/')[1]);
  if (first === undefined || last === undefined) return Number(first ?? last ?? UNKNOWN);
  return first === last ? Number(first) : UNKNOWN;
}

export interface StartOptions {
  /** The kernel may refuse: an interrupt that nests on a section of another interrupt. */
  readonly mayRefuse?: boolean;
  /** The kernel should warn and refuse: a start in a section of the same context, or in a task that has coverage enabled. */
  readonly misused?: true;
}

/** kcov_remote_start(handle): from here to remoteStop() the context collects for the handle's device. */
export function remoteStart(handle: bigint, options: StartOptions = {}): Step {
  return framed('kcov_remote_start()', {
    calls: ['kcov_remote_start'], deed: { does: 'start', handle }, ...(options.misused ? { mayWarn: true } : {}),
    note: (view) => `${registered(view, handle)} ${view.irqsOn ? 1 : 0}`,
    begin: () => ({ function: 'kcov_remote_start', args: [word(handle)] }),
    end(view, _, note) {
      const [before = '', irqs] = note.split(' ');
      const now = registered(view, handle);
      const either = before === '' ? now : before;
      if (either === '' || options.misused || view.ghost.sections[who(view)]) return;
      const [name = '', , unsure] = either.split('/');
      const owner = device(view, name);
      const nested = !view.preemptRt && Object.keys(view.ghost.sections).some((other) => other.includes('@'));
      // More than the user's area never arrives.
      const words = Math.min(owner.words, owner.remoteWords, view.kind === 'task' ? Infinity : SCALED_AREA_WORDS);
      setSection(view, {
        device: name, generation: generationOf(before, now), hits: [], capacity: Math.floor((words - 1) / (owner.mode === 1 ? 4 : 1)), buffer: null, recorded: 0, taken: 0,
        sure: before === now && unsure === '' && !owner.leaving && !nested && !options.mayRefuse && !view.ghost.failed.includes(who(view)), irqsOn: irqs === '1',
      });
    },
  });
}

/** kcov_remote_stop(): what was collected goes to the device, unless it was disabled meanwhile or is full. */
export function remoteStop(): Step {
  return framed('kcov_remote_stop()', {
    keepsIrqs: false, calls: ['kcov_remote_stop'], deed: { does: 'stop' },
    note: (view) => {
      const section = view.ghost.sections[who(view)];
      return `${section ? room(view, device(view, section.device)) : 0} ${view.irqsOn ? 1 : 0}`;
    },
    begin(view) {
      const section = view.ghost.sections[who(view)];
      if (section) setSection(view, { ...section, buffer: null });
      return { function: 'kcov_remote_stop', args: [] };
    },
    end(view, _, note) {
      const section = view.ghost.sections[who(view)];
      setSection(view, null);
      const irqsOn = section ? section.irqsOn : note.endsWith('1');
      if (view.irqsOn !== irqsOn) {
        view.report(view.irqsOn ? 'irqs-left-on' : 'irqs-left-off', `interrupts were ${irqsOn ? 'on' : 'off'} before the section, are ${view.irqsOn ? 'on' : 'off'} after it`);
      }
      if (!section?.sure) return;
      const owner = device(view, section.device);
      if (owner.generation !== section.generation || owner.state !== 'enabled') return;
      checkDelivered(view, section.device, section.hits.slice(0, Math.max(0, Math.min(section.capacity, parseInt(note, 10)) - section.taken)));
    },
  });
}
