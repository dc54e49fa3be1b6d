/** @module Assignments that all happen at once, in an order in which they may be written one after the other. */

export interface Assignment {
  readonly target: string;
  readonly text: string;
  /** Names that the text reads. */
  readonly reads: ReadonlySet<string>;
}

/** Statements in order; where they read each other in a circle, hidden variables `tmp_<n>` help. */
export function ordered(assignments: readonly Assignment[]): { statements: string[]; temporaries: number } {
  const statements: string[] = [];
  const open = [...assignments];
  const last: string[] = [];
  let temporaries = 0;
  while (open.length > 0) {
    const free = open.findIndex((one) => !open.some((other) => other !== one && other.reads.has(one.target)));
    const [one] = open.splice(Math.max(0, free), 1);
    if (!one) break;
    if (free >= 0) statements.push(`${one.target} = ${one.text}`);
    else {
      statements.push(`tmp_${temporaries} = ${one.text}`);
      last.push(`${one.target} = tmp_${temporaries}`);
      temporaries += 1;
    }
  }
  return { statements: [...statements, ...last], temporaries };
}
