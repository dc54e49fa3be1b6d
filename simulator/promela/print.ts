/** @module The text of a Promela model: declarations, and a process for each actor with a label for each place. */
import type { Analysis, Way } from './analysis.js';
import { ordered } from './assignments.js';
import type { Assignment } from './assignments.js';
import { Codes, typeFor } from './codes.js';
import type { Actor } from './actor.js';
import { activeName, bottomHalvesName, preemptName } from './model.js';
import { Names } from './names.js';
import { isRegister } from './places.js';
import type { Place } from './places.js';
import { shareLocals, storedRegisters } from './slots.js';
import { constant, variable } from './term.js';
import type { Term } from './term.js';
import { Printer } from './text.js';

/** pan refuses a loop from a state to itself on nothing, which an execution that ends here is. */
const ALWAYS = '(steady == 0)';
const RANK = { task: 0, softirq: 1, hardirq: 2, nmi: 3 };

class Writer<G> {
  private readonly names: Names;
  private readonly printer: Printer;
  private readonly codes: Codes;
  private readonly slots = new Map<string, number>();
  private readonly ways = new Map<string, Way[]>();
  private readonly unread: ReadonlySet<string>;
  private temporaries = 0;

  constructor(private readonly analysis: Analysis<G>) {
    for (const actor of analysis.actors) for (const [name, slot] of shareLocals(this.placesOf(actor))) this.slots.set(name, slot);
    this.names = new Names(analysis.model.layout, this.slots);
    for (const place of analysis.places.values()) this.ways.set(place.key, analysis.finalWays(place));
    this.unread = this.unreadCounts();
    this.codes = new Codes(analysis.values(this.unread));
    this.printer = new Printer(this.codes, (name) => this.names.of(name));
  }

  print(): string {
    const running = this.analysis.actors.filter((actor) => this.analysis.starts.has(actor.index));
    const processes = running.map((actor) => this.process(actor));
    const { scenario } = this.analysis.model;
    const temporaries = Array.from({ length: this.temporaries }, (_, i) => `hidden int tmp_${i};`);
    return [`/* ${comment(scenario.name)}: ${comment(scenario.checks)} */`, 'hidden byte steady = 0;', ...this.declarations(), ...temporaries, ...processes, ''].join('\n');
  }

  private placesOf(actor: Actor): Place[] {
    return [...this.analysis.places.values()].filter((place) => place.actor.index === actor.index);
  }

  /** What the places of the contexts tell already: preempt_count that nobody reads, bottom halves where no softirq comes. */
  private unreadCounts(): Set<string> {
    const { actors, model } = this.analysis;
    const unread = new Set(Array.from({ length: model.scenario.cpus }, (_, cpu) => preemptName(cpu)));
    for (let cpu = 0; cpu < model.scenario.cpus; cpu += 1) {
      if (!actors.some((actor) => actor.cpu === cpu && actor.kind === 'softirq')) unread.add(bottomHalvesName(cpu));
    }
    for (const { path, to } of [...this.ways.values()].flat()) {
      const terms: Term[] = [...path.conditions, ...path.assertions].map(({ term }) => term);
      if (to) terms.push(...to.registers.values(), ...[...path.changes].flatMap(([name, term]) => (unread.has(name) ? [] : [term])));
      for (const name of terms.flatMap((term) => term.variables)) unread.delete(name);
    }
    return unread;
  }

  private declarations(): string[] {
    const { model } = this.analysis;
    return model.names.filter((name) => !isRegister(name) && !this.unread.has(name) && model.valuesFor(name, '').size > 1).map((name) => {
      const type = typeFor([...model.valuesFor(name, '')].map((value) => this.codes.of(value)));
      return `${type} ${this.names.of(name)} = ${this.codes.of(model.first.get(name) ?? 0)};`;
    });
  }

  private process(actor: Actor): string {
    const places = this.placesOf(actor);
    const start = this.analysis.starts.get(actor.index);
    const labels = new Map(places.map((place, i) => [place.key, `${endsHere(place) ? 'end' : 'L'}${i}`]));
    const first = places.findIndex((place) => place === start);
    const inOrder = [...places.slice(first, first + 1), ...places.filter((_, i) => i !== first)];
    const above = this.analysis.actors.filter((other) => other.cpu === actor.cpu && RANK[other.kind] > RANK[actor.kind] && this.analysis.starts.has(other.index));
    const provided = above.map((other) => `${this.names.of(activeName(other.index))} == 0`).join(' && ');
    return [
      `active proctype actor_${actor.index}()${provided === '' ? '' : ` provided (${provided})`} { /* ${comment(actor.name)} */`,
      ...this.locals(places, start), ...inOrder.map((place) => this.place(place, labels)), '}',
    ].join('\n');
  }

