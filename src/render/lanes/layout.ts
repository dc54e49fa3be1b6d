/**
 * @module Where everything of an interleaving picture stands, in pixels, for one width. On a wide page each lane has a place of its
 * own, and text runs on to the right, since what could stand there is interrupted by what moves; on a narrow one lanes
 * stand close as rails, and all text beside them. Both have the same heights, so that one picture holds both.
 */
import { clip, widthOf, wrap } from '../line.js';
import type { LanesPicture, Step } from './picture.js';

/** Width of a character of the picture's font, which is a fixed-width one, at its size of 12.5 pixels. */
export const CHAR = 7.6;
const GUTTER = 34;
const BAR_TO_TEXT = 16;
const EDGE = 8;
/** The least room for text in a lane. */
const TEXT_MIN = 230;

/** Heights, in pixels. */
export const HEIGHT = { cpu: 22, label: 24, first: 16, turn: 32, beside: 26, pad: 5, heading: 16, code: 18, value: 17, note: 18 } as const;

/** The places of lanes for one width. */
export interface Columns {
  readonly form: 'wide' | 'narrow';
  readonly width: number;
  /** Middle of each lane's bar. */
  readonly bars: readonly number[];
  /** Where the text of each lane starts. */
  readonly texts: readonly number[];
  /** Where it ends at last. */
  readonly ends: readonly number[];
}

/** Where the parts of a step stand, from the top of the picture. */
export interface Place {
  readonly top: number;
  readonly bottom: number;
  /** Middle of the change of lanes above it; its own top where there is none. */
  readonly turn: number;
  readonly heading: number;
  readonly code: number;
  readonly value: number;
  readonly note: number;
}

export interface Layout {
  readonly height: number;
  /** Bottom of the headings of lanes. */
  readonly head: number;
  readonly places: readonly Place[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Lanes side by side, those of a CPU in a region of their own. */
export function wideColumns({ lanes }: LanesPicture, width: number): Columns {
  const cpus = [...new Set(lanes.map(({ cpu }) => cpu))];
  const weights = cpus.map((cpu) => TEXT_MIN + 60 * (lanes.filter((lane) => lane.cpu === cpu).length - 1));
  const [bars, texts, ends]: [number[], number[], number[]] = [[], [], []];
  let left = GUTTER;
  cpus.forEach((cpu, i) => {
    const own = lanes.filter((lane) => lane.cpu === cpu);
    const region = (width - GUTTER) * (weights[i] ?? 0) / sum(weights);
    const longest = Math.max(...own.map(({ label }) => widthOf(label))) * CHAR + 24;
    const stride = Math.min(Math.max(96, longest), (region - TEXT_MIN) / Math.max(1, own.length - 1));
    own.forEach((_, k) => {
      const bar = left + 12 + Math.max(20, stride) * k;
      bars.push(bar);
      texts.push(bar + BAR_TO_TEXT);
      ends.push(left + region - EDGE);
    });
    left += region;
  });
  return { form: 'wide', width, bars, texts, ends };
}

/** Lanes as rails at the left, all text to the right of them. */
export function narrowColumns({ lanes }: LanesPicture, width: number): Columns {
  const stride = Math.min(18, 90 / Math.max(1, lanes.length));
  const bars = lanes.map((_, i) => 12 + stride * i);
  const text = (bars.at(-1) ?? 0) + BAR_TO_TEXT - 2;
  return { form: 'narrow', width, bars, texts: lanes.map(() => text), ends: lanes.map(() => width - 2) };
}

/** Characters that a lane's text has room for. */
export function roomOf({ texts, ends }: Columns, lane: number): number {
  return Math.max(8, Math.floor(((ends[lane] ?? 0) - (texts[lane] ?? 0)) / CHAR));
}

/** The lines of what is violated, or of who moved the access. */
export function noteLines(step: Step, columns: Columns): string[] {
  const width = roomOf(columns, step.lane) - 2;
  const text = step.note === '' ? (step.remark === '' ? '' : `(${step.remark})`) : step.note;
  return text === '' ? [] : wrap(text, { width }).map((line) => clip(line, width));
}

function turnHeight(step: Step, i: number): number {
  if (step.turn === null) return 0;
  if (i === 0) return HEIGHT.first;
  return step.turn.change === 'beside' || step.turn.change === 'begins' ? HEIGHT.beside : HEIGHT.turn;
}

/** The places of all steps; of the forms that the picture is drawn in, each has room. */
export function layOut({ steps }: LanesPicture, forms: readonly Columns[]): Layout {
  const head = HEIGHT.cpu + HEIGHT.label;
  let y = head + 4;
  const places = steps.map((step, i): Place => {
    const turn = turnHeight(step, i);
    const lines = Math.max(...forms.map((columns) => noteLines(step, columns).length));
    const top = y + turn;
    const heading = top + HEIGHT.pad;
    const code = heading + (step.heading === null ? 0 : HEIGHT.heading);
    const value = code + HEIGHT.code;
    const note = value + (step.value.length === 0 ? 0 : HEIGHT.value);
    const bottom = note + lines * HEIGHT.note + HEIGHT.pad + (lines > 0 ? 3 : 0);
    const middle = y + turn / 2;
    y = bottom;
    return { top, bottom, turn: turn === 0 ? top : middle, heading, code, value, note };
  });
  return { height: y + 10, head, places };
}
