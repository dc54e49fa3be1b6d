/**
 * @module A configuration file in YAML, read with a zod schema: everything that is wrong is said at once, with file, line,
 * key and the way out, and then nothing of the file is used.
 */
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';

/** Characters that are read of a file. */
const TEXT_MAX = 64 * 1024;
/** Problems that are named. */
const PROBLEMS_MAX = 10;

/** What a file says, or what is wrong with it: one line each, as FILE:LINE: KEY: WHAT. */
export type ReadYaml<T> = { readonly ok: true; readonly config: T } | { readonly ok: false; readonly problems: readonly string[] };

/** How a file is read. */
export interface YamlFile<S extends z.ZodObject> {
  readonly schema: S;
  /** What it is called in messages. */
  readonly name: string;
  /** A line that could be in it, for one that has no keys at all. */
  readonly example: string;
}

/** Reads the text of a file; '' gives the defaults. Never throws. */
export function readYaml<S extends z.ZodObject>(text: string, { schema, name, example }: YamlFile<S>): ReadYaml<z.infer<S>> {
  if (text.length > TEXT_MAX) return { ok: false, problems: [`${name}: more than ${TEXT_MAX / 1024} kB: take out what is no configuration`] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const at = (offset: number | undefined): string => `${name}:${offset === undefined ? 1 : lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    return { ok: false, problems: document.errors.slice(0, PROBLEMS_MAX).map((error) => `${at(error.pos[0])}: is no YAML: ${plain(error.message)}`) };
  }
  const value = valueOf(document);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { ok: false, problems: [`${at(undefined)}: give keys with their values, such as "${example}"`] };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, config: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => inWords(issue, { document, schema, at })).slice(0, PROBLEMS_MAX) };
}

/** The document as plain data; null where it cannot be one, such as aliases that grow without end. */
function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 }) ?? {};
  } catch {
    return null;
  }
}

interface Where {
  readonly document: Document;
  readonly schema: z.ZodType;
  readonly at: (offset: number | undefined) => string;
}

function inWords(issue: z.core.$ZodIssue, { document, schema, at }: Where): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => `${at(offsetOfKey(document, issue.path, key))}: no such key: ${plain(key)}: the keys are ${known.join(', ')}`);
  }
  // The line says which of a list it is.
  const keys = issue.path.filter((key) => typeof key !== 'number').map(String);
  return [`${at(offsetOf(document, issue.path))}: ${keys.length === 0 ? '' : `${plain(keys.join('.'))}: `}${plain(issue.message)}`];
}

/** The keys of the object that a path leads to. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: unknown = bare(schema);
  for (const key of path) here = bare(here instanceof z.ZodArray ? here.element : here instanceof z.ZodObject ? here.shape[String(key)] : here instanceof z.ZodRecord ? here.valueType : here);
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/** A schema without what says that it may be left out. */
function bare(schema: unknown): unknown {
  let here = schema;
  while (here instanceof z.ZodOptional || here instanceof z.ZodDefault || here instanceof z.ZodNullable) here = here.unwrap();
  return here;
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] | null } | undefined;
    if (node?.range) return node.range[0];
  }
  return undefined;
}

function offsetOfKey(document: Document, path: readonly PropertyKey[], key: string): number | undefined {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  const pair = isMap(map) ? map.items.find((one) => isScalar(one.key) && String(one.key.value) === key) : undefined;
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

/** Text of the file within a message: one line, not long. */
function plain(text: string): string {
  return text.replace(/\s+/gu, ' ').trim().slice(0, 160);
}
