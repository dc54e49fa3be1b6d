/** @module The epochs of a public-inbox v2 mirror: `git/0.git`, `git/1.git` and so on, looked for anew each time. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayFailure } from '../limits.js';

export interface Epoch {
  readonly number: number;
  /** Its bare repository. */
  readonly dir: string;
}

/** The epochs of a mirror directory, the oldest first. Rejects with GatewayFailure when there is none. */
export async function epochsOf(dir: string): Promise<Epoch[]> {
  const names = await readdir(join(dir, 'git')).catch(() => []);
  const epochs = names.flatMap((name): Epoch[] => {
    const match = /^(0|[1-9]\d{0,5})\.git$/u.exec(name);
    return match ? [{ number: Number(match[1]), dir: join(dir, 'git', name) }] : [];
  });
  if (epochs.length === 0) throw new GatewayFailure('no public-inbox v2 mirror: it has no git/0.git');
  return epochs.sort((a, b) => a.number - b.number);
}
