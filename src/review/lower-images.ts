/** @module Images read as C and linked to one Program. Of a whole sched.h only kcov's part of task_struct is read. */
import type { Image } from '../apply/image.js';
import type { FrontEnd } from '../c/front-end.js';
import { link } from '../../simulator/ir/link.js';
import type { Config, Program } from '../../simulator/ir/program.js';
import { environment } from '../../simulator/kernel/environment.js';
import type { Images } from './apply-series.js';
import { SCHED_H } from './base-files.js';
import type { BaseFiles } from './base-files.js';

/** Lowers all files of the base in their order, behind the headers that patches add. */
export function lowerImages(frontEnd: FrontEnd, files: BaseFiles, of: { images: Images; config: Config }): Program {
  const added = [...of.images.keys()].filter((path) => !files.paths.includes(path));
  const programs = [...added, ...files.paths].flatMap((path) => {
    const image = of.images.get(path);
    return image ? [frontEnd.lower(path, `${textOf(image).join('\n')}\n`, of.config)] : [];
  });
  return link(environment, ...programs);
}

/** The lines to read; of sched.h those that matter, the others blank, so that line numbers stay. */
function textOf(image: Image): readonly string[] {
  return image.path === SCHED_H ? kcovPart(image.lines) : image.lines;
}

/** `struct task_struct {`, the #ifdef CONFIG_KCOV parts inside it, and its end; everything when there is no such struct. */
export function kcovPart(lines: readonly string[]): string[] {
  const start = lines.findIndex((line) => /^struct\s+task_struct\s*\{/u.test(line));
  const end = lines.findIndex((line, i) => i > start && /^\}/u.test(line));
  if (start < 0 || end < 0) return [...lines];
  let inside = false;
  return lines.map((line, i) => {
    if (i === start) return line;
    if (i === end) return '};';
    if (i < start || i > end) return '';
    if (/^\s*#\s*ifdef\s+CONFIG_KCOV\b/u.test(line)) inside = true;
    else if (/^\s*#\s*endif\b/u.test(line)) inside = false;
    else if (inside) return line;
    return '';
  });
}

/** Names beginning with CONFIG_ that expressions use as numbers, without that prefix, sorted. */
export function integersOf(program: Program): string[] {
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    const { kind, name } = node as { kind?: unknown; name?: unknown };
    if (kind === 'name' && typeof name === 'string' && name.startsWith('CONFIG_')) found.add(name.slice('CONFIG_'.length));
    Object.values(node).forEach(walk);
  };
  walk(program.functions);
  walk(program.globals);
  walk(program.macros);
  return [...found].sort();
}
