/** @module A choice of a list. */

/** At most so many of a list, from all over it, the first among them. */
export function evenly<T>(list: readonly T[], most: number): T[] {
  const step = Math.max(1, list.length / most);
  return Array.from({ length: Math.min(list.length, most) }, (_, i) => list[Math.floor(i * step)]).filter((one) => one !== undefined);
}
