/**
 * @module The C front end: text of a kernel C file to a Program. A length-preserving pre-pass (./pre-pass.ts), tree-sitter-c on
 * each item at file scope, then the lowering. Input is hostile: nothing here throws on it, and every bound that is reached is listed.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import type { Config, Program } from '../../simulator/ir/program.js';
import type { Expr, Stmt } from '../../simulator/ir/program.js';
import { Reader } from './reader.js';

export interface FrontEnd {
  /**
   * The Program of one file under one configuration. Never throws on `text`; whatever is not understood is in
   * `notModelled` and stays in its place as `unmodelled`. Functions of other files are not known.
   */
  readonly lower: (path: string, text: string, config: Config) => Program;
  /** True if every part of `text` is understood by the grammar after the pre-pass. */
  readonly parses: (text: string) => boolean;
  /** One expression, such as the body of a macro; a body of statements becomes a statement expression. */
  readonly expression: (text: string) => Expr;
  /** The statements of a function body given without its braces. */
  readonly statements: (text: string) => readonly Stmt[];
}

/** Loads the parser; rejects only if the packages are not installed whole. */
export async function loadFrontEnd(): Promise<FrontEnd> {
  const require = createRequire(import.meta.url);
  await Parser.init({ locateFile: () => require.resolve('web-tree-sitter/web-tree-sitter.wasm') });
  const grammar = await readFile(require.resolve('tree-sitter-c/tree-sitter-c.wasm'));
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  const reader = new Reader(parser);
  return {
    lower: (path, text, config) => reader.lower(path, text, config),
    parses: (text) => reader.parses(text),
    expression: (text) => reader.expression(text),
    statements: (text) => reader.statements(text),
  };
}
