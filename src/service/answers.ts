/** @module The short texts that kcovet says beside its questions: that one is gone or back, what became of a command. */

/** The head of a commit as people write it. */
export function shortSha(sha: string): string {
  return sha.slice(0, 12);
}

export function goneText(headSha: string): string {
  return `Gone in ${shortSha(headSha)}.`;
}

export function backText(headSha: string): string {
  return `Found again in ${shortSha(headSha)}.`;
}
