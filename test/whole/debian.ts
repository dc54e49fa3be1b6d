/**
 * @module Debian's kernel sources as Programs: the folder in KCOVET_LINUX_SOURCES has linux-source-<version>/, or /usr/src has
 * linux-source-<version>.tar.xz, of which the three files are unpacked into a temporary folder.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { link } from '../../simulator/ir/link.js';
import type { Config, Program } from '../../simulator/ir/program.js';
import * as model from '../../simulator/kcov/index.js';
import { environment } from '../../simulator/kernel/environment.js';
import type { FrontEnd } from '../../src/c/front-end.js';

const FILES = ['include/uapi/linux/kcov.h', 'include/linux/kcov.h', 'kernel/kcov.c'] as const;

/** Milliseconds that unpacking three files of a kernel may take. */
const UNPACK_MS = 120_000;

/** The folder of a version's sources; a reason where there is none. */
export function sourcesOf(version: string): { readonly folder: string } | { readonly missing: string } {
  const given = process.env['KCOVET_LINUX_SOURCES'];
  const folder = given === undefined ? null : path.join(given, `linux-source-${version}`);
  if (folder !== null && existsSync(path.join(folder, 'kernel/kcov.c'))) return { folder };
  const archive = [given, '/usr/src'].map((from) => path.join(from ?? '', `linux-source-${version}.tar.xz`)).find((file) => existsSync(file));
  if (given === undefined || archive === undefined) return { missing: `KCOVET_LINUX_SOURCES names no folder with linux-source-${version}` };
  const to = mkdtempSync(path.join(tmpdir(), 'kcovet-'));
  execFileSync('tar', ['-xJf', archive, '-C', to, ...FILES.map((file) => `linux-source-${version}/${file}`)], { timeout: UNPACK_MS });
  return { folder: path.join(to, `linux-source-${version}`) };
}

/** kernel/kcov.c of a folder with its headers, linked; task_struct is the model's. */
export function wholeProgram(frontEnd: FrontEnd, folder: string, config: Config): Program {
  const [uapi, header, kcov] = FILES.map((file) => frontEnd.lower(file, readFileSync(path.join(folder, file), 'utf8'), config));
  if (!uapi || !header || !kcov) throw new Error('three files');
  const given = (model as { laterSchedHeader?: unknown }).laterSchedHeader;
  const later = (typeof given === 'function' ? (given as (of: Program) => Program | null)(kcov) : given) as Program | null | undefined;
  const sched = later ?? model.kcovV55.files.find((file) => file.path === 'include/linux/sched.h');
  return sched ? link(environment, sched, uapi, header, kcov) : link(environment, uapi, header, kcov);
}
