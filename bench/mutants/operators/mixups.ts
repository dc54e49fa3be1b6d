/** @module Operators on what is mixed up: arguments, sizes, fields, allocations, contexts, variables. */
import type { CType, FunctionDef, Stmt } from '../../../simulator/ir/program.js';
import { printExpr, printType } from '../../../simulator/ir/print-expression.js';
import { statementsOf } from '../../../src/analysis/walk.js';
import { isSharedStore, listed, storeIn } from '../calls.js';
import { at } from '../heads.js';
import { semantic } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import type { Edit, Source } from '../source.js';
import { callsOf, tokenSites, typeKey, variables } from '../tokens.js';

/** Types that convert to each other without a word of the compiler: '' for none. */
function classOf(type: CType | undefined): string {
  if (!type) return '';
  return type.kind === 'pointer' ? typeKey(type.to) : type.kind === 'bool' ? 'bool' : /^(?:int|enum|named)$/u.test(type.kind) ? 'number' : '';
}

/** An argument and the next one of the same type in the wrong order. */
function swappedArguments(source: Source): Site[] {
  const known = source.functions.map((f) => ({ name: f.name, classes: f.params.map((p) => classOf(p.type)) }));
  return [...known, { name: 'memcpy', classes: ['void', 'void', ''] }].flatMap(({ name, classes }) =>
    callsOf(source, new RegExp(`^${name}$`, 'u')).filter(({ line }) => source.statements.some(({ statement: { place } }) => place.line <= line && line <= place.endLine)).flatMap(({ args, ...site }) =>
      args.flatMap((a, i): Site[] => {
        const b = classes[i] === '' ? undefined : args[classes.indexOf(classes[i] ?? '', i + 1)];
        const [one, two] = [source.text.slice(a.start, a.end), b ? source.text.slice(b.start, b.end) : ''];
        return b && one !== two ? [{ ...site, edits: [{ ...a, text: two }, { ...b, text: one }] }] : [];
      })));
}

const NARROWER: Readonly<Record<string, string>> = { 'unsigned long': 'unsigned int', u64: 'u32' };

/** sizeof(p) for sizeof(*p), and the size of a smaller integer. */
function wrongSizes(source: Source): Site[] {
  return tokenSites(source, (t) => (t.text === 'sizeof' ? [t.text] : [])).flatMap(({ edits: [edit], ...site }): Site[] => {
    const open = source.tokens.findIndex((t) => t.start === edit?.end);
    const [from, to] = [source.tokens[open], source.tokens[source.closing(open)]];
    if (!from || !to) return [];
    const inside = source.text.slice(from.end, to.start);
    const other = inside.startsWith('*') ? inside.slice(1) : NARROWER[inside];
    return other ? [{ ...site, edits: [{ start: from.end, end: to.start, text: other }] }] : [];
  });
}

const pointedTo = (type: CType | undefined): string => (type?.kind === 'pointer' && type.to.kind === 'struct' ? type.to.name : '');

function typesOf(def: FunctionDef): Map<string, CType> {
  const locals = statementsOf(def).flatMap((s) => (s.kind === 'declaration' ? [s] : []));
  return new Map([...def.params, ...locals].map(({ name, type }) => [name, type]));
}

/** Fields of each struct with what tells their types apart: the type, or of structs of other files what they are set to somewhere. */
function fieldClasses(source: Source): Map<string, Map<string, string>> {
  const known = new Map(source.program.structs.map((s) => [s.name, new Map(s.fields.map((f) => [f.name, typeKey(f.type)]))]));
  for (const { function: def, statement: s } of source.statements) {
    const store = isSharedStore(s) ? storeIn(s) : null;
    if (store?.target.kind !== 'member' || store.target.base.kind !== 'name') continue;
    const [struct, value] = [pointedTo(typesOf(def).get(store.target.base.name)), printExpr(store.value)];
    if (struct === '' || source.program.structs.some((one) => one.name === struct) || !/^(?:0|NULL)$/u.test(value)) continue;
    known.set(struct, (known.get(struct) ?? new Map<string, string>()).set(store.target.field, value));
  }
  return known;
}

/** How many words two names have in common. */
const likeness = (a: string, b: string): number => a.split('_').filter((word) => b.split('_').includes(word)).length;

/** The field of the same type whose name is most like it, where a field of what a variable points to is used. */
function siblingFields(source: Source): Site[] {
  const classes = fieldClasses(source);
  return source.functions.flatMap((def) => {
    const types = typesOf(def);
    const tokens = source.tokens;
    return tokenSites(source, (t, { before, within }) => (within === def && before === '->' ? [t.text] : [])).flatMap(({ edits: [edit], ...site }): Site[] => {
      const i = tokens.findIndex((t) => t.start === edit?.start);
      const isWhole = !/^(?:->|\.)$/u.test(tokens[i - 3]?.text ?? '');
      const fields = classes.get(pointedTo(types.get(tokens[i - 2]?.text ?? '')));
      const name = tokens[i]?.text ?? '';
      const same = [...(fields ?? [])].filter(([, type]) => type === fields?.get(name)).map(([one]) => one);
      const others = [...same.slice(same.indexOf(name) + 1), ...same.slice(0, Math.max(0, same.indexOf(name)))];
      const other = [...others].sort((a, b) => likeness(b, name) - likeness(a, name))[0];
      return edit && isWhole && other !== undefined ? [{ ...site, edits: [{ ...edit, text: other }] }] : [];
    });
  });
}

