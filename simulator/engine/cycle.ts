/** @module Whether a directed graph has a cycle. */

/** True if some node can be reached from itself; a node with itself as successor counts. */
export function hasCycle(edges: ReadonlyMap<number, ReadonlySet<number>>): boolean {
  const state = new Map<number, 'open' | 'done'>();
  for (const first of edges.keys()) {
    if (state.has(first)) continue;
    const stack: { node: number; rest: number[] }[] = [{ node: first, rest: [...(edges.get(first) ?? [])] }];
    state.set(first, 'open');
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.rest.pop();
      if (next === undefined) {
        state.set(top.node, 'done');
        stack.pop();
      } else if (state.get(next) === 'open') return true;
      else if (!state.has(next)) {
        state.set(next, 'open');
        stack.push({ node: next, rest: [...(edges.get(next) ?? [])] });
      }
    }
  }
  return false;
}
