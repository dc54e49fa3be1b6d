/** @module The results of work that were made lately, by what they depend on: asked for again they are there, those that are worth it. */

/** Results that are kept. */
const KEPT_MAX = 16;

export class Recent<T> {
  private readonly results = new Map<string, T>();

  /** `isWhole`: whether a result is kept. */
  constructor(private readonly isWhole: (result: T) => boolean) {}

  /** The result under a key; made when it is not there. What fails is not kept. */
  async get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.results.get(key);
    if (known !== undefined) return known;
    const made = await make();
    if (this.isWhole(made)) this.results.set(key, made);
    for (const oldest of [...this.results.keys()].slice(0, Math.max(0, this.results.size - KEPT_MAX))) this.results.delete(oldest);
    return made;
  }
}
