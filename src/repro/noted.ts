/**
 * @module An execution with notes: which operation was called by which task, what it may return and what it returned. The scenario
 * that runs is the same but for listening, so that a schedule of it stays one.
 */
import { replay } from '../../simulator/explore/replay.js';
import type { Replay } from '../../simulator/explore/replay.js';
import type { Move } from '../../simulator/explore/schedule.js';
import type { Deed } from '../../simulator/kcov/deed.js';
import { device, rightful, room } from '../../simulator/kcov/contract.js';
import type { KcovView } from '../../simulator/kcov/contract.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import type { Code } from '../../simulator/machine/code.js';
import type { Value } from '../../simulator/machine/value.js';
import type { Contract } from '../../simulator/machine/view.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import type { OperationSpan } from '../../simulator/trace/recorder.js';
import type { Operation, Way } from '../../simulator/scenario/scenario.js';

/** What a schedule is of. */
export interface Setting {
  readonly code: Code;
  readonly scenario: KcovScenario;
  readonly contract: Contract<Ghost>;
}

/** An operation that was called. */
export interface Call {
  readonly task: string;
  /** Index of the actor and of the operation among its; the actor is -1 in the set-up. */
  readonly actor: number;
  readonly operation: number;
  readonly label: string;
  /** Undefined where nobody but the simulator can do it. */
  readonly deed: Deed | undefined;
  /** What came back; null where it did not. */
  result: number | null;
  /** What may come back; empty where nothing is promised. */
  allowed: readonly number[];
  /** Of instrumented code: the area that its record goes to is full. */
  readonly full: boolean;
  /** What user space writes, of a device with an area of so many words. */
  readonly stored?: { readonly value: Value; readonly words: number };
}

export interface Noted {
  readonly run: Replay;
  readonly calls: readonly Call[];
  /** As recorded, one for each call; initcalls are none of the scenario's. */
  readonly spans: readonly OperationSpan[];
  /** An allocation, or what a kernel service needs, failed by choice. */
  readonly failed: boolean;
}

type Step = Operation<Ghost>;
type Place = Pick<Call, 'actor' | 'operation'>;

/** Whether instrumented code finds the area full that its record belongs to. */
function isFull(view: KcovView, deed: Deed | undefined): boolean {
  if (deed?.does !== 'hit' && deed?.does !== 'compare' && deed?.does !== 'switch') return false;
  const right = rightful(view, deed.does === 'hit' ? 0 : 1);
  return right !== '' && device(view, right).area !== null && room(view, device(view, right)) === 0;
}

class Notes {
  readonly calls: Call[] = [];
  failed = false;
  private readonly open = new Map<Step, Call>();

  listened(operation: Step, place: Place): Step {
    const { ways } = operation;
    return {
      ...operation,
      begin: (view) => this.began(operation, view, { place, invocation: operation.begin(view) }),
      ...(ways ? { ways: (code) => ways(code).map((way) => this.way(operation, place, way)) } : {}),
      end: (view, result) => {
        const call = this.open.get(operation);
        if (call) [call.result, call.allowed] = [Number(BigInt.asIntN(32, BigInt(result))), operation.mayReturn?.(view) ?? []];
        operation.end(view, result);
      },
    };
  }

  contract(contract: Contract<Ghost>): Contract<Ghost> {
    return {
      ...contract,
      allocationFailed: (view) => {
        this.failed = true;
        contract.allocationFailed(view);
      },
      service: (view, name, args, failing) => {
        this.failed ||= failing;
        return contract.service(view, name, args, failing);
      },
    };
  }

  private way(operation: Step, place: Place, { begin, store, ...way }: Way<Ghost>): Way<Ghost> {
    return {
      ...way,
      ...(begin ? { begin: (view) => this.began(operation, view, { place, invocation: begin(view) }) } : {}),
      ...(store ? { store: (view) => this.stores(operation, view, { place, store: store(view) }) } : {}),
    };
  }

  private began<T>(operation: Step, view: KcovView, { place, invocation }: { place: Place; invocation: T | null }): T | null {
    if (invocation !== null) this.add(operation, { ...place, task: view.task, label: operation.label, deed: operation.deed, result: null, allowed: [], full: isFull(view, operation.deed) });
    return invocation;
  }

  private stores<T extends { readonly value: Value }>(operation: Step, view: KcovView, { place, store }: { place: Place; store: T | null }): T | null {
    const { deed } = operation;
    const words = deed && 'device' in deed ? device(view, deed.device).words : 0;
    if (store) this.add(operation, { ...place, task: view.task, label: operation.label, deed, result: null, allowed: [], full: false, stored: { value: store.value, words } });
    return store;
  }

  private add(operation: Step, call: Call): void {
    this.calls.push(call);
    this.open.set(operation, call);
  }
}

/** Runs the moves again, and notes what was called. */
export function noted({ code, scenario, contract }: Setting, moves: readonly Move[]): Noted {
  const notes = new Notes();
  const side = <S extends { readonly operations: readonly Step[] }>(one: S, actor: number): S =>
    ({ ...one, operations: one.operations.map((operation, i) => notes.listened(operation, { actor, operation: i })) });
  const listened = { ...scenario, setUp: scenario.setUp.map((one) => side(one, -1)), actors: scenario.actors.map(side) };
  const run = replay(code, listened, notes.contract(contract), moves);
  return { run, calls: notes.calls, spans: run.operations.slice(run.operations.length - notes.calls.length), failed: notes.failed };
}
