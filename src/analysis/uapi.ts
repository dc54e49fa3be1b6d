/** @module What of a Program user space holds on to: structs of headers below uapi, numbers of ioctls, values of names. */
import { TypeTable, UnknownName } from '../../simulator/ir/types.js';
import type { MacroDef, Program, StructDef } from '../../simulator/ir/program.js';
import type { Version } from './subject.js';
import { spotOf } from './spot.js';
import type { Spot } from './spot.js';

export function isUapi(path: string): boolean {
  return path.split('/').includes('uapi');
}

/** A line of the patched image as a place on the diff, with its text. */
export function lineSpot(version: Version, path: string, line: number): Spot {
  const text = version.images.get(path)?.lines[line - 1]?.trim() ?? '';
  return spotOf(version.images, { path, line, endLine: line }, { function: '', text });
}

/** Structs by tag that user space has, without those whose layout an attribute changes. */
export function uapiStructs({ program, images }: Version): StructDef[] {
  const plain = ({ place }: StructDef): boolean =>
    !/\b(?:__)?packed\b|\b(?:__)?aligned\s*\(/u.test(images.get(place.path)?.lines.slice(place.line - 1, place.endLine + 1).join('\n') ?? '');
  return program.structs.filter((def) => isUapi(def.place.path) && !def.name.startsWith('<') && plain(def));
}

/** An ioctl as its macro states it: _IOW('c', 102, struct kcov_remote_arg). */
export interface Ioctl {
  readonly name: string;
  /** Direction, type letter and number, as written, without blanks. */
  readonly number: string;
  /** The type of the argument as written; '' where there is none. */
  readonly argument: string;
  readonly macro: MacroDef;
}

const IOCTL = /^(_IO(?:R|W|WR)?)\s*\(([^,()]{1,40}),([^,()]{1,40})(?:,([^()]{1,100}))?\)$/u;

export function ioctls(program: Program): Ioctl[] {
  return program.macros.flatMap((macro): Ioctl[] => {
    const parts = macro.params === null && isUapi(macro.place.path) ? IOCTL.exec(macro.body.trim()) : null;
    if (!parts) return [];
    const [, direction = '', letter = '', nr = '', argument = ''] = parts;
    return [{ name: macro.name, number: [direction, letter, nr].map((s) => s.trim()).join(' '), argument: argument.trim().replace(/\s+/gu, ' '), macro }];
  });
}

/** A name with a value that user space is built with. */
export interface UapiValue {
  readonly name: string;
  /** As people write it. */
  readonly value: string;
  readonly path: string;
  /** 1-based line of the image. */
  readonly line: number;
}

/** Members of enums, macros that are constants, and ioctls, by name. */
export function uapiValues(version: Version): ReadonlyMap<string, UapiValue> {
  const { program } = version;
  const table = new TypeTable(program);
  const members = program.enums.filter((e) => isUapi(e.place.path)).flatMap(({ members: all, place }) => all.map(({ name, value }): UapiValue => {
    const lines = version.images.get(place.path)?.lines.slice(place.line - 1, place.endLine) ?? [];
    const at = lines.findIndex((line) => new RegExp(`\\b${name}\\b`, 'u').test(line));
    return { name, value: String(value), path: place.path, line: place.line + Math.max(at, 0) };
  }));
  const numbers = ioctls(program).map(({ name, number, macro }): UapiValue => ({ name, value: number, path: macro.place.path, line: macro.place.line }));
  const known = new Set(numbers.map((n) => n.name));
  const macros = program.macros.filter((m) => m.params === null && isUapi(m.place.path) && !known.has(m.name)).flatMap((m): UapiValue[] => {
    const value = constantOf(table, m);
    return value === null ? [] : [{ name: m.name, value, path: m.place.path, line: m.place.line }];
  });
  return new Map([...members, ...macros, ...numbers].map((v) => [v.name, v]));
}

/** Value of a macro; null where it is none, or rests on sizeof, which is the machine's here. */
function constantOf(table: TypeTable, { expr, body }: MacroDef): string | null {
  if (!expr || /\bsizeof\b/u.test(body)) return null;
  try {
    return String(table.constant(expr));
  } catch (error) {
    if (error instanceof UnknownName) return null;
    throw error;
  }
}
