/**
 * @module The worker's entry as JavaScript: a thread does not read TypeScript. What the entry imports is translated into a
 * folder of its own, which needs no build and no package.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ENTRY = 'src/pool/worker.ts';

export interface BuiltWorker {
  readonly entry: URL;
  /** Another entry beside it, of JavaScript. */
  readonly other: (name: string, text: string) => URL;
  readonly remove: () => void;
}

/** Translates the entry and all that it imports. */
export function buildWorker(): BuiltWorker {
  const folder = mkdtempSync(path.join(tmpdir(), 'kcovet-worker-'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  const known = new Set([ENTRY]);
  for (const file of known) {
    const { outputText } = ts.transpileModule(readFileSync(path.join(root, file), 'utf8'), { compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true } });
    const to = path.join(folder, file.replace(/\.ts$/u, '.js'));
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, outputText);
    for (const [, name = ''] of outputText.matchAll(/(?:from|import)\s+'(\.[^']+)\.js'/gu)) known.add(path.posix.join(path.posix.dirname(file), `${name}.ts`));
  }
  const other = (name: string, text: string): URL => {
    writeFileSync(path.join(folder, name), text);
    return pathToFileURL(path.join(folder, name));
  };
  return { entry: pathToFileURL(path.join(folder, ENTRY.replace(/\.ts$/u, '.js'))), other, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
