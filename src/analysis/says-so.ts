/**
 * @module Whether a changelog speaks of a change of behaviour: a sentence that names what a user deals with and says that something
 * is done with it. In doubt it does. Names of functions and variables, and the prefix of a subject, count for nothing.
 */

/** What users and callers deal with, by what differs. */
const SUBJECTS = {
  result: /mmap|\bmap|ioctl|init|enabl|disabl|\bopen|clos|releas|fork|exit|handle|errno|error|\bE[A-Z]{3,}\b|return value|result|argument|user[ -]?space|\bfd\b|\bfile|size|area|buffer|mode|permission|alloc|memory|device|busy/iu,
  area: /coverage|record|\bPCs?\b|entr(?:y|ies)|comparison|\bcmp|collect|trac(?:e|ing)|area|buffer|size|word|count|section|remote|irq|interrupt|context|task|\bNMI\b|kthread|data|limit|handle|position|overflow/iu,
} as const;

/** That something is done, or done no longer, to them. What one only does to code (use, move, rename, simplify) is not here. */
const DEEDS = new RegExp(`\\b(?:${[
  'chang', 'modif', 'allow', 'permit', 'forbid', 'reject', 'refus', 'return', 'fail', 'succe', 'fix', 'support', 'introduc', 'extend', 'avoid', 'prevent', 'valid', 'limit', 'restrict',
  'requir', 'ignor', 'skip', 'drop', 'so that\\b', 'instead\\b', 'no longer\\b', 'now\\b', 'previous', 'los[est]', 'miss', 'remov', 'more\\b', 'less\\b', 'fewer\\b', 'larger\\b', 'smaller\\b', 'another\\b',
  'increas', 'decreas', 'correct', 'wrong', 'bugs?\\b', 'rac[ey]', 'leak', 'must\\b', 'should', 'cannot\\b', 'not\\b', 'only\\b', "(?:ca|do|does|is|wo)n't\\b",
].join('|')})`, 'iu');

/** What the title of a patch does: it is an order, where in the body the same words explain what kcov is. */
const ORDERS = /^(?:collect|record|trac|start|stop|reset|clear|copy|deliver|keep|report|warn|check|add|make|handl|enabl|disabl|map)/iu;

/** Names of C: in small letters with an underscore, or called, but for what user space calls. */
const CODE = /\b(?:(?!(?:mmap|munmap|open|close|ioctl|fork|exec\w*|exit)\(\))\w+\(\)|[a-z0-9]+(?:_[a-z0-9]+)+|__\w+)/gu;

const withoutCode = (text: string): string => text.replace(CODE, '').replace(/\s+/gu, ' ').trim();

/** What the subject orders, without its prefix. */
const titleOf = (subject: string): string => withoutCode(subject.replace(/^(?:\s*\[[^\]]*\])*\s*(?:[\w/.,-]+:\s*)*/u, ''));

/** Sentences of a body, without trailers and quoted text. */
function sentencesOf(message: string): string[] {
  const body = message.split('\n').filter((line) => !/^(?:[A-Z][A-Za-z-]+(?:-by)?: |>)/u.test(line)).join('\n');
  return body.split(/\n\s*\n|(?<=[.!?])\s+/u).map(withoutCode);
}

/** A changelog. */
interface Words {
  readonly subject: string;
  readonly message: string;
}

/** True where one of the changelogs may mean a difference of that kind. */
export function saysSo(changelogs: readonly Words[], of: keyof typeof SUBJECTS): boolean {
  return changelogs.some(({ subject, message }) => {
    const title = titleOf(subject);
    return (SUBJECTS[of].test(title) && ORDERS.test(title)) || [title, ...sentencesOf(message)].some((s) => SUBJECTS[of].test(s) && DEEDS.test(s));
  });
}
