/**
 * @module A client of GitHub's API that acts for one installation of the App. A token that is refused before its time is
 * dropped and asked for anew, once for each request; everything else that goes wrong is the caller's to see.
 */
import type { Octokit } from '@octokit/rest';

/** What is used of Octokit; Probot's and @octokit/rest's both have it. */
export type GithubClient = Pick<Octokit, 'request' | 'rest' | 'graphql' | 'paginate' | 'hook' | 'auth'>;

/** Tokens hold for an hour; the last minute is left to those who are on their way. */
const TOKEN_MS = 59 * 60_000;

/** The tokens of one installation, as @octokit/auth-app keeps them. */
class TokenCache {
  private readonly tokens = new Map<string, { readonly value: string; readonly atMs: number }>();

  get(key: string): string | undefined {
    const known = this.tokens.get(key);
    return known && Date.now() - known.atMs < TOKEN_MS ? known.value : undefined;
  }

  set(key: string, value: string): void {
    this.tokens.set(key, { value, atMs: Date.now() });
  }

  clear(): void {
    this.tokens.clear();
  }
}

/** What an authentication hands to who makes a client of it. */
interface Factory {
  readonly octokit: { readonly constructor: unknown };
  readonly octokitOptions: { readonly auth: object };
}

/** Clients of installations, made by the client of the App. */
export class InstallationClients {
  private readonly clients = new Map<number, Promise<GithubClient>>();

  constructor(private readonly app: () => Promise<Pick<GithubClient, 'auth'>>) {}

  /** The client of an installation. */
  for(installation: number): Promise<GithubClient> {
    const known = this.clients.get(installation) ?? this.make(installation);
    this.clients.set(installation, known);
    // One that could not be made is no answer for the next one.
    known.catch(() => this.clients.delete(installation));
    return known;
  }

  private async make(installationId: number): Promise<GithubClient> {
    const cache = new TokenCache();
    const factory = ({ octokit, octokitOptions }: Factory): GithubClient => {
      const Client = octokit.constructor as new (options: object) => GithubClient;
      return new Client({ ...octokitOptions, auth: { ...octokitOptions.auth, installationId, cache } });
    };
    const client = await (await this.app()).auth({ type: 'installation', installationId, factory }) as GithubClient;
    client.hook.wrap('request', async (request, options) => {
      try {
        return await request(options);
      } catch (error) {
        if ((error as { status?: unknown }).status !== 401) throw error;
        cache.clear();
        return await request(options);
      }
    });
    return client;
  }
}