  private locals(places: readonly Place[], start: Place | undefined): string[] {
    const values = new Map<number, Set<number>>();
    const first = new Map<number, number>();
    for (const place of places) {
      for (const name of storedRegisters(place)) {
        const [slot = 0, known] = [this.slots.get(name), place.known.get(name) ?? []];
        const ints = values.get(slot) ?? new Set([0]);
        for (const value of known) ints.add(this.codes.of(value));
        values.set(slot, ints);
        if (place === start) first.set(slot, this.codes.of(this.analysis.firstRegisters.get(name) ?? 0));
      }
    }
    return [...values].sort(([a], [b]) => a - b).map(([slot, ints]) => `  ${typeFor([...ints])} r${slot} = ${first.get(slot) ?? 0};`);
  }

  private place(place: Place, labels: ReadonlyMap<string, string>): string {
    const label = labels.get(place.key) ?? '?';
    const ways = this.ways.get(place.key) ?? [];
    if (ways.length === 0) return `${label}: false;`;
    const options = ways.map((way) => `  :: ${this.way(place, way, labels)}`);
    return [`${label}: if ${this.where(place)}`, ...options, '  fi;'].join('\n');
  }

  private where({ frames }: Place): string {
    const frame = frames.at(-1);
    const code = frame ? this.analysis.model.prepared.code.functions[frame.functionIndex] : undefined;
    const statement = code?.statements[code.instructions[frame?.pc ?? 0]?.statement ?? 0];
    return code ? `/* ${comment(code.name)}():${statement?.place.line ?? 0} */` : '';
  }

  private way(place: Place, way: Way, labels: ReadonlyMap<string, string>): string {
    const { path, to } = way;
    const guards = path.conditions.map(({ term, domain }) => inParentheses(this.printer.condition(term, domain)));
    const said = ` /* ${comment(path.access === '' ? '-' : path.access)}${path.ended === null ? '' : `: ${comment(path.ended)}`} */`;
    const asserts = path.assertions.map(({ term, domain }) => `assert${inParentheses(this.printer.condition(term, domain))}`);
    const statements = [...asserts, ...this.changes(place, way)];
    const target = labels.get(to?.place.key ?? place.key) ?? '?';
    const body = [...(guards.length > 1 ? [`(${guards.join(' && ')})`] : guards), ...statements];
    const text = body.length === 0 ? ALWAYS : body.length === 1 ? body[0] : `d_step { ${body.join('; ')} }`;
    return `${text} -> goto ${target}${said}`;
  }

  private changes(place: Place, { path, to }: Way): string[] {
    if (!to) return [];
    const { model, places } = this.analysis;
    const print = (term: Term): string => this.printer.print(term, path.domain);
    const globals = [...path.changes].filter(([name]) => !this.unread.has(name) && model.valuesFor(name, '').size > 1);
    const before = new Map(storedRegisters(place).map((name) => [this.names.of(name), print(variable(name))]));
    const locals = new Map<string, Term>([...before.keys()].map((local) => [local, constant(0)]));
    const target = places.get(to.place.key);
    for (const name of target ? storedRegisters(target) : []) locals.set(this.names.of(name), to.registers.get(name) ?? constant(0));
    const assignments = [...globals.map(([name, term]) => [this.names.of(name), term] as const), ...locals].map(([name, term]): Assignment => (
      { target: name, text: print(term), reads: new Set(term.variables.map((read) => this.names.of(read))) }
    ));
    const { statements, temporaries } = ordered(assignments.filter(({ target: name, text }) => text !== (before.get(name) ?? name)));
    this.temporaries = Math.max(this.temporaries, temporaries);
    return statements;
  }
}

/** Text that may stand in a comment of Promela, which the C preprocessor reads first. */
function comment(text: string): string {
  return text.replace(/\*\//g, '* /').replace(/\/\*/g, '/ *').replace(/['"\\\n]/g, ' ');
}

function endsHere(place: Place): boolean {
  return place.kind === 'idle' || (place.kind === 'over' && place.actor.kind === 'task');
}

/** An expression in one pair of parentheses. */
function inParentheses(text: string): string {
  return text.startsWith('(') ? text : `(${text})`;
}

export function printModel<G>(analysis: Analysis<G>): string {
  return new Writer(analysis).print();
}
