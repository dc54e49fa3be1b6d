/**
 * @module A cause as text that a new version of a patch does not change by itself: statements in their canonical form, a
 * declaration with a value as the assignment it is, names by their role.
 */
import { statementsOf } from '../analysis/walk.js';
import { plain } from '../analysis/plain-form.js';
import { canonicalStatement } from '../c/canonical.js';
import { printStatementHead } from '../../simulator/ir/print.js';
import type { Program, Stmt } from '../../simulator/ir/program.js';
import { roleNames } from './role-names.js';
import type { RoleNames } from './role-names.js';

/** A statement of a function as causes have it, and as it is written here. */
interface Known {
  readonly function: string;
  readonly canonical: string;
}

/** Causes of one Program, against the names that the base has. */
export class CanonicalCauses {
  private readonly names: RoleNames;
  /** By the text that causes have, longest first. */
  private readonly statements: readonly (readonly [string, readonly Known[]])[];

  constructor(private readonly program: Program, base: Program) {
    this.names = roleNames(program, base);
    this.statements = statementTexts(program);
  }

  /** `at`: the function that the finding stands in. */
  of(cause: string, at: string): string {
    const functions = [...new Set([...this.program.functions.map((f) => f.name).filter((name) => hasWord(cause, name)), at])];
    const locals = new Map([...functions].reverse().flatMap((name) => [...this.names.localsOf(name)]));
    const parts: string[] = [];
    let rest = cause;
    for (let found = this.firstStatement(rest); found; found = this.firstStatement(rest)) {
      const before = rest.slice(0, found.index);
      parts.push(this.renamed(before, { locals, words: true }), this.statement(found.known, lastOf(functions, before) ?? at));
      rest = rest.slice(found.index + found.length);
    }
    return [...parts, this.renamed(rest, { locals, words: true })].join('').replace(/\s+/gu, ' ').trim();
  }

  /** The leftmost statement in a text, the longest one there. */
  private firstStatement(text: string): { index: number; length: number; known: readonly Known[] } | null {
    let best: { index: number; length: number; known: readonly Known[] } | null = null;
    for (const [statement, known] of this.statements) {
      const index = text.indexOf(statement);
      if (index < 0 || (best && best.index <= index) || /\w$/u.test(text.slice(0, index))) continue;
      best = { index, length: statement.length, known };
    }
    return best;
  }

  private statement(known: readonly Known[], preferred: string): string {
    const one = known.find((k) => k.function === preferred) ?? known[0];
    return one ? this.renamed(one.canonical, { locals: this.names.localsOf(one.function), words: false }) : '';
  }

  /** Names by role; locals of one kind in one text are counted in the order they are met. Between `words` a local is one only before an arrow or a dot. */
  private renamed(text: string, { locals, words }: { locals: ReadonlyMap<string, string>; words: boolean }): string {
    const met = new Map<string, string>();
    const count = new Map<string, number>();
    const local = (name: string, kind: string): string => {
      const n = (count.get(kind) ?? 0) + 1;
      if (!met.has(name)) {
        met.set(name, `<${kind} ${n}>`);
        count.set(kind, n);
      }
      return met.get(name) ?? '';
    };
    return text.replace(/(->|\.)?\b([A-Za-z_]\w*)(?=(->|\.\w)?)/gu, (whole: string, arrow: string | undefined, name: string, member: string | undefined) => {
      if (arrow !== undefined) {
        const field = this.names.field.get(name);
        return field === undefined ? whole : `${arrow}<${field}>`;
      }
      const kind = words && member === undefined ? undefined : locals.get(name);
      const role = this.names.global.get(name);
      return kind !== undefined ? local(name, kind) : role === undefined ? whole : `<${role}>`;
    });
  }
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`\\b${word}\\b`, 'u').test(text);
}

/** The function that a text names last. */
function lastOf(functions: readonly string[], text: string): string | null {
  const at = functions.map((name) => ({ name, index: text.lastIndexOf(name) })).filter(({ index }) => index >= 0);
  return at.sort((a, b) => b.index - a.index || b.name.length - a.name.length)[0]?.name ?? null;
}

function statementTexts(program: Program): [string, Known[]][] {
  const byText = new Map<string, Known[]>();
  for (const def of program.functions) {
    for (const statement of statementsOf(def)) {
      const text = printStatementHead(statement);
      if (text === '') continue;
      byText.set(text, [...byText.get(text) ?? [], { function: def.name, canonical: canonicalStatement(asAssignment(plain(statement))) }]);
    }
  }
  return [...byText].sort(([a], [b]) => b.length - a.length);
}

/** A declaration with a value does what an assignment does. */
function asAssignment(s: Stmt): Stmt {
  if (s.kind !== 'declaration' || s.init === undefined || s.init.kind === 'initializer') return s;
  return { place: s.place, kind: 'expression', expr: { kind: 'assign', op: '=', target: { kind: 'name', name: s.name }, value: s.init } };
}
