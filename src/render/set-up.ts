/**
 * @module What happened before the first row of a trace, in one line, or two in replays: the devices in the
 * scenario's words, then what each context had done by then.
 */
import { clean, clip, wrap } from './line.js';

/** Lines of a replay's set-up at most. */
const LINES_MAX = 2;

/** A device as scenarios put it: "A waits for sections (6 words, 4 for each section, enabled once before)". */
interface Device {
  readonly names: readonly string[];
  readonly does: string;
  readonly size: string;
  readonly besides: readonly string[];
}

/** "CPU0 task: open(A)" as who and what, a call that nobody is named for too; null for what is no operation. */
function operationOf(item: string): { who: string; what: string } | null {
  const match = /^(CPU\d+ [^:]+): (.+)$/u.exec(item);
  if (match?.[1] !== undefined && match[2] !== undefined) return { who: match[1], what: match[2] };
  return /^\w+\(.*\)$/u.test(item) ? { who: '', what: item } : null;
}

/** A device of a form that can be joined with others; null for other words. */
function deviceOf(item: string): Device | null {
  const match = /^(\w+) (\w+s) ([^()]+) \((\d+ words(?:, \d+ for each section)?)(?:, (.+))?\)$/u.exec(item);
  if (!match) return null;
  const [, name = '', verb = '', object = '', size = '', rest] = match;
  return { names: [name], does: `${verb} ${object}`, size: size.replace(' for each section', ' a section'), besides: rest === undefined ? [] : [`${name} ${rest}`] };
}

