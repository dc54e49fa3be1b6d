/**
 * @module All places of a scenario's processes and the ways between them, with the values that variables may have: found by
 * going all ways until nothing new comes. Values that only arithmetic without end would give are left out; where a way
 * could come to one of them, the model asserts that it does not.
 */
import { functionAt, locate } from '../machine/address.js';
import { UNINITIALISED } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import { Actor } from './actor.js';
import { irqsName, preemptName } from './model.js';
import type { Model } from './model.js';
import type { Path } from './path.js';
import { idlePlace, initialPlace, isRegister, liveRegisters, restOf, waysFrom } from './places.js';
import type { Place, Rest } from './places.js';
import { Refused } from './refused.js';
import { apply, constant, isOneOf } from './term.js';
import type { Term } from './term.js';
import { valuesOf } from './values.js';

/** A transition: where it may be taken, what it changes, where it goes. */
export interface Way {
  readonly path: Path;
  /** Where the context rests; null where the execution ends. */
  readonly to: Rest | null;
}

/** Numbers up to here are expected; larger ones only where they are there already. */
export const NUMBER_MAX = 4095;
const PLACES_MAX = 20_000;

export class Analysis<G> {
  readonly actors: readonly Actor[];
  readonly places = new Map<string, Place>();
  /** Where each actor is at first, by index; actors that never run have none. */
  readonly starts = new Map<number, Place>();
  /** Values of registers in the initial state. */
  readonly firstRegisters = new Map<string, Value>();
  private readonly dirty = new Set<string>();

  constructor(readonly model: Model<G>) {
    const known = model as Model<unknown>;
    this.actors = model.scenario.actors.map((_, index) => new Actor(known, index));
    for (const actor of this.actors) this.begin(actor);
    this.run();
  }

  private begin(actor: Actor): void {
    const { initial, scenario } = this.model;
    const cpu = initial.cpus[actor.cpu];
    const context = cpu?.stack[0] === actor.index ? initial.contexts[actor.index] : undefined;
    if (actor.kind !== 'task') {
      if ((scenario.actors[actor.index]?.times ?? 0) > 0) this.starts.set(actor.index, this.placeFor(idlePlace(actor)));
      return;
    }
    if (!context) return;
    const { place, value } = initialPlace(actor, { context, delta: cpu?.preemptCount ?? 0 });
    const made = this.placeFor(place);
    for (const name of liveRegisters(this.model, place)) {
      made.known.set(name, new Set([value(name)]));
      this.firstRegisters.set(name, value(name));
    }
    for (const name of [irqsName(actor.cpu), preemptName(actor.cpu)]) made.known.set(name, new Set([this.model.first.get(name) ?? 0]));
    this.starts.set(actor.index, made);
  }

  private placeFor(place: Omit<Place, 'known'>): Place {
    const known = this.places.get(place.key);
    if (known) return known;
    if (this.places.size >= PLACES_MAX) throw new Refused(`more than ${PLACES_MAX} places`);
    const made: Place = { ...place, known: new Map() };
    this.places.set(place.key, made);
    this.dirty.add(place.key);
    return made;
  }

  private run(): void {
    for (const key of this.dirty) {
      this.dirty.delete(key);
      const place = this.places.get(key);
      if (place) for (const way of this.ways(place, (path, _rest, { term, name }) => (this.model.bounds.largeNumbers ? () => true : expected(path, term, name)))) this.spread(way);
    }
  }

  /** The ways from a place as they stand when everything is known; assertions keep to the values that are. */
  finalWays(place: Place): Way[] {
    return this.ways(place, (_path, rest, { name }) => {
      // Its own place and all others must have heard of the value.
      const here = rest ? this.places.get(rest.place.key)?.known.get(name) : undefined;
      const everywhere = isRegister(name) ? here : this.model.valuesFor(name, '');
      return (value) => (here?.has(value) ?? true) && (everywhere?.has(value) ?? false);
    });
  }

  /** Every value of the variables that are not left out. */
  * values(leftOut: ReadonlySet<string>): Generator<Value> {
    for (const name of this.model.names) if (!leftOut.has(name)) yield* this.model.valuesFor(name, '');
    for (const place of this.places.values()) for (const [name, values] of place.known) if (!leftOut.has(name)) yield* values;
  }

  private ways(place: Place, keeps: (path: Path, rest: Rest | null, write: Write) => (value: Value) => boolean): Way[] {
    return waysFrom(this.model, place, this.actors).map((path) => {
      if (path.ended !== null) return { path, to: null };
      const rest = restOf(this.model, place.actor, path);
      let on = path;
      for (const write of writesOf(path, rest)) {
        const keep = keeps(on, rest, write);
        const values = valuesOf(write.term, on.domain);
        const kept = new Set([...values].filter(keep));
        if (kept.size < values.size) on = on.rely(isKept(write.term, values, kept));
        if (on.ended !== null) return { path: on, to: null };
      }
      return { path: on, to: rest };
    });
  }

  private spread({ path, to }: Way): void {
    if (!to) return;
    for (const [name, term] of path.changes) {
      for (const value of valuesOf(term, path.domain)) for (const key of this.model.grow(name, value)) this.dirty.add(key);
    }
    const place = this.placeFor(to.place);
    if (place.kind === 'idle') return;
    for (const { name, term } of carried(path, to)) {
      const known = place.known.get(name) ?? new Set<Value>();
      place.known.set(name, known);
      for (const value of valuesOf(term, path.domain)) {
        if (known.has(value) || !this.model.hasRoom(name, known, value)) continue;
        known.add(value);
        this.dirty.add(place.key);
      }
    }
  }
}

interface Write {
  readonly name: string;
  readonly term: Term;
}

/** What is kept for each place apart: registers, and irqs and preempt_count, which interrupts leave as they found them. */
function carried(path: Path, rest: Rest): Write[] {
  const { cpu } = rest.place.actor;
  const ofCpu = [irqsName(cpu), preemptName(cpu)].map((name) => ({ name, term: path.read(name) }));
  return [...[...rest.registers].map(([name, term]) => ({ name, term })), ...ofCpu];
}

function writesOf(path: Path, rest: Rest): Write[] {
  return [...[...path.changes].map(([name, term]) => ({ name, term })), ...[...rest.registers].map(([name, term]) => ({ name, term }))];
}

/** True where a term has one of the values that are kept: a bound where those that are not are the larger ones. */
function isKept(term: Term, values: ReadonlySet<Value>, kept: ReadonlySet<Value>): Term {
  const most = [...kept].reduce((a, b) => (a > b ? a : b), -NUMBER_MAX);
  const bounded = [...values].every((value) => isNumber(value) && kept.has(value) === value <= most);
  return bounded && kept.size > 0 ? apply('<=', [term, constant(most)], ([value]) => ((value ?? 0) <= most ? 1 : 0)) : isOneOf(term, kept);
}

/** Which values of a term are expected: small numbers, addresses, and what its parts had already. */
function expected(path: Path, term: Term, name: string): (value: Value) => boolean {
  if (name.startsWith('preempt:')) return () => true;
  const known = new Set<Value>(constantsOf(term));
  for (const variable of term.variables) for (const value of path.domain(variable)) known.add(value);
  return (value) => known.has(value) || value === UNINITIALISED || isNumber(value) || locate(value) !== null || functionAt(value) !== null;
}

export const isNumber = (value: Value): value is number => typeof value === 'number' && value >= -NUMBER_MAX && value <= NUMBER_MAX;

function constantsOf(term: Term): Value[] {
  if (term.k === 'const') return [term.value];
  return term.k === 'op' ? term.args.flatMap(constantsOf) : [];
}

