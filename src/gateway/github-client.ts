/**
 * @module A client of GitHub's API that acts for one installation of the App. A token that is refused before its time is
 * asked for anew, once for each request; everything else that goes wrong is the caller's to see.
 */
import type { Octokit } from '@octokit/rest';

/** What is used of Octokit; Probot's and @octokit/rest's both have it. */
export type GithubClient = Pick<Octokit, 'request' | 'rest' | 'graphql' | 'paginate' | 'hook' | 'auth'>;

/** Makes a client for an installation. */
export type ClientFor = (installation: number) => Promise<GithubClient>;

/** Clients whose tokens are made anew when GitHub refuses them: revoked, or run out in the middle of a review. */
export function renewing(clientFor: ClientFor): ClientFor {
  return async (installation) => {
    const client = await clientFor(installation);
    client.hook.wrap('request', async (request, options) => {
      try {
        return await request(options);
      } catch (error) {
        if ((error as { status?: unknown }).status !== 401) throw error;
        await client.auth({ type: 'installation', installationId: installation, refresh: true });
        return await request(options);
      }
    });
    return client;
  };
}