/** A device, or several that do the same, as words. */
function deviceInWords({ names, does, size, besides }: Device): string {
  const one = names.length === 1;
  const verb = one ? does : does.replace(/^(\w+)s\b/u, '$1').replace(' its ', ' their ');
  const more = one ? besides.map((text) => text.slice((names[0] ?? '').length + 1)) : besides;
  const details = [size, ...more].filter((text) => text !== '').join(', ');
  return `${one ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`} ${verb}${details === '' ? '' : ` (${details})`}`;
}

/** The same device with shorter details: "B waits for sections (6 words, 4 each, enabled twice)". */
function inDetailShortly(device: Device): Device {
  const isSection = / for sections$/u.test(device.does);
  const besides = device.besides.map((text) => text.replace(/ enabled once before$/u, ' enabled twice'));
  return { ...device, size: isSection ? device.size.replace(' a section', ' each') : device.size, besides };
}

/** The same in fewer words: "A traces (6 words)", "B waits (6 words, 4 a section, enabled twice)". */
function shortly(device: Device): Device {
  return { ...device, does: device.does.replace(/ (?:its|for) [^()]+$/u, ''), besides: inDetailShortly(device).besides };
}

/** The same without sizes: "B waits (enabled twice)". */
function withoutSize(device: Device): Device {
  return { ...shortly(device), size: '' };
}

/** The same without anything but what it does: "B waits". */
function bare(device: Device): Device {
  return { ...withoutSize(device), besides: [] };
}

/** The set-up, devices that do the same together. */
function devicesIn(items: readonly string[], form: (device: Device) => Device = (device) => device): string[] {
  const devices: Device[] = [];
  const others: string[] = [];
  for (const item of items) {
    const device = deviceOf(item);
    const same = devices.findIndex((one) => device !== null && one.does === device.does && one.size === device.size);
    const known = devices[same];
    if (device === null) others.push(item);
    else if (known) devices[same] = { ...known, names: [...known.names, ...device.names], besides: [...known.besides, ...device.besides] };
    else devices.push(device);
  }
  return [...devices.map((device) => deviceInWords(form(device))), ...others];
}

/** Calls that only bring a device to where a later call on it finds it. */
const leadsUp = /^(?:open\(|mmap\(|ioctl\(\w+, KCOV_INIT_TRACE)/u;

/** Calls in a row: those that later ones of the same device imply left out, ioctls by their command: KCOV_ENABLE(A). */
function callsOf(calls: readonly string[]): string[] {
  const on = (call: string): string | undefined => /\((\w+)/u.exec(call)?.[1];
  const kept = calls.filter((call, i) => !leadsUp.test(call) || !calls.slice(i + 1).some((later) => on(later) === on(call)));
  const short = kept.map((call) => call.replace(/^ioctl\((\w+), (KCOV_\w+)(.*)\)$/u, '$2($1$3)'));
  return short.filter((call, i) => short[i - 1] !== call);
}

/** What one context did without a break; `who` is '' for calls that nobody is named for. */
interface Run {
  readonly who: string;
  readonly what: readonly string[];
}

/** What contexts did, neighbours of one context joined. */
function runsIn(items: readonly string[]): Run[] {
  const runs: Run[] = [];
  for (const item of items) {
    const operation = operationOf(item);
    const last = runs.at(-1);
    if (operation && last && last.who === operation.who) runs[runs.length - 1] = { who: last.who, what: [...last.what, operation.what] };
    else if (operation) runs.push({ who: operation.who, what: [operation.what] });
  }
  return runs.map(({ who, what }) => ({ who, what: callsOf(what) }));
}

/** Runs as words: "CPU0 kthread: kcov_remote_start(), hit". */
function runsInWords(runs: readonly Run[]): string[] {
  return runs.map(({ who, what }) => `${who === '' ? '' : `${who}: `}${what.join(', ')}`);
}

/** Runs without their earliest calls, for which an ellipsis stands. */
function withoutEarliest(runs: readonly Run[], calls: number): Run[] {
  const [first, ...others] = runs;
  if (!first || calls === 0) return [...runs];
  if (calls >= first.what.length && others.length > 0) return withoutEarliest(others, calls - first.what.length);
  return [{ who: first.who, what: ['...', ...first.what.slice(calls)] }, ...others];
}

/** The text wrapped. */
function wrapped(parts: readonly string[], width: number): string[] {
  return wrap(`after: ${clean(parts.join('; '))}`, { width, first: '  ', rest: '         ' });
}

/** "after: …" in one line, with fewer words where it takes that; then the earliest calls go, and devices at last. None for an empty text. */
export function setUpLine(setup: string, width: number): string[] {
  if (setup === '') return [];
  const items = setup.split('; ');
  const before = items.filter((item) => operationOf(item) === null);
  const runs = runsIn(items);
  const calls = runs.reduce((sum, run) => sum + run.what.length, 0);
  const devices = devicesIn(before, bare);
  const forms = [
    ...[(device: Device) => device, inDetailShortly, shortly, withoutSize, bare].map((form) => [...devicesIn(before, form), ...runsInWords(runs)]),
    ...Array.from({ length: Math.max(0, calls - 1) }, (_, i) => [...devices, ...runsInWords(withoutEarliest(runs, i + 1))]),
    ...devices.map((_, i) => ['...', ...devices.slice(i + 1), ...runsInWords(withoutEarliest(runs, calls - 1))]),
  ];
  const fitting = forms.map((parts) => wrapped(parts, width)).find((lines) => lines.length === 1);
  return fitting ?? [clip(`  after: ${clean(forms.at(-1)?.join('; ') ?? '')}`, width)];
}

/**
 * "after: …" in at most two lines, for replays; where there is more, devices go before what contexts did, the last ones
 * first, for an ellipsis. None for an empty text.
 */
export function setUpLines(setup: string, width: number): string[] {
  if (setup === '') return [];
  const items = setup.split('; ');
  const devices = devicesIn(items.filter((item) => operationOf(item) === null));
  const operations = runsInWords(runsIn(items));
  for (let kept = devices.length; kept >= 0; kept -= 1) {
    const lines = wrapped([...devices.slice(0, kept), ...(kept < devices.length ? ['...'] : []), ...operations], width);
    if (lines.length <= LINES_MAX) return lines;
  }
  const lines = wrapped(['...', ...operations], width - 4);
  return [...lines.slice(0, LINES_MAX - 1), `${lines[LINES_MAX - 1] ?? ''} ...`];
}
