/**
 * @module What happened before the first row of a trace, in at most two lines: the devices in the scenario's words, then
 * what each context had done by then.
 */
import { clean, wrap } from './line.js';

/** Lines of the set-up at most. */
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
  const verb = one ? does : does.replace(/^(\w+)s /u, '$1 ').replace(' its ', ' their ');
  const more = one ? besides.map((text) => text.slice((names[0] ?? '').length + 1)) : besides;
  return `${one ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`} ${verb} (${[size, ...more].join(', ')})`;
}

/** The set-up, devices that do the same together. */
function devicesIn(items: readonly string[]): string[] {
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
  return [...devices.map(deviceInWords), ...others];
}

/** Calls that only bring a device to where a later call on it finds it. */
const leadsUp = /^(?:open\(|mmap\(|ioctl\(\w+, KCOV_INIT_TRACE)/u;

/** Calls in a row: those that later ones of the same device imply left out, ioctls by their command: KCOV_ENABLE(A). */
function callsOf(calls: readonly string[]): string {
  const on = (call: string): string | undefined => /\((\w+)/u.exec(call)?.[1];
  const kept = calls.filter((call, i) => !leadsUp.test(call) || !calls.slice(i + 1).some((later) => on(later) === on(call)));
  const short = kept.map((call) => call.replace(/^ioctl\((\w+), (KCOV_\w+)(.*)\)$/u, '$2($1$3)'));
  return short.filter((call, i) => short[i - 1] !== call).join(', ');
}

/** What contexts did, neighbours of one context joined: "CPU0 kthread: kcov_remote_start(), hit". */
function operationsIn(items: readonly string[]): string[] {
  const runs: { who: string; what: string[] }[] = [];
  for (const item of items) {
    const operation = operationOf(item);
    if (operation === null) continue;
    const last = runs.at(-1);
    if (last && last.who === operation.who) last.what.push(operation.what);
    else runs.push({ who: operation.who, what: [operation.what] });
  }
  return runs.map(({ who, what }) => (who === '' ? callsOf(what) : `${who}: ${callsOf(what)}`));
}

/** The text wrapped. */
function wrapped(parts: readonly string[], width: number): string[] {
  return wrap(`after: ${clean(parts.join('; '))}`, { width, first: '  ', rest: '         ' });
}

/**
 * "after: …" in at most two lines; where there is more, devices go before what contexts did, the last ones first, for an
 * ellipsis. None for an empty text.
 */
export function setUpLines(setup: string, width: number): string[] {
  if (setup === '') return [];
  const items = setup.split('; ');
  const devices = devicesIn(items.filter((item) => operationOf(item) === null));
  const operations = operationsIn(items);
  for (let kept = devices.length; kept >= 0; kept -= 1) {
    const lines = wrapped([...devices.slice(0, kept), ...(kept < devices.length ? ['...'] : []), ...operations], width);
    if (lines.length <= LINES_MAX) return lines;
  }
  const lines = wrapped(['...', ...operations], width - 4);
  return [...lines.slice(0, LINES_MAX - 1), `${lines[LINES_MAX - 1] ?? ''} ...`];
}
