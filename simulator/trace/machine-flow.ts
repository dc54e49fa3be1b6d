/** @module What flows through memory and through a CPU's irq state as instructions are executed. */
import { locate } from '../machine/address.js';
import type { Location } from '../machine/address.js';
import type { Instruction } from '../machine/code.js';
import type { Draft } from '../machine/draft.js';
import type { Executed } from '../machine/execute.js';
import type { Value } from '../machine/value.js';
import { MemoryFlow } from './flow.js';
import type { Sources } from './flow.js';
import { operandValues } from './operand.js';

export class MachineFlow<G> {
  private readonly memory: MemoryFlow;
  private readonly irqs: Map<number, number>;

  /** `from`: what flowed until now. */
  constructor(from?: MachineFlow<G>) {
    this.memory = new MemoryFlow(from?.memory);
    this.irqs = new Map(from?.irqs);
  }

  /** Events whose results an instruction takes from memory or from the CPU. */
  read(draft: Draft<G>, what: Executed): Sources {
    const { instruction } = what.prepared;
    switch (instruction.op) {
      case 'load': case 'rmw': return what.location ? this.memory.read(what.location, instruction.type.bytes, what.old) : [];
      case 'irq': {
        const last = this.irqs.get(draft.cpu) ?? -1;
        return instruction.what === 'save' && last >= 0 ? [last] : [];
      }
      case 'copy': {
        const [, from = 0, bytes = 0] = operandValues(draft, what.prepared, what.frame.registers);
        return this.memory.readRange(from, Number(bytes));
      }
      default: return [];
    }
  }

  /** Notes what an instruction wrote; `event` -1 when it is not recorded. */
  wrote(draft: Draft<G>, what: Executed, event: number): void {
    const { instruction } = what.prepared;
    switch (instruction.op) {
      case 'store': case 'rmw':
        if (what.location) this.memory.write(what.location, instruction.type.bytes, { event, value: what.value });
        return;
      case 'lock': case 'unlock':
        if (what.location) this.memory.write(what.location, 4, { event, value: null });
        return;
      case 'irq':
        this.irqs.set(draft.cpu, event);
        return;
      case 'alloc': {
        const location = locate(what.value ?? 0);
        const size = location ? draft.object(location.object)?.size : undefined;
        if (!location || size === undefined) return;
        this.memory.allocated(location.object);
        this.memory.write(location, size, { event, value: null });
        return;
      }
      case 'free':
        if (what.location) this.memory.free(what.location.object, event);
        return;
      case 'copy': {
        const [to = 0, , bytes = 0] = operandValues(draft, what.prepared, what.frame.registers);
        const location = locate(to);
        if (location) this.memory.write(location, Number(bytes), { event, value: null });
        return;
      }
      default:
    }
  }

  /** Notes what user space wrote. */
  stored(location: Location, bytes: number, what: { event: number; value: Value }): void {
    this.memory.write(location, bytes, what);
  }

  /** For an access that failed: who freed the object, who holds the lock. */
  failing(instruction: Instruction, location: Location | null): Sources {
    if (!location) return [];
    const held = instruction.op === 'lock' ? this.memory.read(location, 4, null) : [];
    return [...this.memory.freedBy(location.object), ...held];
  }
}
