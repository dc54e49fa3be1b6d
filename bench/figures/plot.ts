/** @module Growth as a drawing: states above, seconds below, both on logarithmic scales, a column for each parameter. */
import type { Curve, Point } from './growth.js';

const PANEL = { width: 240, height: 190, left: 76, top: 78, gapX: 46, gapY: 62 };
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 16px; font-weight: 600 } .small { font-size: 11px; fill: #57606a }
  .frame { fill: none; stroke: #8c959f } .grid { stroke: #d0d7de } .back { fill: #ffffff }
  .l0 { stroke: #0969da; fill: #0969da } .l3 { stroke: #bc4c00; fill: #bc4c00 }
  polyline.l0, polyline.l3 { fill: none; stroke-width: 2 } circle.capped { fill: #ffffff; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 } .frame { stroke: #6e7681 } .grid { stroke: #30363d } .back { fill: #0d1117 }
    .l0 { stroke: #58a6ff; fill: #58a6ff } .l3 { stroke: #f0883e; fill: #f0883e } circle.capped { fill: #0d1117 }
  }`;

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const round = (n: number): string => String(Math.round(n * 10) / 10);

function text(x: number, y: number, says: string, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}"${more}>${escaped(says)}</text>`;
}

/** 10^n as people read it. */
function power(exponent: number): string {
  if (exponent < 0) return (10 ** exponent).toFixed(-exponent);
  return exponent >= 6 ? `${10 ** (exponent - 6)} M` : exponent >= 3 ? `${10 ** (exponent - 3)} k` : `${10 ** exponent}`;
}

interface Measure {
  readonly name: string;
  readonly of: (point: Point) => number;
}

const MEASURES: readonly Measure[] = [{ name: 'states (log)', of: (p) => p.states }, { name: 'search, seconds (log)', of: (p) => p.seconds }];

interface Scale {
  readonly from: number;
  readonly to: number;
}

function scaleOf(values: readonly number[]): Scale {
  const logs = values.filter((v) => v > 0).map(Math.log10);
  const [from, to] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  return { from, to: Math.max(to, from + 1) };
}

/** One panel: its frame, lines at powers of ten, and a line for each level. */
function panel({ over, points }: Curve, { of, scale, x, y, labels }: { of: Measure['of']; scale: Scale; x: number; y: number; labels: boolean }): string[] {
  const { width, height } = PANEL;
  const values = [...new Set(points.map(({ at }) => at))];
  const across = (at: number): number => x + 24 + (values.indexOf(at) * (width - 48)) / Math.max(1, values.length - 1);
  const down = (value: number): number => y + height - ((Math.log10(value) - scale.from) * height) / (scale.to - scale.from);
  const lines = [];
  for (let exponent = scale.from; exponent <= scale.to; exponent += 1) {
    const at = down(10 ** exponent);
    if (exponent > scale.from && exponent < scale.to) lines.push(`<line class="grid" x1="${x}" x2="${x + width}" y1="${round(at)}" y2="${round(at)}"/>`);
    if (labels) lines.push(text(x - 8, at + 4, power(exponent), ' text-anchor="end" class="small"'));
  }
  lines.push(`<rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}"/>`);
  for (const at of values) lines.push(text(across(at), y + height + 16, `${at}`, ' text-anchor="middle"'));
  lines.push(text(x + width / 2, y + height + 33, over, ' text-anchor="middle" class="small"'));
  for (const level of [0, 3] as const) {
    const own = points.filter((point) => point.level === level);
    lines.push(`<polyline class="l${level}" points="${own.map((p) => `${round(across(p.at))},${round(down(of(p)))}`).join(' ')}"/>`);
    for (const p of own) lines.push(`<circle class="l${level}${p.capped ? ' capped' : ''}" cx="${round(across(p.at))}" cy="${round(down(of(p)))}" r="4"/>`);
  }
  return lines;
}

/** The drawing; the same for the same curves. */
export function plot(curves: readonly Curve[], takenOn: string): string {
  const { width, height, left, top, gapX, gapY } = PANEL;
  const [w, h] = [left + curves.length * (width + gapX), top + MEASURES.length * (height + gapY) + 14];
  const all = curves.flatMap(({ points }) => points);
  const lines = [
    `<rect class="back" width="${w}" height="${h}"/>`, text(20, 28, 'Growth of the search: states and seconds at levels 0 and 3', ' class="title"'),
    '<circle class="l0" cx="26" cy="50" r="4"/>', text(36, 54, 'level 0, nothing reduced'), '<circle class="l3" cx="206" cy="50" r="4"/>', text(216, 54, 'level 3'),
    '<circle class="l0 capped" cx="286" cy="50" r="4"/>', text(296, 54, 'ended at the cap of states: there are more'),
    text(20, h - 10, takenOn, ' class="small"'),
  ];
  MEASURES.forEach(({ name, of }, row) => {
    const y = top + row * (height + gapY);
    lines.push(text(0, 0, name, ` text-anchor="middle" transform="translate(18 ${y + height / 2}) rotate(-90)"`));
    const scale = scaleOf(all.map(of));
    curves.forEach((curve, column) => lines.push(...panel(curve, { of, scale, x: left + column * (width + gapX), y, labels: column === 0 })));
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img">\n<title>Growth of the search</title>\n<style>${STYLE}\n</style>\n${lines.join('\n')}\n</svg>\n`;
}
