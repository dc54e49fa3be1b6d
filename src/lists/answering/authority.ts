/**
 * @module Who may command: the author of the series, moderators, and the maintainers that the policy names. Nobody whom no trusted mail
 * server vouches for.
 */
import { plainAddress } from '../list-address.js';
import type { Policy } from '../policy.js';
import { verifiedSender } from '../verified-sender.js';

export interface Authority {
  /** Address of the sender. */
  readonly sender: string;
  readonly isAuthor: boolean;
  readonly isModerator: boolean;
}

export interface Asked {
  readonly raw: Buffer;
  /** Address of the author of the series. */
  readonly author: string;
  readonly policy: Pick<Policy, 'moderators' | 'maintainers'>;
  /** Names of mail servers whose Authentication-Results count. */
  readonly trusted: readonly string[];
}

/** What the sender of a mail may do about a series; or why nothing, in words. */
export function authorityOf({ raw, author, policy, trusted }: Asked): Authority | string {
  const sender = verifiedSender(raw, trusted);
  if (sender === null) return 'no trusted mail server says who sent it';
  const isIn = (all: readonly string[]): boolean => all.some((one) => plainAddress(one) === sender);
  const [isAuthor, isModerator] = [plainAddress(author) === sender, isIn(policy.moderators)];
  return isAuthor || isModerator || isIn(policy.maintainers) ? { sender, isAuthor, isModerator } : `${sender} is neither the author nor somebody whom the policy names`;
}
