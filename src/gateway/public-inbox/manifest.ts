/**
 * @module Which epochs a public-inbox has, from its address: manifest.js.gz, as grokmirror and public-inbox-clone(1) read it. Only
 * epochs below the address that was configured count, whatever else a manifest names.
 */
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { GatewayFailure, reasonOf } from '../limits.js';
import { limitedFetch, type Fetch, type FetchLimits } from '../limited-fetch.js';

export interface RemoteEpoch {
  readonly number: number;
  readonly url: string;
  /** When it was changed last, in seconds since 1970; null when that is not said. */
  readonly modifiedS: number | null;
  /** Another one when its refs are; null when that is not said. */
  readonly fingerprint: string | null;
}

/** The server has none: its epochs can only be tried. */
export class NoManifest extends GatewayFailure {
  constructor() {
    super('manifest.js.gz: there is none');
    this.name = 'NoManifest';
  }
}

export const MANIFEST_LIMITS: FetchLimits = { ms: 30_000, bytes: 16 * 1024 * 1024 };
/** Bytes of a manifest, unpacked. */
const UNPACKED_MAX = 64 * 1024 * 1024;
/** Epochs that are taken; lore's largest list has about twenty. */
const EPOCHS_MAX = 1_000;

const manifestSchema = z.record(z.string(), z.object({ modified: z.number().optional().catch(undefined), fingerprint: z.string().max(200).optional().catch(undefined) }).catch({}));

/** The epochs, the oldest first. Rejects with GatewayFailure when there is no manifest, or none of these. */
export async function remoteEpochs(url: string, limits: FetchLimits = MANIFEST_LIMITS, inner?: Fetch): Promise<RemoteEpoch[]> {
  const base = url.replace(/\/+$/u, '');
  const response = await limitedFetch(limits, inner)(`${base}/manifest.js.gz`, { headers: { 'user-agent': 'kcovet' } });
  if (response.status === 404) throw new NoManifest();
  if (!response.ok) throw new GatewayFailure(`manifest.js.gz: answered with ${response.status}`);
  const manifest = parse(Buffer.from(await response.arrayBuffer()));
  const { pathname } = new URL(`${base}/`);
  const epochs = Object.entries(manifest).flatMap(([path, { modified, fingerprint }]): RemoteEpoch[] => {
    const number = epochIn(path, pathname);
    return number === null ? [] : [{ number, url: `${base}/git/${number}.git`, modifiedS: modified ?? null, fingerprint: fingerprint ?? null }];
  });
  if (epochs.length === 0) throw new GatewayFailure('manifest.js.gz: names no epoch of a public-inbox v2');
  return epochs.sort((a, b) => a.number - b.number).slice(-EPOCHS_MAX);
}

function parse(bytes: Buffer): z.infer<typeof manifestSchema> {
  try {
    return manifestSchema.parse(JSON.parse(gunzipSync(bytes, { maxOutputLength: UNPACKED_MAX }).toString('utf8')));
  } catch (error) {
    throw new GatewayFailure(`manifest.js.gz: cannot be read: ${reasonOf(error)}`);
  }
}

/** "/lkml/git/12.git" below "/lkml/" is 12; null for what is elsewhere. */
function epochIn(path: string, pathname: string): number | null {
  const match = /^(.*\/)git\/(0|[1-9]\d{0,5})\.git$/u.exec(path);
  // A server may stand behind a prefix that its own manifest does not know.
  return match && pathname.endsWith(match[1] ?? '/') ? Number(match[2]) : null;
}
