/**
 * @module An interleaving picture as SVG, without a script and without a style in it: classes say what everything is, and
 * ./style.ts how that looks. In a page it has a wide and a narrow form, of which the style shows the one that fits.
 */
import { clip, widthOf } from '../line.js';
import { CHAR, HEIGHT, layOut, narrowColumns, noteLines, roomOf, wideColumns, type Columns, type Layout, type Place } from './layout.js';
import { element, escaped } from './markup.js';
import type { LanesPicture, Step } from './picture.js';
import { lanesStyle } from './style.js';
import { fromText, stepText, summaryOf, turnText, valueText, type Piece } from './words.js';

/** The width on a page with room; A4 has it, too. */
const WIDE = 690;
/** The width on a phone. */
const NARROW = 326;
const BAR = 8;

interface Drawing {
  readonly picture: LanesPicture;
  readonly columns: Columns;
  readonly layout: Layout;
}

const at = (numbers: readonly number[], i: number): number => numbers[i] ?? 0;

function text(x: number, y: number, className: string, content: string): string {
  return element('text', { x, y: y + 13, class: className }, content);
}

/** The names of CPUs and lanes, each above its own. */
function wideHeadings({ picture, columns }: Drawing): string {
  const { lanes } = picture;
  return lanes.map(({ cpu, label, kind }, i) => {
    const left = at(columns.bars, i) - BAR / 2;
    const next = lanes[i + 1]?.cpu === cpu ? at(columns.bars, i + 1) : at(columns.ends, i);
    const head = lanes[i - 1]?.cpu === cpu ? '' : text(left, 2, 'cpu', `CPU${cpu}`) + element('line', { class: 'rule', x1: left, x2: at(columns.ends, i), y1: HEIGHT.cpu, y2: HEIGHT.cpu });
    return head + text(left, HEIGHT.cpu + 4, `lane ${kind}`, escaped(clip(label, Math.max(4, Math.floor((next - left) / CHAR) - 1))));
  }).join('');
}

/** The same in a line for each CPU: rails stand too close for names. */
function narrowHeadings({ picture, columns }: Drawing): string {
  const cpus = [...new Set(picture.lanes.map(({ cpu }) => cpu))];
  const lines = cpus.map((cpu, i) => {
    const own = picture.lanes.filter((lane) => lane.cpu === cpu);
    const room = Math.max(4, Math.floor((columns.width / CHAR - 6) / own.length) - 1);
    const names = own.map(({ label, kind }) => element('tspan', { class: `lane ${kind}` }, escaped(` ${clip(label, room)}`)));
    return text(at(columns.bars, 0) - BAR / 2, 2 + i * HEIGHT.cpu, 'cpu', `CPU${cpu}${names.join('')}`);
  });
  return lines.slice(0, 2).join('');
}

/** Where a stretch begins and ends: at the change of lanes before its first step and after its last one. */
function span({ layout }: Drawing, from: number, to: number): { y: number; height: number } {
  const [first, next, last] = [layout.places[from], layout.places[to + 1], layout.places[to]];
  const y = first?.turn ?? 0;
  return { y, height: Math.max(4, (next?.turn ?? last?.bottom ?? y) - y) };
}

/** Who runs and who waits. */
function bars(drawing: Drawing): string {
  const { picture, columns } = drawing;
  const stretches = picture.stretches.map(({ lane, from, to, state }) => {
    const x = at(columns.bars, lane);
    const { y, height } = span(drawing, from, to);
    const kind = picture.lanes[lane]?.kind ?? 'task';
    return state === 'waits' ? element('line', { class: `waits ${kind}`, x1: x, x2: x, y1: y, y2: y + height })
      : element('rect', { class: `runs ${kind}`, x: x - BAR / 2, y, width: BAR, height, rx: 3 });
  });
  const holds = picture.holds.map(({ what, kind, from, to }, i) => {
    const lane = picture.steps[from]?.lane ?? 0;
    const beside = picture.holds.slice(0, i).filter((one) => picture.steps[one.from]?.lane === lane && one.to >= from).length;
    const { code } = drawing.layout.places[from] ?? { code: 0 };
    const end = drawing.layout.places[to];
    return element('rect', { class: `hold ${kind}`, x: at(columns.bars, lane) - BAR / 2 - 5 - 4 * beside, y: code, width: 3, height: Math.max(6, (end?.bottom ?? code) - 4 - code) }, element('title', {}, escaped(what)));
  });
  return [...stretches, ...holds].join('');
}

/** The arrow from lane to lane, and what it is. */
function turn({ picture, columns }: Drawing, step: Step, { turn: y }: Place): string {
  const { turn: change, lane } = step;
  if (change === null || (step.number === 1 && columns.form === 'wide')) return '';
  const kind = picture.lanes[lane]?.kind ?? 'task';
  const words = turnText(step, picture.lanes);
  const right = change.from === null ? lane : Math.max(lane, change.from);
  const label = element('text', { x: at(columns.texts, right), y: y + 4, class: `turn ${kind}` }, escaped(clip(words, roomOf(columns, right))));
  if (change.from === null) return label;
  const [start, end] = [at(columns.bars, change.from), at(columns.bars, lane)];
  const way = end > start ? 1 : -1;
  const tip = end - way * (BAR / 2 + 1);
  return element('line', { class: `arrow ${kind}`, x1: start + way * BAR / 2, x2: tip - way * 3, y1: y, y2: y })
    + element('path', { class: `tip ${kind}`, d: `M${round(tip)} ${round(y)}l${-7 * way} -4v8z` }) + label;
}

