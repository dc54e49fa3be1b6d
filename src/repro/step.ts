/** @module A call of a scenario as C: what a task says at its turn. Sizes of the model become those of a kernel. */
import type { RemoteArguments } from '../../simulator/kcov/file-operations.js';
import { modeNumber } from '../../simulator/kcov/operations.js';
import { ERRNO } from '../../simulator/kernel/environment-constants.js';
import type { Code } from '../../simulator/machine/code.js';
import { valueInSize } from '../../simulator/scenario/hostile-values.js';
import type { Call } from './noted.js';

/** Sizes beyond are meant as they are: too large. */
const SCALED_MAX = 0x1_0000;
/** Words of a page where values of user space are computed for. */
const KERNEL_PAGE_WORDS = 512;

/** What the size of an area is computed with. */
export interface Scale {
  /** Words of a page in the model. */
  readonly pageWords: number;
  /** Pages of a kernel for one of them. */
  readonly pagesEach: number;
  readonly code: Code;
}

/** C text of a step; `result`: it returns 0 or a negative errno. Null: there is nothing to do. */
export interface Step {
  readonly text: string;
  readonly result: boolean;
  /** Key of what it calls in ./runtime/devices.ts, or 'hit'. */
  readonly uses: string;
}

/** A task's name in C. */
export const taskName = (task: string): string => `the_${task.replace(/\W/gu, '_')}`;

const MODES = ['KCOV_TRACE_PC', 'KCOV_TRACE_CMP'];
const mode = (number: number): string => MODES[number] ?? String(number);

const isScaled = (words: number, { pageWords }: Scale): boolean => words > 0 && words % pageWords === 0 && words < SCALED_MAX;

const wordsText = (words: number, scale: Scale): string => (isScaled(words, scale) ? `PAGES(${(words / scale.pageWords) * scale.pagesEach})` : String(words));

/** Words of an area on a kernel with pages of 4 KiB. */
export const kernelWords = (words: number, scale: Scale): number => (isScaled(words, scale) ? (words / scale.pageWords) * scale.pagesEach * KERNEL_PAGE_WORDS : words);

function remoteText(device: string, { mode: traced = 'KCOV_TRACE_PC', areaWords, common = 0n, count, handles }: RemoteArguments): string {
  const list = `(const uint64_t[]){ ${(handles.length > 0 ? handles : [0n]).map((h) => `0x${h.toString(16)}ULL`).join(', ')} }`;
  return `kcov_remote_enable(&${device}, ${mode(modeNumber(traced))}, ${areaWords}, 0x${common.toString(16)}ULL, ${count ?? handles.length}, ${list}, ${handles.length})`;
}

/** The value of the same meaning for an area as large as the kernel's; null where there is none. */
function storedText({ stored }: Call, scale: Scale): string | null {
  if (!stored) return null;
  const value = valueInSize(scale.code, stored.value, { words: stored.words, size: kernelWords(stored.words, scale) });
  return value === null ? null : `0x${value.toString(16)}ULL`;
}

/** A call as C; null where user space does nothing for it. */
export function stepOf(call: Call, scale: Scale): Step | null {
  const { deed } = call;
  const made = (text: string, uses: string = deed?.does ?? ''): Step => ({ text, result: true, uses });
  switch (deed?.does) {
    case 'open': return made(`kcov_open(&${deed.device})`);
    case 'close': return made(`kcov_close(&${deed.device})`);
    case 'unknown': return made(`kcov_unknown_ioctl(&${deed.device})`);
    case 'init': return made(`kcov_init_trace(&${deed.device}, ${wordsText(deed.words, scale)})`);
    case 'mmap': return made(`kcov_mmap(&${deed.device}, ${wordsText(deed.words, scale)}, ${deed.page * scale.pagesEach})`);
    case 'enable': return made(`kcov_enable(&${deed.device}, ${mode(deed.arg)})`);
    case 'disable': return made(`kcov_disable(&${deed.device}, ${deed.arg})`);
    case 'remote': return made(remoteText(deed.device, deed.remote));
    case 'hit': case 'compare': case 'switch': return { text: `hit(${mode(deed.does === 'hit' ? 0 : 1)})`, result: false, uses: 'hit' };
    case 'fork': return { text: `begin(&${taskName(deed.child)}, ${taskName(deed.child)}_run)`, result: false, uses: 'fork' };
    case 'scribble': return { text: `write_area(&${deed.device}, ${deed.word}, ${storedText(call, scale) ?? '0'})`, result: false, uses: deed.does };
    case 'change-handles': return { text: `write_num_handles(&${deed.device}, ${call.stored?.value ?? 0})`, result: false, uses: deed.does };
    default: return null;
  }
}

/** Whether what user space writes has a meaning on a kernel too. */
export const canStore = (call: Call, scale: Scale): boolean => call.deed?.does !== 'scribble' || storedText(call, scale) !== null;

/** A result as C: 0, -EBUSY. */
export function resultText(result: number): string {
  const name = Object.entries(ERRNO).find(([, value]) => value === -result)?.[0];
  return name === undefined ? String(result) : `-${name}`;
}
