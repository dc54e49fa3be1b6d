/**
 * @module Entries of threads and processes as JavaScript: they do not read TypeScript. What an entry imports is translated into a
 * folder of its own, which needs no build.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../', import.meta.url));
const options = { compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true } };

/** Imports, also those that are made when they are needed, and entries of threads. */
const IMPORT = /(?:from\s+|import\s+|import\(|new URL\()'(\.[^']+)\.js'/gu;

export interface BuiltEntry {
  readonly entry: URL;
  /** Another file that was translated, by its path in the repository. */
  readonly built: (file: string) => URL;
  /** Another entry beside it, of JavaScript. */
  readonly other: (name: string, text: string) => URL;
  readonly remove: () => void;
}

/** Translates an entry, by its path in the repository, and all that it imports. */
export function buildEntry(file: string): BuiltEntry {
  const folder = mkdtempSync(path.join(tmpdir(), 'kcovet-entry-'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const known = new Set([file]);
  for (const one of known) {
    const { outputText } = ts.transpileModule(readFileSync(path.join(root, one), 'utf8'), options);
    const to = path.join(folder, one.replace(/\.ts$/u, '.js'));
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, outputText);
    for (const [, name = ''] of outputText.matchAll(IMPORT)) known.add(path.posix.join(path.posix.dirname(one), `${name}.ts`));
  }
  const built = (one: string): URL => pathToFileURL(path.join(folder, one.replace(/\.ts$/u, '.js')));
  const other = (name: string, text: string): URL => {
    writeFileSync(path.join(folder, name), text);
    return pathToFileURL(path.join(folder, name));
  };
  return { entry: built(file), built, other, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
