/**
 * @module What a patch does to the bits of a packed state and to its hash, for each component it was put on: the word it is
 * in, and what is to be put on word and hash by exclusive or. Good for one layout of the states; learnt anew for the next.
 */

/** Entries of a component: word plus one (0: nobody asked yet), exclusive or of the word, of the hash. */
const ENTRY = 4;

export class Deltas {
  table = new Int32Array(1 << 12);
  /** By patch: where its entries begin, and of how many components there are some. */
  base = new Int32Array(64);
  room = new Int32Array(64);
  private used = 0;

  /** Place of a component's entry; makes room for it. */
  private place(patch: number, component: number): number {
    if (patch >= this.base.length) {
      this.base = resized(this.base, patch * 2);
      this.room = resized(this.room, patch * 2);
    }
    const room = this.room[patch] ?? 0;
    if (component >= room) {
      const more = Math.max(4, 2 ** Math.ceil(Math.log2(component + 1)));
      const [before, after] = [this.base[patch] ?? 0, this.used];
      this.used += more * ENTRY;
      if (this.used > this.table.length) this.table = resized(this.table, this.used * 2);
      this.table.copyWithin(after, before, before + room * ENTRY);
      this.base[patch] = after;
      this.room[patch] = more;
    }
    return (this.base[patch] ?? 0) + component * ENTRY;
  }

  learn(patch: number, component: number, { word, bits, hash }: { readonly word: number; readonly bits: number; readonly hash: number }): void {
    const at = this.place(patch, component);
    this.table.set([word + 1, bits, hash], at);
  }

  /** The layout is another. */
  forget(): void {
    this.table.fill(0);
  }
}

function resized(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const made = new Int32Array(length);
  made.set(array);
  return made;
}
