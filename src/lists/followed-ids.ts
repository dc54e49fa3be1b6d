/** @module Message-IDs of threads that are followed, bounded: where there are too many, those added first are let go. Our own always are. */
import { isOwnId } from './mail-text.js';

export class FollowedIds {
  readonly #ids = new Set<string>();

  constructor(ids: Iterable<string>, private readonly max = 500_000) {
    this.add(ids);
  }

  has(id: string): boolean {
    return this.#ids.has(id) || isOwnId(id);
  }

  add(ids: Iterable<string>): void {
    for (const id of ids) {
      this.#ids.delete(id);
      this.#ids.add(id);
    }
    for (const id of this.#ids) {
      if (this.#ids.size <= this.max) break;
      this.#ids.delete(id);
    }
  }
}
