/** @module Neutral operators on declarations: where a local gets its value, what is const, pointers to locks, where functions stand. */
import type { CType, FunctionDef, Stmt } from '../../../simulator/ir/program.js';
import { statementsOf, walkStatement } from '../../../src/analysis/walk.js';
import { hasCall, listed, namesIn, storeIn } from '../calls.js';
import { at, testOf } from '../heads.js';
import { neutral } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import { argumentOf, rewritten, spinRegions } from '../regions.js';
import type { Placed, Source } from '../source.js';
import { tokenSites } from '../tokens.js';

type Declaration = Extract<Stmt, { kind: 'declaration' }>;

/** Declarations of one name in a line of their own. */
function singles(source: Source): (Placed & { statement: Declaration })[] {
  return listed(source).flatMap(({ function: def, statement: s }) => (s.kind === 'declaration' && !s.attributes?.length && s.place.line === s.place.endLine
    && statementsOf(def).every((o) => o === s || o.kind !== 'declaration' || o.place.line !== s.place.line) ? [{ function: def, statement: s }] : []));
}

function readsMemory(s: Stmt): boolean {
  let found = hasCall(s);
  walkStatement(s, (e) => { found ||= e.kind === 'member' || e.kind === 'index' || (e.kind === 'unary' && e.op === '*'); });
  return found;
}

/** The first assignment behind the declarations, at the declaration of what it sets. */
function earlierValues(source: Source): Site[] {
  return singles(source).flatMap((placed): Site[] => {
    const { function: def, statement: s } = placed;
    const i = def.body.indexOf(s);
    const rest = def.body.slice(i + 1);
    const first = rest.find((o) => o.kind !== 'declaration');
    const between = rest.slice(0, first ? rest.indexOf(first) : 0);
    const target = first ? storeIn(first)?.target : undefined;
    if (i < 0 || !first || s.init || target?.kind !== 'name' || target.name !== s.name || first.place.line !== first.place.endLine) return [];
    const later = new Set(between.flatMap((o) => (o.kind === 'declaration' ? [o.name] : [])));
    const value = new RegExp(`^\\s*${s.name} = (.+;)\\n$`, 'u').exec(source.linesOf(first))?.[1];
    const moves = between.some((o) => o.kind === 'declaration' && o.init !== undefined && readsMemory(o)) && readsMemory(first);
    if (!value || moves || [...namesIn(first)].some((name) => later.has(name))) return [];
    return [at(placed, [source.replace(s, source.linesOf(s).replace(/;\n$/u, ` = ${value}\n`)), source.remove(first)])];
  });
}

/** Whether a local is only read behind its declaration. */
function isConstant(source: Source, { function: def, statement: s }: Placed & { statement: Declaration }): boolean {
  const tokens = source.tokensIn(s.place.endLine + 1, def.place.endLine);
  return tokens.every((t, i) => {
    const [before, after] = [tokens[i - 1]?.text ?? '', tokens[i + 1]?.text ?? ''];
    if (t.text !== s.name || /^(?:\.|->)$/u.test(before)) return true;
    return !/^(?:\+\+|--|&)$/u.test(before) && !/^(?:\+\+|--|[-+*/%&|^]?=|<<=|>>=)$/u.test(after);
  });
}

function constants(source: Source): Site[] {
  return singles(source).filter((placed) => placed.statement.init !== undefined && isConstant(source, placed)).flatMap((placed): Site[] => {
    const { statement: s } = placed;
    const name = source.tokensIn(s.place.line, s.place.line).find((t) => t.text === s.name && /^\s*=/u.test(source.text.slice(t.end)));
    const start = source.startOf(s.place.line) + source.indentOf(s.place.line).length;
    if (!name || s.type.kind === 'array') return [];
    return [at(placed, [s.type.kind === 'pointer' ? { start: name.start, end: name.start, text: 'const ' } : { start, end: start, text: 'const ' }])];
  });
}

/** Whether a pointer may be NULL: somewhere in the function it is looked at. */
function isTested(source: Source, { place }: FunctionDef, name: string): boolean {
  const tokens = source.tokensIn(place.line, place.endLine);
  return tokens.some((t, i) => t.text === name && ((tokens[i - 1]?.text === '!' && tokens[i + 1]?.text !== '->') || /^[=!]=$/u.test(tokens[i + 1]?.text ?? '')));
}

