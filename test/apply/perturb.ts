/**
 * @module Other ways to write the same C: what a printer with other habits would make of a file. Each takes lines and a
 * source of choices and gives lines that mean the same.
 */
import { applyEdits } from '../../src/apply/edits.js';
import type { Edit } from '../../src/apply/edits.js';
import { dropPair, unbracedBodies } from '../../src/apply/bodies.js';
import { declarationEnd, declaratorsOf, textOf } from '../../src/apply/declarators.js';
import { imageOf } from '../../src/apply/model-image.js';
import { functionNames, isMember } from '../../src/apply/read-image.js';
import { beginsStatement, printMacros, softStream } from '../../src/apply/soft.js';
import { structureOf } from '../../src/apply/structure.js';
import { tokenise } from '../../src/apply/tokens.js';

/** True with the given chance; deterministic for a seed. */
export type Coin = (chance: number) => boolean;

/** A coin of a seed (a linear congruential generator). */
export function coinOf(seed: number): Coin {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return (chance) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < chance;
  };
}

export type Perturbation = (lines: readonly string[], coin: Coin) => string[];

/** Other line breaks, no comments, no indentation. */
export const reflow: Perturbation = (lines, coin) => {
  const { tokens } = tokenise(lines);
  const out: string[] = [];
  let line = '';
  tokens.forEach((token, i) => {
    const before = tokens[i - 1];
    const border = before !== undefined && (before.directive !== token.directive);
    const call = before?.directive === token.directive && token.directive >= 0
      && before.line === token.line && before.end === token.start;
    if (border || (token.directive < 0 && /^[;{}]$/.test(before?.text ?? '') && coin(0.8)) || (token.directive < 0 && coin(0.05))) {
      out.push(line);
      line = '';
    }
    line += (line === '' || call ? '' : ' ') + token.text;
  });
  return [...out, line];
};

/** Some prints lose their arguments, some vanish. */
export const mutePrints: Perturbation = (lines, coin) => {
  const { tokens } = tokenise(lines);
  const stream = softStream(tokens, { prints: printMacros(lines), declarations: false, fragment: false });
  const edits: Edit[] = [];
  for (const item of stream.items) {
    if (item.kind !== 'print') continue;
    const alone = !/^[;{}]$/.test(tokens[item.first - 1]?.text ?? '');
    const from = alone || coin(0.5) ? item.first + 2 : item.first;
    const to = from === item.first ? item.last : item.last - 2;
    for (let t = from; t <= to; t++) edits.push({ kind: 'delete', token: t });
  }
  return [...applyEdits(imageOf('x.c', lines), tokens, edits).lines];
};

/** Braces round single statements are put in and taken out. */
export const rebrace: Perturbation = (lines, coin) => {
  const { tokens } = tokenise(lines);
  const structure = structureOf(tokens);
  const stream = softStream(tokens, { prints: new Set(), declarations: false, fragment: false });
  const edits: Edit[] = [];
  for (const [end, starts] of unbracedBodies(structure)) {
    for (const start of starts) {
      if (tokens[start]?.text === 'if' && tokens[start - 1]?.text === 'else') continue;
      if (coin(0.5)) edits.push({ kind: 'before', token: start, text: '{' }, { kind: 'after', token: end, text: '}' });
    }
  }
  tokens.forEach((token, i) => {
    if (token.text !== '{' || !coin(0.5)) return;
    const drop = dropPair(structure, stream, i);
    if (drop?.length === 2 && edits.length === 0) edits.push(...drop);
  });
  return [...applyEdits(imageOf('x.c', lines), tokens, edits).lines];
};

/** Each local declaration becomes one statement for each declarator, and runs of them are turned round. */
export const redeclareAll: Perturbation = (lines, coin) => {
  const { tokens } = tokenise(lines);
  const structure = structureOf(tokens);
  const out: string[] = [];
  let from = 0;
  for (let i = 0; i < tokens.length; i++) {
    if (!beginsStatement(tokens, i) || functionNames(structure, i) === null || !/^[;{}]$/.test(tokens[i - 1]?.text ?? '')) continue;
    const runs: string[] = [];
    let at = i;
    for (let end = declarationEnd(tokens, at); end >= 0; end = declarationEnd(tokens, at)) {
      const list = declaratorsOf(tokens, at, end);
      if (list.some((one) => /\w/.test(one.init.replace('NULL', '')))) break;
      runs.push(...list.map((one) => `${textOf(tokens, one.specFirst, one.specLast)} ${textOf(tokens, one.first, one.last)};`));
      at = end + 1;
    }
    if (runs.length === 0) continue;
    out.push(...slices(lines, tokens[from], tokens[i]), ...(coin(0.6) ? runs.reverse() : runs));
    from = at;
    i = at - 1;
  }
  return [...out, ...slices(lines, tokens[from], undefined)];
};

function slices(lines: readonly string[], first: { line: number; start: number } | undefined, end: { line: number; start: number } | undefined): string[] {
  if (!first) return [];
  const part = lines.slice(first.line, end ? end.line + 1 : lines.length);
  if (end) part[part.length - 1] = (part[part.length - 1] ?? '').slice(0, end.start);
  part[0] = ' '.repeat(first.start) + (part[0] ?? '').slice(first.start);
  return part;
}

/** What a renamed local ends in. */
export const RENAMED = '_q';

/** Some locals get another name in their whole function. */
export const renameSome: Perturbation = (lines, coin) => {
  const { tokens } = tokenise(lines);
  const structure = structureOf(tokens);
  const edits: Edit[] = [];
  for (const item of structure.items) {
    const names = functionNames(structure, item.first);
    if (item.function === null || !names) continue;
    const chosen = new Set([...names.locals].filter(() => coin(0.3)));
    for (let i = item.first; i <= item.last; i++) {
      const text = tokens[i]?.text ?? '';
      if (chosen.has(text) && !isMember(tokens, i) && !/^(struct|enum|goto)$/.test(tokens[i - 1]?.text ?? '')) {
        edits.push({ kind: 'replace', token: i, text: text + RENAMED });
      }
    }
  }
  return [...applyEdits(imageOf('x.c', lines), tokens, edits).lines];
};

/**
 * What two texts are compared by: tokens without prints, braces, annotation words, local declarations and marks of
 * renaming, then the declarators in sorted order.
 */
export function essence(lines: readonly string[], others: readonly string[] = []): string {
  const { tokens } = tokenise(lines);
  const stream = softStream(tokens, { prints: printMacros([...lines, ...others]), declarations: true, fragment: false });
  const name = (text: string): string => (text.endsWith(RENAMED) ? text.slice(0, -RENAMED.length) : text);
  const code = stream.core.map((t) => name(tokens[t]?.text ?? ''));
  const declared = stream.items.filter((item) => item.kind === 'declaration').flatMap((item) =>
    declaratorsOf(tokens, item.first, item.last).map((one) => `${one.spec} ${one.shape.replace('@', name(one.name))} ${one.init.split(' ').map(name).join(' ')}`));
  return [code.join(' '), ...declared.sort()].join('\n');
}
