/** @module The files that pages load: read once, named by their content, so that browsers may keep them for good. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../service/package.js';

/** Names and types of all there are. */
const TYPES: Readonly<Record<string, string>> = {
  'style.css': 'text/css; charset=utf-8', 'lanes.css': 'text/css; charset=utf-8', 'finding.css': 'text/css; charset=utf-8', 'live.js': 'text/javascript; charset=utf-8', 'steps.js': 'text/javascript; charset=utf-8',
};

export interface Asset {
  readonly type: string;
  readonly text: string;
  /** 12 digits of its content. */
  readonly hash: string;
}

const known = new Map<string, Asset | null>();

function read(name: string): Asset | null {
  const type = TYPES[name];
  const root = packageRoot();
  if (type === undefined || root === null) return null;
  try {
    const text = readFileSync(join(root, 'src/web/assets', name), 'utf8');
    return { type, text, hash: createHash('sha256').update(text).digest('hex').slice(0, 12) };
  } catch {
    return null;
  }
}

/** A file by its name; null when there is none. */
export function assetNamed(name: string): Asset | null {
  const asset = known.get(name);
  if (asset !== undefined) return asset;
  const found = Object.hasOwn(TYPES, name) ? read(name) : null;
  if (Object.hasOwn(TYPES, name)) known.set(name, found);
  return found;
}

/** The address that a page loads it from. */
export function assetUrl(name: string): string {
  return `/assets/${name}?v=${assetNamed(name)?.hash ?? '0'}`;
}
