/**
 * @module What instrumented code does: it passes a PC, or compares. Labels tell hits apart and stand where the kernel
 * records a return address; Documentation/dev-tools/kcov.rst says what a comparison's record holds.
 */
import { canonical, U64 } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import { checkComparison, checkDelivered, device, noteHit, rightful, room, setSection, who } from './contract.js';
import type { Comparison, KcovView } from './contract.js';
import type { Deed } from './deed.js';
import { LABEL_FIRST } from './ghost.js';
import type { Section } from './ghost.js';
import { framed } from './operation.js';
import type { Step } from './operation.js';

/** Mode in which a device records it, as the argument of KCOV_ENABLE. */
type Recorded = 0 | 1;

interface Instrumented {
  readonly deed: Deed;
  readonly function: string;
  readonly recordedIn: Recorded;
  readonly args: (view: KcovView) => readonly Value[];
  /** What the records must hold beside the label, null for PCs. */
  readonly records: readonly Comparison[] | null;
}

/** The device that must get it now, '' when none must: sections deliver later, and nothing is owed to early irq code. */
function owed(view: KcovView, recordedIn: Recorded, records: number): string {
  const right = rightful(view, recordedIn);
  if (view.apparent.actor !== view.actor) return '';
  return records > 0 && right !== '' && !view.ghost.sections[who(view)] && room(view, device(view, right)) >= records ? right : '';
}

/** A hit in a section must be recorded while its buffer surely has room; what was refused is not owed at the stop again. */
function noteInSection(view: KcovView, section: Section, hit: { label: number; records: number }): void {
  const fits = section.hits.length + hit.records <= section.capacity - section.taken;
  const refused = section.sure && fits && hit.records === 1 && section.recorded !== hit.label;
  if (refused) view.report('coverage-lost', `record ${section.hits.length + 1} of a section that holds ${section.capacity} is refused`);
  else setSection(view, { ...section, hits: [...section.hits, hit.label] });
}

function instrumented(name: string, label: number, call: Instrumented): Step {
  const mark = LABEL_FIRST + label;
  const count = call.records?.length ?? 1;
  return framed(name, {
    returnAddress: mark, calls: [call.function], deed: call.deed,
    begin(view) {
      noteHit(view, mark, { right: rightful(view, call.recordedIn), records: count });
      return { function: call.function, args: call.args(view) };
    },
    note: (view) => owed(view, call.recordedIn, count),
    end(view, _, direct, taken) {
      const section = view.ghost.sections[who(view)];
      const mode = section ? device(view, section.device).mode : call.recordedIn;
      if (section && count > 0 && mode === call.recordedIn) noteInSection(view, section, { label: mark, records: count });
      if (section || direct === '') return;
      // Early irq code came first to the last room there was.
      if (taken > 0 && room(view, device(view, direct)) === 0) return;
      const labels = [...(view.ghost.expected[direct] ?? []), mark];
      view.setGhost({ ...view.ghost, expected: { ...view.ghost.expected, [direct]: labels } });
      checkDelivered(view, direct, [mark]);
      if (call.records) checkComparison(view, direct, { label: mark, records: call.records });
    },
  });
}

/** Instrumented code runs: one PC, told apart by `label`. */
export function hit(label: number): Step {
  return instrumented('hit', label, { deed: { does: 'hit', label }, function: '__sanitizer_cov_trace_pc', recordedIn: 0, args: () => [], records: null });
}

const SIZES = [1, 2, 4, 8] as const;
type Bytes = (typeof SIZES)[number];

/** The type word of a record: the width's logarithm from bit 1 on, bit 0 for a constant operand (include/uapi/linux/kcov.h). */
const comparisonType = (bytes: Bytes, constant: boolean): number => (SIZES.indexOf(bytes) << 1) | (constant ? 1 : 0);

export interface ComparisonOptions {
  /** One operand is known at compile time. */
  readonly constant?: boolean;
  /** What is compared; two small numbers when left out. */
  readonly operands?: readonly [bigint, bigint];
}

/** A comparison of the given width in instrumented code. */
export function compare(label: number, bytes: Bytes, options: ComparisonOptions = {}): Step {
  const constant = options.constant ?? false;
  const given = options.operands ?? [0x11n, 0x22n];
  const operands = (width: number): readonly [Value, Value] => [canonical(BigInt.asUintN(width, given[0])), canonical(BigInt.asUintN(width, given[1]))];
  return instrumented(`hit cmp${bytes}`, label, {
    deed: { does: 'compare', label, bytes, constant, operands: given },
    function: `__sanitizer_cov_trace_${constant ? 'const_' : ''}cmp${bytes}`, recordedIn: 1, args: () => operands(64),
    records: [{ type: comparisonType(bytes, constant), operands: operands(8 * bytes) }],
  });
}

/** A switch over a value of `bytes` with the given cases: one comparison each. `table` names an object of the scenario. */
export function compareSwitch(label: number, table: string, how: { bytes: Bytes; value: number; cases: readonly number[] }): Step {
  return instrumented('hit switch', label, {
    deed: { does: 'switch', label, ...how },
    function: '__sanitizer_cov_trace_switch', recordedIn: 1,
    args(view) {
      const base = view.addressOf(table);
      [how.cases.length, how.bytes * 8, ...how.cases].forEach((value, i) => view.write(base + i * 8, U64, value));
      return [how.value, base];
    },
    records: how.cases.map((one) => ({ type: comparisonType(how.bytes, true), operands: [one, how.value] as const })),
  });
}
