/** @module The files that pages load: read once, named by their content, so that browsers may keep them for good. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lanesStyle } from '../render/lanes/style.js';
import { packageRoot } from '../service/package.js';

/** Text of a file beside the pages; throws where there is none. */
const file = (name: string) => (): string => readFileSync(join(packageRoot() ?? '.', 'src/web/assets', name), 'utf8');

const [css, js] = ['text/css; charset=utf-8', 'text/javascript; charset=utf-8'] as const;

/** What there is, by name. */
const SOURCES: Readonly<Record<string, { readonly type: string; readonly text: () => string }>> = {
  'style.css': { type: css, text: file('style.css') }, 'finding.css': { type: css, text: file('finding.css') },
  // A picture that is saved has the same within itself.
  'lanes.css': { type: css, text: () => lanesStyle },
  'live.js': { type: js, text: file('live.js') }, 'steps.js': { type: js, text: file('steps.js') },
};

export interface Asset {
  readonly type: string;
  readonly text: string;
  /** 12 digits of its content. */
  readonly hash: string;
}

const known = new Map<string, Asset | null>();

function read(name: string): Asset | null {
  const source = Object.hasOwn(SOURCES, name) ? SOURCES[name] : undefined;
  if (source === undefined) return null;
  try {
    const text = source.text();
    return { type: source.type, text, hash: createHash('sha256').update(text).digest('hex').slice(0, 12) };
  } catch {
    return null;
  }
}

/** A file by its name; null when there is none. */
export function assetNamed(name: string): Asset | null {
  const asset = known.get(name);
  if (asset !== undefined) return asset;
  const found = read(name);
  if (Object.hasOwn(SOURCES, name)) known.set(name, found);
  return found;
}

/** The address that a page loads it from. */
export function assetUrl(name: string): string {
  return `/assets/${name}?v=${assetNamed(name)?.hash ?? '0'}`;
}
