/** @module Counts as people say them. */

/** 950, 12 k, 1.1 M: a count as people say it. */
export function countInWords(n: number): string {
  if (n < 10_000) return String(n);
  const [value, unit] = n < 1_000_000 ? [n / 1000, 'k'] : [n / 1_000_000, 'M'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** "1 scenario", "34 scenarios". */
export function plural(n: number, noun: string): string {
  return `${countInWords(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** "one softirq", "2 softirqs": for small counts in running text. */
export function few(n: number, noun: string): string {
  return n === 1 ? `one ${noun}` : plural(n, noun);
}
