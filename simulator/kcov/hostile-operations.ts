/**
 * @module What a hostile user does from another thread: writes into the area it has mapped, and into the argument of an
 * ioctl while the kernel reads it. Nothing is promised about coverage then; memory must stay safe, and nothing may leak.
 */
import { hostileValues } from '../scenario/hostile-values.js';
import { U32, U64 } from '../machine/value.js';
import type { Scalar, Value } from '../machine/value.js';
import type { Operation, UserStore, Way } from '../scenario/scenario.js';
import { device, setDevice } from './contract.js';
import type { KcovView } from './contract.js';
import type { Deed } from './deed.js';
import type { Ghost } from './ghost.js';
import { framed } from './operation.js';
import type { Step } from './operation.js';

const ways = (type: Scalar, values: readonly Value[], place: (view: KcovView) => { address: number; target: string } | null): Way<Ghost>[] =>
  values.map((value) => ({
    store: (view): UserStore | null => {
      const found = place(view);
      return found && view.read(found.address, type) !== null ? { ...found, type, value } : null;
    },
  }));

/** An operation that is over with its beginning. */
function writes({ label, deed }: { label: string; deed: Deed }, waysFor: NonNullable<Operation<Ghost>['ways']>): Step {
  return { ...framed(label, { deed, begin: () => null, end: () => undefined }), ways: waysFor, bound: 'userWrite' };
}

/**
 * User space writes to a word of the mapped area of a device, `words` long: any of the values that index expressions of
 * the Program make something of (../scenario/hostile-values.ts). Nothing happens where nothing is mapped.
 */
export function scribble(name: string, word: number, words: number): Step {
  return writes({ label: `user writes to ${name}[${word}]`, deed: { does: 'scribble', device: name, word } }, (code) => ways(U64, hostileValues(code, words), (view) => {
    const { area, state, mapped, abandoned } = device(view, name);
    if (area === null || state === 'closed' || !mapped || abandoned) return null;
    setDevice(view, name, { scribbled: true });
    return { address: view.addressOfObject(area) + 8 * word, target: `area[${word}]` };
  }));
}

/** User space changes num_handles of the argument it gave to KCOV_REMOTE_ENABLE: less, more, the most. */
export function changeHandles(name: string, count: number): Step {
  const values = [0, count - 1, count, count + 1, 0xffff_ffff].filter((v, i, all) => v >= 0 && all.indexOf(v) === i);
  return { calls: [], ...writes({ label: `user changes num_handles of ${name}`, deed: { does: 'change-handles', device: name } }, () => ways(U32, values, (view) => {
    const offset = view.offsetOf('kcov_remote_arg', 'num_handles');
    if (offset === null) return null;
    setDevice(view, name, { argumentChanged: true });
    return { address: view.addressOf(`arg:${name}`) + offset, target: 'arg->num_handles' };
  })) };
}
