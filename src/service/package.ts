/** @module Where the package lies, found from the sources and from dist/, which lie at different depths. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Directories above this file that are looked at. */
const LEVELS_MAX = 5;

/** The directory that holds kcovet's package.json; null when the files were moved apart. */
export function packageRoot(): string | null {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < LEVELS_MAX; level += 1, directory = dirname(directory)) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      if (typeof parsed === 'object' && parsed !== null && 'name' in parsed && parsed.name === 'kcovet') return directory;
    } catch {
      continue;
    }
  }
  return null;
}
