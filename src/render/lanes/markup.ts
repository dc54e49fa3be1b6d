/** @module Elements of SVG as text: names and values of ours, text of others escaped. */
import { clean } from '../line.js';

/** Values of attributes; numbers are written with one digit, absent ones not at all. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** What XML has no characters for, after clean(). */
const unwritable = /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** Text that is only text. */
export function escaped(text: string): string {
  return clean(text).replace(unwritable, '\ufffd').replace(/[&<>"']/gu, (char) => `&#${char.codePointAt(0) ?? 0};`);
}

function attribute(name: string, value: string | number): string {
  return ` ${name}="${typeof value === 'number' ? String(Math.round(value * 10) / 10) : escaped(value)}"`;
}

/** An element; `inner` is markup already. */
export function element(name: string, attributes: Attributes, ...inner: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => (value === undefined ? '' : attribute(key, value))).join('');
  return inner.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${inner.join('')}</${name}>`;
}