const round = (n: number): number => Math.round(n * 10) / 10;

/** The values, cut where the lane has no more room. */
function values(pieces: readonly Piece[], room: number): string {
  let left = room;
  return pieces.flatMap(({ role, text: words }, i) => {
    const rest = pieces.slice(i + 1).reduce((width, later) => width + (later.role === 'name' ? 0 : widthOf(later.text)), 0);
    const shown = left < 1 ? '' : clip(words, Math.max(4, role === 'name' ? left - rest : left));
    left -= widthOf(shown);
    return shown === '' ? [] : [element('tspan', { class: role }, escaped(shown))];
  }).join('');
}

/** The dot on the bar: filled where something is changed, a cross where it goes wrong. */
function dot(step: Step, x: number, y: number): string {
  if (step.note !== '') return element('circle', { class: 'wrong', cx: x, cy: y, r: 9 }) + element('path', { class: 'cross', d: `M${round(x - 3.5)} ${round(y - 3.5)}l7 7m0 -7l-7 7` });
  return element('circle', { class: `dot ${step.mark}`, cx: x, cy: y, r: 3.2 });
}

/** All of one step but its frame. */
function inStep(drawing: Drawing, step: Step, place: Place): string {
  const { columns } = drawing;
  const x = at(columns.texts, step.lane);
  const room = roomOf(columns, step.lane);
  const source = fromText(step, drawing.picture.steps);
  // Where it comes from stands in the title, too: the names go before it.
  const hasRoom = source !== '' && widthOf(`${valueText(step)}  ${source}`) <= room;
  const pieces = hasRoom ? [...step.value, { role: 'word', text: '  ' } as const, { role: 'from', text: source } as const] : step.value;
  const isEntry = step.row.access === 'enter' && step.row.text === '';
  return [
    turn(drawing, step, place),
    dot(step, at(columns.bars, step.lane), place.code + 9),
    ...(step.heading === null ? [] : [text(x, place.heading - 1, 'heading', escaped(clip(step.heading, room)))]),
    text(x, place.code, isEntry ? 'code entry' : 'code', escaped(clip(step.code, room))),
    ...(step.value.length === 0 ? [] : [text(x, place.value, `value ${step.mark}`, values(pieces, room))]),
    ...noteLines(step, columns).map((line, i) => text(x, place.note + 1 + i * HEIGHT.note, step.note === '' ? 'remark' : 'note', escaped(line))),
  ].join('');
}

function stepGroup(drawings: readonly Drawing[], step: Step, place: Place, links: boolean): string {
  const picture = drawings[0]?.picture ?? { lanes: [], steps: [], stretches: [], holds: [] };
  const frame = element('rect', { class: 'frame', x: 0.5, y: place.top + 0.5, width: '99.8%', height: place.bottom - place.top - 1, rx: 4 });
  const number = text(3, place.code, 'number', String(step.number));
  const link = links ? element('a', { href: `#step-${step.number}`, tabindex: -1 }, number) : number;
  const forms = drawings.map((drawing) => element('g', { class: drawing.columns.form }, ...(drawing.columns.form === 'wide' ? [link] : []), inStep(drawing, step, place)));
  return element('g', { id: `step-${step.number}`, class: `step${step.note === '' ? '' : ' violates'}` }, element('title', {}, escaped(stepText(step, picture))), frame, ...forms);
}

function drawn(picture: LanesPicture, forms: readonly Columns[], links: boolean): { layout: Layout; inner: string } {
  const layout = layOut(picture, forms);
  const drawings = forms.map((columns): Drawing => ({ picture, columns, layout }));
  const back = drawings.map((drawing) => element('g', { class: drawing.columns.form }, drawing.columns.form === 'wide' ? wideHeadings(drawing) : narrowHeadings(drawing), bars(drawing)));
  const steps = picture.steps.map((step, i) => {
    const place = layout.places[i];
    return place ? stepGroup(drawings, step, place, links) : '';
  });
  return { layout, inner: [...back, ...steps].join('\n') };
}

/** The picture within a page that has lanesStyle: as wide as there is room, in one of two forms. */
export function renderLanes(picture: LanesPicture): string {
  const { layout, inner } = drawn(picture, [wideColumns(picture, WIDE), narrowColumns(picture, NARROW)], true);
  return element('svg', { class: 'lanes', role: 'img', 'aria-label': summaryOf(picture).join(' '), width: WIDE, height: layout.height }, `\n${inner}\n`);
}

/** The picture as a file of its own, with its style in it. */
export function lanesFile(picture: LanesPicture): string {
  const { layout, inner } = drawn(picture, [wideColumns(picture, WIDE)], false);
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', class: 'lanes', role: 'img', 'aria-label': summaryOf(picture).join(' '), width: WIDE, height: layout.height, viewBox: `0 0 ${WIDE} ${round(layout.height)}` };
  const ground = element('rect', { class: 'ground', width: '100%', height: '100%' });
  return `${element('svg', attributes, element('style', {}, lanesStyle), ground, `\n${inner}\n`)}\n`;
}
