/** @module The version of the package, read from its package.json: the one place that states it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../service/package.js';

/** Such as "0.1.0"; "unknown" when there is no package.json to read. */
export function packageVersion(): string {
  const root = packageRoot();
  if (root === null) return 'unknown';
  const parsed: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown';
}
