/**
 * @module What a thread in user space does that reads an area while the kernel writes it: the count, then the entries that it
 * counts. An entry must be there before the count says so (Documentation/dev-tools/kcov.rst: remote coverage is read by
 * another thread than the one that collects it).
 */
import { READ_WORD } from '../compile/reader-model.js';
import { U64 } from '../machine/value.js';
import { device, setSeen, who, wordsOf } from './contract.js';
import type { KcovView } from './contract.js';
import { isLabel } from './ghost.js';
import { framed } from './operation.js';
import type { Step } from './operation.js';

/** Address of a word of the device's area; null where there is no such word. */
function wordAt(view: KcovView, name: string, index: number): number | null {
  const { area } = device(view, name);
  if (area === null) return null;
  const address = view.addressOfObject(area) + 8 * index;
  return view.read(address, U64) === null ? null : address;
}

function read({ label, deed }: Pick<Step, 'label' | 'deed'>, at: (view: KcovView) => number | null, seen: (view: KcovView, value: number | bigint) => void): Step {
  return framed(label, {
    calls: [READ_WORD], ...(deed ? { deed } : {}),
    begin(view) {
      const address = at(view);
      return address === null ? null : { function: READ_WORD, args: [address] };
    },
    end: (view, value) => seen(view, value),
  });
}

/** True for a word that the kernel has written: the last of a record tells whose it is, the others are not 0 in scenarios with a reader. */
function isThere(view: KcovView, value: number | bigint, last: boolean): boolean {
  return last ? isLabel(value) && (view.ghost.hits[Number(value)] ?? 0) > 0 : value !== 0;
}

/** Reads the count of the device's area, and up to `records` entries that it counts, word by word. */
export function readArea(name: string, records: number, words = 1): Step[] {
  const count = read({ label: `n = cover[0] of ${name}`, deed: { does: 'read', device: name, word: 0 } }, (view) => wordAt(view, name, 0), (view, value) => setSeen(view, Number(value)));
  const counted = (view: KcovView): number => view.ghost.seen?.[who(view)] ?? 0;
  const entries = Array.from({ length: records * words }, (_, i) => {
    const [record, word] = [Math.floor(i / words), i % words];
    const at = (view: KcovView): number | null => (record < counted(view) && wordsOf(device(view, name)) === words ? wordAt(view, name, 1 + i) : null);
    return read({ label: `cover[${1 + i}] of ${name}`, deed: { does: 'read', device: name, word: 1 + i } }, at, (view, value) => {
      if (isThere(view, value, word === words - 1)) return;
      view.report('published-too-early', `entry ${record + 1} of ${counted(view)} in the area of ${name} is counted before it is written`);
    });
  });
  return [count, ...entries];
}
