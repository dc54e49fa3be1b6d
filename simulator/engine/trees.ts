/**
 * @module Decision trees over the fields of a state: a node asks for the value of a part of one field, a leaf holds a number
 * and a few more. All of them lie in two arrays, since the search walks several for each transition.
 */
import { WHOLE } from './dictionary.js';
import type { Dictionary } from './dictionary.js';

/** One read: a field of the state and a slot of its dictionary. */
export interface Read {
  readonly field: number;
  readonly slot: number;
}

/** Entries of a node: the field it asks for, the slot, where its children are in the pool, how many have room there. */
const NODE = 4;
const FIELD = 0;
export const SLOT = 1;
export const FROM = 2;
export const ROOM = 3;

/** In place of a field: a leaf; a leaf at which there is more to do than it says; a node of which nothing is known yet. */
export const LEAF = -1;
export const SPECIAL = -2;
export const UNASKED = -3;

/** Double the room, at least as much as asked for. */
function grown(array: Int32Array, room: number): Int32Array<ArrayBuffer> {
  const made = new Int32Array(Math.max(array.length * 2, 2 ** Math.ceil(Math.log2(room + 1))));
  made.set(array);
  return made;
}

export class Trees {
  /** Nodes, each at a multiple of NODE, none at 0. At a leaf: its number, then where its items are, then its count. */
  records = new Int32Array(4096);
  /** Children by value, 0 where nobody came yet; items of leaves. */
  pool = new Int32Array(4096);
  private nodesEnd = NODE;
  private poolEnd = 0;

  constructor(private readonly dictionaries: readonly Dictionary[]) {}

  /** Nodes so far. */
  get nodes(): number {
    return this.nodesEnd / NODE;
  }

  /** A new node. */
  node(): number {
    const made = this.nodesEnd;
    this.nodesEnd += NODE;
    if (this.nodesEnd > this.records.length) this.records = grown(this.records, this.nodesEnd);
    this.records[made + FIELD] = UNASKED;
    return made;
  }

  private reserve(entries: number): number {
    const made = this.poolEnd;
    this.poolEnd += entries;
    if (this.poolEnd > this.pool.length) this.pool = grown(this.pool, this.poolEnd);
    return made;
  }

  private child(node: number, value: number): number {
    const room = this.records[node + ROOM] ?? 0;
    if (value >= room) {
      const more = Math.max(2, 2 ** Math.ceil(Math.log2(value + 1)));
      const [before, after] = [this.records[node + FROM] ?? 0, this.reserve(more)];
      this.pool.copyWithin(after, before, before + room);
      this.records[node + FROM] = after;
      this.records[node + ROOM] = more;
    }
    const at = (this.records[node + FROM] ?? 0) + value;
    const known = this.pool[at] ?? 0;
    return known !== 0 ? known : (this.pool[at] = this.node());
  }

  /** Puts the path of `reads` into the tree of `root`; its end. */
  path(root: number, reads: readonly Read[], values: Int32Array): number {
    let node = root;
    for (const { field, slot } of reads) {
      if (this.records[node + FIELD] === UNASKED) {
        this.records[node + FIELD] = field;
        this.records[node + SLOT] = slot;
      } else if (this.records[node + FIELD] !== field || this.records[node + SLOT] !== slot) throw new Error('the machine looks at other things in equal states');
      node = this.child(node, (this.dictionaries[field] as Dictionary).value(values[field] ?? 0, slot));
    }
    return node;
  }

  /** Makes a leaf of the end of a path. */
  leaf(node: number, kind: typeof LEAF | typeof SPECIAL, made: { readonly number: number; readonly items: readonly number[]; readonly count: number }): void {
    const from = this.reserve(made.items.length);
    this.pool.set(made.items, from);
    this.records.set([kind, made.number, from, made.count], node);
  }

  /** The leaf of a tree in a state, 0 where nobody came yet. */
  walk(root: number, values: Int32Array): number {
    const { records, pool, dictionaries } = this;
    let node = root;
    for (;;) {
      const field = records[node + FIELD] as number;
      if (field < 0) return field === UNASKED ? 0 : node;
      const slot = records[node + SLOT] as number;
      let value = values[field] as number;
      if (slot !== WHOLE) {
        const dictionary = dictionaries[field] as Dictionary;
        const known = dictionary.table[value * dictionary.stride + slot] as number;
        value = known > 0 ? known - 1 : dictionary.value(value, slot);
      }
      if (value >= (records[node + ROOM] as number)) return 0;
      node = pool[(records[node + FROM] as number) + value] as number;
      if (node === 0) return 0;
    }
  }
}
