/** @module Where objects are: globals first, then tasks, the scenario's objects, and a bounded pool for each allocation site. */
import { UnknownName } from '../ir/types.js';
import { addressOf, functionAddress, OBJECT_SPAN } from './address.js';
import type { Code } from './code.js';
import type { Scenario } from '../scenario/scenario.js';

/** Live and freed objects that one site may have in one execution. */
export const POOL = 8;

/** A size; 0 where a type in it is not known. */
function orNothing(size: () => number): number {
  try {
    return size();
  } catch (error) {
    if (error instanceof UnknownName) return 0;
    throw error;
  }
}

export class Layout {
  readonly names: string[] = [];
  readonly sizes: number[] = [];
  readonly firstPool: number;
  readonly count: number;
  private readonly byName = new Map<string, number>();

  constructor(readonly code: Code, scenario: Pick<Scenario<never>, 'tasks' | 'objects' | 'cpus'>) {
    for (const slot of code.globals.values()) this.addGlobal(slot.name, slot.perCpu, this.bytes(slot.name), scenario.cpus);
    for (let cpu = 0; cpu < scenario.cpus; cpu += 1) this.add(`idle${cpu}`, this.structSize('task_struct'));
    for (const task of scenario.tasks) this.add(task, this.structSize('task_struct'));
    for (const object of scenario.objects) this.add(object.name, object.struct ? this.structSize(object.struct) : (object.bytes ?? 8));
    this.firstPool = this.names.length;
    const taken = new Map<string, number>();
    for (const { hint } of code.sites) {
      // Sites that assign to variables of one name count on: a name stands for one object.
      const first = taken.get(hint) ?? 0;
      for (let i = 0; i < POOL; i += 1) this.names.push(`${hint}#${first + i}`);
      taken.set(hint, first + POOL);
    }
    this.count = this.names.length;
  }

  /** A global of a type that is not known has no bytes: nothing that is compiled reaches into it. */
  private bytes(name: string): number {
    const slot = this.code.globals.get(name);
    return slot ? orNothing(() => Math.max(this.code.types.sizeOf(slot.type), this.code.types.isScalar(slot.type) ? 4 : 0)) : 0;
  }

  private structSize(name: string): number {
    return orNothing(() => this.code.types.layout(name).size);
  }

  private addGlobal(name: string, perCpu: boolean, size: number, cpus: number): void {
    if (!perCpu) return this.add(name, size);
    const slot = this.code.globals.get(name);
    const end = [...this.code.globals.values()].map((s) => s.object).filter((o) => o > (slot?.object ?? 0)).sort((a, b) => a - b)[0];
    this.add(name, 0);
    const instances = end === undefined ? 4 : end - (slot?.object ?? 0) - 1;
    for (let cpu = 0; cpu < instances; cpu += 1) this.add(`${name}@${cpu}`, cpu < cpus ? size : 0);
  }

  private add(name: string, size: number): void {
    this.byName.set(name, this.names.length);
    this.names.push(name);
    this.sizes.push(Math.max(size, 0));
  }

  /** First object of a site's pool. */
  poolOf(site: number): number {
    return this.firstPool + site * POOL;
  }

  /** The site of an object, null for those that are not from a pool. */
  siteOf(object: number): number | null {
    return object < this.firstPool ? null : Math.floor((object - this.firstPool) / POOL);
  }

  objectIndex(name: string): number | undefined {
    return this.byName.get(name);
  }

  /** Address of a named object or function. */
  addressOf(name: string): number {
    const object = this.byName.get(name);
    if (object !== undefined) return addressOf(object);
    const found = this.code.functionsByName.get(name);
    if (found) return functionAddress(found.index);
    throw new Error(`no object or function is called ${name}`);
  }
}

export const SPAN = OBJECT_SPAN;
