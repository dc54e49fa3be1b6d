/** @module `kcovet serve --register`: credentials of a GitHub App by one click, into a file that nobody else can read. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clean } from '../render/line.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { packageRoot } from '../service/package.js';

/** The file that --register writes. */
export const ENV_FILE = 'kcovet.env';

export interface RegisterFlags {
  readonly env?: string;
  readonly url?: string;
  readonly org?: string;
}

/** Where a GitHub's pages and its API are. */
function addressesOf(env: Io['env']): { webUrl: string; apiUrl: string } {
  const { GHE_HOST: host, GHE_PROTOCOL: protocol } = env;
  if (!host) return { webUrl: 'https://github.com', apiUrl: 'https://api.github.com' };
  return { webUrl: `${protocol || 'https'}://${host}`, apiUrl: `${protocol || 'https'}://${host}/api/v3` };
}

/** Gets credentials by one click, and writes them to a file that nobody else can read. */
export async function register({ url, org, env: file = ENV_FILE }: RegisterFlags, io: Io): Promise<number> {
  if (url === undefined || !/^https?:\/\/[\w.-]+(?::\d+)?\/?$/u.test(url)) throw new CliFailure('serve: --register needs --url: the address at which GitHub reaches this server, such as https://kcovet.example.org');
  const [{ startRegistration }, { parse }] = await Promise.all([import('../service/registration.js'), import('yaml')]);
  const manifest = parse(readFileSync(join(packageRoot() ?? '.', 'app.yml'), 'utf8')) as Record<string, unknown>;
  const { PORT: port } = io.env;
  if (existsSync(file)) throw new CliFailure(`${clean(file)}: is there already, and may hold credentials: move it away, or name another file with --env`);
  const page = await startRegistration({ manifest, publicUrl: url.replace(/\/$/u, ''), organization: org ?? null, ...addressesOf(io.env), port: Number(port || 3000) });
  io.stdout.write(`kcovet: open ${page.url}\n`);
  try {
    const { appId, privateKey, webhookSecret, htmlUrl } = await page.credentials;
    const lines = [`APP_ID=${appId}`, `WEBHOOK_SECRET=${webhookSecret}`, `PRIVATE_KEY="${privateKey.trim().replace(/\n/gu, '\\n')}"`, ''];
    writeFileSync(file, lines.join('\n'), { mode: 0o600, flag: 'wx' });
    io.stdout.write(`kcovet: registered, ${clean(file)} is written. Install it: ${clean(htmlUrl)}/installations/new\nkcovet: then start it: kcovet serve --env ${clean(file)}\n`);
    return exitStatus.reviewed;
  } catch (error) {
    throw new CliFailure(`serve --register: ${error instanceof Error ? clean(error.message) : 'failed'}: try again`);
  } finally {
    await page.close();
  }
}