const ALLOCATIONS: Readonly<Record<string, string>> = { GFP_ATOMIC: 'GFP_KERNEL', kzalloc: 'kmalloc', vmalloc_user: 'vmalloc' };
const CONTEXTS: Readonly<Record<string, string>> = { in_task: 'in_serving_softirq', in_serving_softirq: 'in_task' };

/** What is no task is taken for a softirq, and the other way round: interrupts are neither. Not beside the other question. */
function mixedContexts(source: Source): Site[] {
  return tokenSites(source, (t) => (t.text in CONTEXTS ? [CONTEXTS[t.text] ?? ''] : [])).flatMap(({ edits: [edit], ...site }): Site[] => {
    const not = source.tokens.find((t) => t.text === '!' && t.end === edit?.start);
    const isSilly = source.lines(site.line, site.line).includes(`${edit?.text ?? ''}(`);
    return edit && !isSilly ? [{ ...site, edits: [{ start: not?.start ?? edit.start, end: edit.end, text: not ? edit.text : `!${edit.text}` }] }] : [];
  });
}

/** The blocks inside a function, besides its body. */
const blocks = (def: FunctionDef): Extract<Stmt, { kind: 'block' }>[] => statementsOf(def).flatMap((s) => (s.kind === 'block' ? [s] : []));

/** An assignment in a block that declares a local of its own. */
function shadowed(source: Source): Site[] {
  return source.functions.flatMap((def) => blocks(def).flatMap((block) => block.body.flatMap((s): Site[] => {
    const store = storeIn(s);
    const name = store?.target.kind === 'name' ? store.target.name : '';
    const outer = def.body.find((o) => o.kind === 'declaration' && o.name === name);
    const text = source.linesOf(s);
    const used = source.tokensIn(block.place.endLine, def.place.endLine).some((t) => t.text === name);
    if (outer?.kind !== 'declaration' || !used || !new RegExp(`^\\s*${name} = (?![^;]*\\b${name}\\b)`, 'u').test(text)) return [];
    return [at({ function: def, statement: s }, [source.replace(s, text.replace(`${name} = `, `${printType(outer.type, name)} = `))])];
  })));
}

/** A local without the value that it has until another one is assigned. */
function uninitialised(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const { function: def, statement: s } = placed;
    if (s.kind !== 'declaration' || s.attributes?.length || !/^(?:0|NULL|false|[A-Z_]+)$/u.test(s.init ? printExpr(s.init) : '')) return [];
    const assigned = statementsOf(def).some((o) => o.place.line > s.place.line && new RegExp(`^\\s*${s.name} [|+]?= `, 'u').test(source.linesOf(o)));
    const equals = source.tokensIn(s.place.line, s.place.endLine).findIndex((t) => t.text === '=');
    const tokens = source.tokensIn(s.place.line, s.place.endLine);
    const [name, value] = [tokens[equals - 1], tokens[equals + 1]];
    const edits: Edit[] = name && value ? [{ start: name.end, end: value.end, text: '' }] : [];
    return assigned && variables(def).has(s.name) && name?.text === s.name ? [at(placed, edits)] : [];
  });
}

/** Loops that bear that the entry is freed, as loops that do not; the variable for the next one is not needed then. */
function unsafeLoops(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const { function: def, statement: s } = placed;
    if (s.kind !== 'forEach' || !s.macro.endsWith('_safe')) return [];
    const call = callsOf(source, new RegExp(`^${s.macro}$`, 'u')).find(({ line }) => line === s.place.line);
    const index = s.macro.startsWith('hash_') ? 2 : 1;
    const [before, dropped] = [call?.args[index - 1], call?.args[index]];
    const word = source.tokensIn(s.place.line, s.place.line).find((t) => t.text === s.macro);
    if (!before || !dropped || !word) return [];
    const name = source.text.slice(dropped.start, dropped.end);
    const declared = source.siblings.filter((list) => list.function === def).flatMap(({ statements }) => statements).find((o) => o.kind === 'declaration' && o.name === name);
    const alone = declared && !source.lines(declared.place.line, declared.place.line).includes(',') ? [source.remove(declared)] : [];
    return [at(placed, [...alone, { start: word.start, end: word.end, text: s.macro.slice(0, -'_safe'.length) }, { start: before.end, end: dropped.end, text: '' }])];
  });
}

export const mixups: readonly Operator[] = [
  semantic({ id: 'swapped-arguments', kind: 'argument', does: 'passes two arguments of one type in the wrong order', held: true, sites: swappedArguments }),
  semantic({ id: 'wrong-size', kind: 'argument', does: 'takes the size of a pointer or of a smaller integer', held: true, sites: wrongSizes }),
  semantic({ id: 'sibling-field', kind: 'field', does: 'uses another field of the same type', held: true, sites: siblingFields }),
  semantic({ id: 'wrong-allocation', kind: 'call', does: 'allocates what may sleep, or is not cleared', held: true, sites: (source) => tokenSites(source, (t) => (t.text in ALLOCATIONS ? [ALLOCATIONS[t.text] ?? ''] : [])) }),
  semantic({ id: 'wrong-context', kind: 'check', does: 'takes what is no softirq for a task, or the other way round', held: true, sites: mixedContexts }),
  semantic({ id: 'shadowed-local', kind: 'variable', does: 'declares a local again in a block and sets that one', held: true, sites: shadowed }),
  semantic({ id: 'no-first-value', kind: 'variable', does: 'leaves a local without a value on some path', held: true, sites: uninitialised }),
  semantic({ id: 'unsafe-loop', kind: 'loop', does: 'frees entries in a loop that still needs them', held: true, sites: unsafeLoops }),
];
