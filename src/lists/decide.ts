/**
 * @module What a policy says about one mail. Everything that it says about any of the recipients, the author and the paths counts,
 * and the strictest wins: the least stage, the fewest severities, the longest delay, the smallest cap.
 */
import { matchesGlob } from '../service/glob.js';
import { looksLikeList, plainAddress, samePerson } from './list-address.js';
import { STAGES, type Narrower, type Policy, type Severity, type Stage } from './policy.js';

/** What a policy asks about a mail. */
export interface Facts {
  /** Address of the author of the patch. */
  readonly author: string;
  /** All addresses of the patch, in To and Cc. */
  readonly recipients: readonly string[];
  /** Lists that it came from, whatever their addresses look like. */
  readonly lists: readonly string[];
  /** Paths that the patch changes. */
  readonly paths: readonly string[];
  /** Message-IDs of the thread, without angle brackets. */
  readonly thread: readonly string[];
}

/** What may be done with a mail. */
export interface Decision {
  readonly stage: Stage;
  /** To whom it goes in the end: as stage, or, after an approval, what the policy says. */
  readonly reach: 'author' | 'list';
  readonly severities: readonly Severity[];
  readonly delayMs: number;
  readonly caps: { readonly lists: Readonly<Record<string, number>>; readonly author: number; readonly thread: number };
  /** Until when it is held although it could go; Infinity where nobody says; 0 where it is not. */
  readonly heldUntilMs: number;
  /** Who or what decided the stage, in words. */
  readonly why: string;
}

/** One thing that a policy says, and about whom. */
interface Said extends Partial<Narrower> {
  readonly send: Stage;
  readonly about: string;
}

/** Lists among the recipients, and those it came from; sorted. */
export function listsOf({ recipients, lists }: Pick<Facts, 'recipients' | 'lists'>, policy: Policy): string[] {
  const known = new Set(policy.lists.map((one) => one.list));
  const inMail = recipients.map(plainAddress).filter((one) => known.has(one) || looksLikeList(one));
  return [...new Set([...inMail, ...lists.map(plainAddress)])].sort();
}

function saidAbout(policy: Policy, facts: Facts, lists: readonly string[]): Said[] {
  const said: Said[] = [];
  for (const list of lists) {
    const entries = policy.lists.filter((one) => one.list === list);
    said.push(...entries.map((one) => ({ ...one, about: list })));
    if (entries.length === 0) said.push({ send: policy.otherLists, about: `${list}, which is not in the policy` });
  }
  if (lists.length === 0) said.push({ send: 'off', about: 'a patch that went to no list' });
  if (policy.optOut.some((one) => samePerson(one, facts.author))) said.push({ send: 'off', about: `${facts.author}, who opted out` });
  said.push(...policy.authors.filter((one) => samePerson(one.author, facts.author)).map((one) => ({ ...one, about: one.author })));
  said.push(...policy.paths.filter((one) => facts.paths.some((path) => matchesGlob(one.path, path))).map((one) => ({ ...one, about: one.path })));
  return said;
}

/** Whether an embargo is about a mail: everything that it names must fit. */
function embargoed(embargo: Policy['embargoes'][number], facts: Facts, lists: readonly string[]): boolean {
  return (embargo.list === undefined || lists.includes(embargo.list))
    && (embargo.author === undefined || samePerson(embargo.author, facts.author))
    && (embargo.path === undefined || facts.paths.some((path) => matchesGlob(embargo.path ?? '', path)))
    && (embargo.thread === undefined || facts.thread.includes(embargo.thread.replace(/[<>\s]/gu, '')));
}

/** What a policy says about a mail. */
export function decide(policy: Policy, facts: Facts): Decision {
  const lists = listsOf(facts, policy);
  const said = saidAbout(policy, facts, lists);
  const strictest = said.reduce((least, one) => (STAGES.indexOf(one.send) < STAGES.indexOf(least.send) ? one : least));
  const goals = said.map((one) => (one.send === 'moderators' ? one.approved ?? 'author' : one.send));
  const smallest = (key: (one: Said) => boolean, cap: number): number => Math.min(cap, ...said.filter(key).flatMap((one) => one.perDay ?? []));
  return {
    stage: strictest.send,
    reach: goals.includes('author') ? 'author' : 'list',
    severities: policy.severities.filter((severity) => said.every((one) => one.severities?.includes(severity) ?? true)),
    delayMs: Math.max(policy.delay, ...said.map((one) => one.delay ?? 0)),
    caps: {
      lists: Object.fromEntries(lists.map((list) => [list, smallest((one) => one.about === list, policy.caps.list)])),
      author: smallest((one) => samePerson(one.about, facts.author), policy.caps.author), thread: policy.caps.thread,
    },
    heldUntilMs: Math.max(0, ...policy.embargoes.filter((one) => embargoed(one, facts, lists)).map((one) => (one.until === undefined ? Infinity : Date.parse(one.until)))),
    why: `${strictest.send}: ${strictest.about}`,
  };
}