/** The address of a lock in a local, where it is known when the function begins. */
function lockPointers(source: Source): Site[] {
  return spinRegions(source).flatMap((region): Site[] => {
    const def = region.calls[0]?.function;
    const lock = argumentOf(region);
    const root = /^&(\w+)/u.exec(lock)?.[1] ?? '';
    const last = def?.body.findLast((s, i) => s.kind === 'declaration' && def.body.slice(0, i).every((o) => o.kind === 'declaration'));
    const isGlobal = source.program.globals.some((g) => g.name === root);
    const isKnown = def?.params.some((p) => p.name === root) || def?.body.some((s) => s.kind === 'declaration' && s.name === root && s.init);
    const first = def?.body[0];
    if (!def || !first || !(isGlobal || (isKnown && !isTested(source, def, root))) || source.tokens.some((t) => t.text === 'guard_lock')) return [];
    const text = `\tspinlock_t *guard_lock = ${lock};\n`;
    const edits = region.calls.map((call) => rewritten(source, call, (line) => line.replace(lock, 'guard_lock')));
    return [{ function: def.name, line: region.line, edits: [last ? source.insert(last.place.endLine + 1, text) : source.insert(first.place.line, `${text}\n`), ...edits] }];
  });
}

/** sizeof(*p) with the name of the structure. */
function namedSizes(source: Source): Site[] {
  return source.functions.flatMap((def) => {
    const types = new Map<string, CType>([...def.params, ...statementsOf(def).flatMap((s) => (s.kind === 'declaration' ? [s] : []))].map(({ name, type }) => [name, type]));
    return tokenSites(source, (t, { within }) => (within === def && t.text === 'sizeof' ? [t.text] : [])).flatMap(({ edits: [edit], ...site }): Site[] => {
      const open = source.tokens.findIndex((t) => t.start === edit?.end);
      const [star, name, close] = source.tokens.slice(open + 1, open + 4);
      const type = types.get(name?.text ?? '');
      if (star?.text !== '*' || !name || close?.text !== ')' || type?.kind !== 'pointer' || type.to.kind !== 'struct') return [];
      return [{ ...site, edits: [{ start: star.start, end: name.end, text: `struct ${type.to.name}` }] }];
    });
  });
}

/** Two static functions, one right behind the other, that do not use each other. */
function swappedFunctions(source: Source): Site[] {
  const all = source.functions;
  return all.slice(1).flatMap((b, i): Site[] => {
    const a = all[i];
    if (!a || ![a, b].every((f) => f.attributes.includes('static')) || source.lines(a.place.endLine + 1, b.place.line - 1).trim() !== '') return [];
    if (source.lines(a.place.line - 1, a.place.line - 1).trim() !== '' || source.tokensIn(b.place.line, b.place.endLine).some((t) => t.text === a.name)) return [];
    const lines = ({ place }: typeof a): string => source.lines(place.line, place.endLine);
    const edit = ({ place }: typeof a, text: string): Site['edits'][number] => ({ start: source.startOf(place.line), end: source.startOf(place.endLine + 1), text });
    return [{ function: a.name, line: a.place.line, edits: [edit(a, lines(b)), edit(b, lines(a))] }];
  });
}

/** i++ as ++i, where nobody looks at the value. */
function prefixed(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const { statement: s } = placed;
    const head = s.kind === 'for' ? testOf(source, s) : null;
    const text = head?.text ?? source.linesOf(s);
    const other = head ? text.replace(/(;\s*)(\w+)(\+\+|--)$/u, '$1$3$2') : text.replace(/^(\s*)([\w>.-]+?)(\+\+|--);$/mu, '$1$3$2;');
    if (other === text) return [];
    return [at(placed, [head ? { start: head.start, end: head.end, text: other } : source.replace(s, other)])];
  });
}

export const declarations: readonly Operator[] = [
  neutral({ id: 'earlier-value', kind: 'order', does: 'gives a local its first value where it is declared', held: true, sites: earlierValues }),
  neutral({ id: 'const-local', kind: 'spelling', does: 'declares a local const that is never set again', held: true, sites: constants }),
  neutral({ id: 'lock-pointer', kind: 'name', does: 'keeps the address of a lock in a local', held: true, sites: lockPointers }),
  neutral({ id: 'size-of-type', kind: 'spelling', does: 'writes sizeof(*p) with the name of the structure', held: true, sites: namedSizes }),
  neutral({ id: 'swap-functions', kind: 'order', does: 'lets two functions that do not use each other change places', held: true, sites: swappedFunctions }),
  neutral({ id: 'prefix-step', kind: 'spelling', does: 'writes x++ as ++x where the value is not used', held: true, sites: prefixed }),
];
