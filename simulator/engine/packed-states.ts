/**
 * @module States as bits: each field takes as many as the components it has had so far need, in words of 32 bits, without
 * a field across two words. Fields that never changed take none. States are kept in blocks, found again through an open
 * table of their numbers, each with some bits of its hash, that grows with them. When a field needs more bits, all states
 * are packed anew.
 */

/** States of a block. */
const BLOCK = 1 << 15;
const BLOCK_BITS = 15;

/** States that are waiting to be looked up at most: memory is slow, and fetches what many of them need at the same time. */
const WAITING = 512;

/** States from which on it pays to generate code for them. */
const GENERATED_FROM = 4096;
/** By the bits that a field needs, the bits it gets: packing anew costs more than a spare bit. */
const SPARE = [0, 2, 3, 5, 6, 7, 8, 9];

/** States that a block with `states` of them has room for. */
function roomFor(states: number): number {
  return Math.min(BLOCK, 2 ** Math.ceil(Math.log2(states + 64)));
}

/** Where a field is. */
interface Place {
  readonly word: number;
  readonly shift: number;
  readonly bits: number;
}

type Unpack = (words: Int32Array, offset: number, values: Int32Array) => void;

/** The hash of a field's component: fields are combined by exclusive or, so that a change of one is a change of two terms. */
export function fieldHash(field: number, value: number): number {
  let x = Math.imul(value, 0x9e3779b1) ^ Math.imul(field + 1, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return x ^ (x >>> 15);
}

export class PackedStates {
  /** Words of a state. */
  words = 1;
  count = 0;
  /** By field: its word, its lowest bit, its bits as a mask in place 0; 0 where the field takes none. */
  readonly wordOf: Int32Array;
  readonly shiftOf: Int32Array;
  readonly maskOf: Int32Array;
  /** States waiting to be looked up, the words of each behind those of the one before. */
  waiting = new Int32Array(1);
  waitingCount = 0;
  private readonly waitingHashes = new Int32Array(WAITING);
  private readonly waitingParents = new Int32Array(WAITING);
  private readonly fetched = new Int32Array(WAITING);
  private readonly bits: Int32Array;
  private places: readonly (Place & { field: number })[] = [];
  private unpackWords: Unpack = () => undefined;
  private blocks: Int32Array[] = [];
  private hashes: Int32Array[] = [];
  private parents: Int32Array[] = [];
  private index = new Int32Array(1 << 12);
  private indexMask = (1 << 12) - 1;
  /** Bits of an index entry for the number of a state plus one; the others are of its hash. */
  private numberMask = (1 << 25) - 1;

  constructor(private readonly fields: number) {
    this.wordOf = new Int32Array(fields);
    this.shiftOf = new Int32Array(fields);
    this.maskOf = new Int32Array(fields);
    this.bits = new Int32Array(fields);
    this.lay();
  }

  /** Bytes that the states and what finds them take. */
  get bytes(): number {
    return this.blocks.length * BLOCK * 4 * (this.words + 2) + this.index.length * 4;
  }

  /** Bytes of one state. */
  get stateBytes(): number {
    return this.words * 4;
  }

  private lay(): void {
    const places: (Place & { field: number })[] = [];
    let [word, used] = [0, 0];
    for (let field = 0; field < this.fields; field += 1) {
      const bits = this.bits[field] ?? 0;
      if (bits === 0) continue;
      if (used + bits > 32) [word, used] = [word + 1, 0];
      places.push({ field, word, shift: used, bits });
      this.wordOf[field] = word;
      this.shiftOf[field] = used;
      this.maskOf[field] = bits === 32 ? -1 : 2 ** bits - 1;
      used += bits;
    }
    this.places = places;
    this.words = word + 1;
    this.waiting = new Int32Array(this.words * WAITING);
    this.unpackWords = this.count < GENERATED_FROM ? this.looped() : this.generated();
  }

  private looped(): Unpack {
    const { places } = this;
    const count = places.length;
    const [fields, words, shifts, masks] = [places.map((p) => p.field), places.map((p) => p.word), places.map((p) => p.shift), places.map((p) => this.maskOf[p.field] ?? 0)]
      .map((numbers) => Int32Array.from(numbers)) as [Int32Array, Int32Array, Int32Array, Int32Array];
    return (packed, offset, values) => {
      for (let i = 0; i < count; i += 1) values[fields[i] as number] = ((packed[offset + (words[i] as number)] as number) >>> (shifts[i] as number)) & (masks[i] as number);
    };
  }

  /** With the places as constants: it runs for every state. */
  private generated(): Unpack {
    const lines = this.places.map((p) => `v[${p.field}] = (w[o + ${p.word}] >>> ${p.shift}) & ${this.maskOf[p.field] ?? 0};`);
    return new Function('w', 'o', 'v', lines.join('\n')) as Unpack;
  }

  /** Makes room for `count` components of a field, and packs all states anew where that needs more bits. True if it does. */
  widen(field: number, count: number): boolean {
    const needed = 32 - Math.clz32(Math.max(0, count - 1));
    if (needed <= (this.bits[field] ?? 0)) return false;
    this.flush();
    const old = { blocks: this.blocks, words: this.words, unpack: this.unpackWords };
    this.bits[field] = Math.min(32, Math.max(needed, SPARE[Math.min(needed, SPARE.length - 1)] ?? needed));
    this.lay();
    const values = new Int32Array(this.fields);
    this.blocks = old.blocks.map((block, b) => {
      const states = Math.min(BLOCK, this.count - b * BLOCK);
      const made = new Int32Array(roomFor(states) * this.words);
      for (let i = 0; i < states; i += 1) {
        old.unpack(block, i * old.words, values);
        this.pack(values, made, i * this.words);
      }
      return made;
    });
    return true;
  }

  private pack(values: Int32Array, into: Int32Array, offset: number): void {
    for (const { field, word, shift } of this.places) into[offset + word] = (into[offset + word] ?? 0) | ((values[field] ?? 0) << shift);
  }

  /** The components of a state, into `values`; fields that take no bits are left as they are. */
  unpack(state: number, values: Int32Array): void {
    this.unpackWords(this.blocks[state >> BLOCK_BITS] as Int32Array, (state & (BLOCK - 1)) * this.words, values);
  }

  /** The words of a state, to where the next waiting one is put together; their place there. */
  copy(state: number): number {
    const { waiting, words } = this;
    const block = this.blocks[state >> BLOCK_BITS] as Int32Array;
    const [from, to] = [(state & (BLOCK - 1)) * words, this.waitingCount * words];
    for (let i = 0; i < words; i += 1) waiting[to + i] = block[from + i] as number;
    return to;
  }

  /** `values` to where the next waiting state is put together. */
  put(values: Int32Array): void {
    const to = this.waitingCount * this.words;
    this.waiting.fill(0, to, to + this.words);
    this.pack(values, this.waiting, to);
  }

  /** The state that was put together waits; `parent` is the state before it. */
  push(hash: number, parent: number): void {
    const at = this.waitingCount;
    this.waitingHashes[at] = hash;
    this.waitingParents[at] = parent;
    this.waitingCount = at + 1;
    if (at + 1 === WAITING) this.flush();
  }

  /** Looks the waiting states up and keeps the new ones, in their order. */
  flush(): void {
    const { waitingCount, waitingHashes, waitingParents, fetched, index, indexMask, numberMask, blocks, words } = this;
    if (waitingCount === 0) return;
    for (let i = 0; i < waitingCount; i += 1) {
      const hash = waitingHashes[i] as number;
      fetched[i] = index[(hash ^ (hash >>> 7)) & indexMask] as number;
    }
    for (let i = 0; i < waitingCount; i += 1) {
      const entry = fetched[i] as number;
      if (entry === 0 || ((entry ^ (waitingHashes[i] as number)) & ~numberMask) !== 0) continue;
      const known = (entry & numberMask) - 1;
      fetched[i] = (blocks[known >> BLOCK_BITS] as Int32Array)[(known & (BLOCK - 1)) * words] as number;
    }
    for (let i = 0; i < waitingCount; i += 1) this.add(i, waitingHashes[i] as number, waitingParents[i] as number);
    this.waitingCount = 0;
  }

  hash(state: number): number {
    return (this.hashes[state >> BLOCK_BITS] as Int32Array)[state & (BLOCK - 1)] as number;
  }

  parent(state: number): number {
    return (this.parents[state >> BLOCK_BITS] as Int32Array)[state & (BLOCK - 1)] as number;
  }

  private add(waits: number, hash: number, parent: number): void {
    const { index, indexMask, numberMask, waiting, words, blocks } = this;
    const tag = hash & ~numberMask;
    const own = waits * words;
    for (let slot = (hash ^ (hash >>> 7)) & indexMask; ; slot = (slot + 1) & indexMask) {
      const entry = index[slot] as number;
      if (entry === 0) {
        index[slot] = tag | (this.count + 1);
        return this.append(own, hash, parent);
      }
      if ((entry & ~numberMask) !== tag) continue;
      const known = (entry & numberMask) - 1;
      const block = blocks[known >> BLOCK_BITS] as Int32Array;
      const offset = (known & (BLOCK - 1)) * words;
      let i = 0;
      while (i < words && block[offset + i] === waiting[own + i]) i += 1;
      if (i === words) return;
    }
  }

  private append(own: number, hash: number, parent: number): void {
    const state = this.count;
    const at = state & (BLOCK - 1);
    if (at === 0) {
      this.blocks.push(new Int32Array(roomFor(0) * this.words));
      this.hashes.push(new Int32Array(BLOCK));
      this.parents.push(new Int32Array(BLOCK));
    }
    const b = state >> BLOCK_BITS;
    let block = this.blocks[b] as Int32Array;
    if ((at + 1) * this.words > block.length) {
      const grown = new Int32Array(roomFor(at + 1) * this.words);
      grown.set(block);
      block = this.blocks[b] = grown;
    }
    for (let i = 0; i < this.words; i += 1) block[at * this.words + i] = this.waiting[own + i] as number;
    (this.hashes[b] as Int32Array)[at] = hash;
    (this.parents[b] as Int32Array)[at] = parent;
    this.count += 1;
    if (this.count === GENERATED_FROM) this.unpackWords = this.generated();
    if (this.count * 2 > this.index.length) this.grow();
  }

  private grow(): void {
    const size = this.index.length * 4;
    const mask = size - 1;
    const index = new Int32Array(size);
    this.numberMask = Math.max(this.numberMask, size - 1);
    for (let state = 0; state < this.count; state += 1) {
      const hash = this.hash(state);
      let slot = (hash ^ (hash >>> 7)) & mask;
      while (index[slot] !== 0) slot = (slot + 1) & mask;
      index[slot] = (hash & ~this.numberMask) | (state + 1);
    }
    this.index = index;
    this.indexMask = mask;
  }
}
