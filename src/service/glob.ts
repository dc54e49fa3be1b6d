/**
 * @module Patterns for paths and branches: "*" and "?" within a name, "**" for any number of names. Matched without regular
 * expressions, so that no pattern takes longer than its length times that of the text.
 */

/** Whether a name fits a pattern of one name. */
function fitsName(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let i = 0;
  while (i < name.length) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      resume = i;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[i])) {
      at += 1;
      i += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      i = resume;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** Whether a path fits one pattern. A pattern that ends with a slash is all that is below. */
export function matchesGlob(pattern: string, path: string): boolean {
  const names = path.split('/');
  // fits[i]: the part of the pattern that was read fits the first i names.
  let fits = names.map(() => false).concat(false);
  fits[0] = true;
  for (const part of pattern.replace(/\/$/u, '/**').split('/')) {
    const next = fits.map(() => false);
    for (let i = 0; i <= names.length; i += 1) {
      if (part === '**') next[i] = fits[i] === true || (i > 0 && next[i - 1] === true);
      else if (i > 0 && fits[i - 1]) next[i] = fitsName(part, names[i - 1] ?? '');
    }
    fits = next;
  }
  return fits[names.length] ?? false;
}

/** Whether a path fits one of the patterns and none of those after "!"; patterns that only take out begin with all paths. */
export function matchesGlobs(patterns: readonly string[], path: string): boolean {
  const out = patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1));
  const wanted = patterns.filter((one) => !one.startsWith('!'));
  return (wanted.length === 0 || wanted.some((one) => matchesGlob(one, path))) && !out.some((one) => matchesGlob(one, path));
}
