/**
 * @module tree-sitter's tree as plain data, with offsets into the whole text and errors marked on every node around them.
 * Made iteratively; parts deeper than DEPTH_MAX are cut off and count as errors. The tree is freed at once.
 */
import type { Parser, TreeCursor } from 'web-tree-sitter';

export interface Syntax {
  readonly type: string;
  /** False for punctuation and keywords. */
  readonly named: boolean;
  /** Name of the field of the parent that the node is, '' if none. */
  readonly field: string;
  readonly start: number;
  readonly end: number;
  readonly children: readonly Syntax[];
  /** True if something in it could not be parsed, or was made up by the parser. */
  readonly broken: boolean;
}

/** Deepest tree that is kept; the kernel's own code stays below 60. */
export const DEPTH_MAX = 400;

/** Reports of the parser's progress that are waited for, per item; each stands for a fixed number of its steps. */
const PROGRESS_MAX = 20_000;

interface Building {
  type: string;
  named: boolean;
  field: string;
  start: number;
  end: number;
  children: Building[];
  broken: boolean;
}

function building(cursor: TreeCursor, base: number): Building {
  return {
    type: cursor.nodeType, named: cursor.nodeIsNamed, field: cursor.currentFieldName ?? '',
    start: base + cursor.startIndex, end: base + cursor.endIndex, children: [],
    broken: cursor.nodeIsMissing || cursor.nodeType === 'ERROR',
  };
}

/** Walks the tree under `cursor`; `base` is added to its offsets. */
function copyTree(cursor: TreeCursor, base: number): Syntax {
  const root = building(cursor, base);
  const open: Building[] = [root];
  for (;;) {
    const top = open[open.length - 1];
    if (open.length <= DEPTH_MAX && cursor.gotoFirstChild()) {
      const child = building(cursor, base);
      top?.children.push(child);
      open.push(child);
      continue;
    }
    if (open.length > DEPTH_MAX && top) top.broken = true;
    while (!cursor.gotoNextSibling()) {
      const done = open.pop();
      const parent = open[open.length - 1];
      if (!parent || !cursor.gotoParent()) return root;
      parent.broken ||= done?.broken ?? false;
    }
    const done = open.pop();
    const parent = open[open.length - 1];
    if (!parent) return root;
    parent.broken ||= done?.broken ?? false;
    const sibling = building(cursor, base);
    parent.children.push(sibling);
    open.push(sibling);
  }
}

/** Parses `text`; null if the parser gives up. `base` is the offset of `text` in the whole. */
export function parseSyntax(parser: Parser, text: string, base: number): Syntax | null {
  let reports = 0;
  const progressCallback = (): boolean => ++reports > PROGRESS_MAX;
  const tree = parser.parse(text, null, { progressCallback });
  if (tree === null) {
    parser.reset();
    return null;
  }
  const cursor = tree.walk();
  try {
    return copyTree(cursor, base);
  } finally {
    cursor.delete();
    tree.delete();
  }
}

/** The child in field `name`. */
export function fieldOf(node: Syntax, name: string): Syntax | undefined {
  return node.children.find((child) => child.field === name);
}

/** The children that are neither punctuation nor keywords. */
export function named(node: Syntax): Syntax[] {
  return node.children.filter((child) => child.named);
}
