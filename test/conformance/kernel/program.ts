/** @module kcov of a kernel's tree as a Program: its files, with the fields that struct task_struct has there, and what it promises. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { configure } from '../../../simulator/ir/configure.js';
import { link } from '../../../simulator/ir/link.js';
import type { Config, Program } from '../../../simulator/ir/program.js';
import { kcovModels, laterSchedHeader } from '../../../simulator/kcov/index.js';
import type { Dialect } from '../../../simulator/kcov/errno.js';
import { environment } from '../../../simulator/kernel/environment.js';
import { loadFrontEnd } from '../../../src/c/front-end.js';
import type { FrontEnd } from '../../../src/c/front-end.js';
import { nearestModel } from '../../../src/review/base-files.js';
import { KCOV, SCHED, taskPart } from './port.js';

/** The configuration of kernels under test, as far as kcov asks. */
const CONFIG: Config = { KCOV: true, KCOV_ENABLE_COMPARISONS: true };
const HEADERS = ['include/uapi/linux/kcov.h', 'include/linux/kcov.h'] as const;

/** struct task_struct with kcov's fields of the tree beside the few others that scenarios look at. */
function schedOf(frontEnd: FrontEnd, sched: string): Program {
  const own = frontEnd.lower(SCHED, `struct task_struct {\n${taskPart(sched)}};\n`, CONFIG);
  const fields = own.structs.find(({ name }) => name === 'task_struct')?.fields ?? [];
  const model = configure(laterSchedHeader, CONFIG);
  const structs = model.structs.map((one) => (one.name === 'task_struct' ? { ...one, fields: [...one.fields.filter(({ name }) => !/^kcov/u.test(name)), ...fields] } : one));
  return { ...model, structs };
}

/** What runs, and whose promises it is held against. */
export interface Kcov {
  readonly program: Program;
  readonly dialect: Dialect;
}

/** kernel/kcov.c of an unpacked tree, or what is in its place. */
export async function kcovOf(source: string, other?: string): Promise<Kcov> {
  const frontEnd = await loadFrontEnd();
  const text = (file: string): string => readFileSync(path.join(source, file), 'utf8');
  const [uapi, header] = HEADERS.map((file) => frontEnd.lower(file, text(file), CONFIG));
  if (!uapi || !header) throw new Error(`${source} has no headers of kcov`);
  const kcov = other ?? text(KCOV);
  const files = new Map([[KCOV, kcov]]);
  const model = nearestModel({ kind: 'tree', label: source, files, blobs: new Map(), steps: [], guessed: false }, kcovModels);
  return { program: link(environment, schedOf(frontEnd, text(SCHED)), uapi, header, frontEnd.lower(KCOV, kcov, CONFIG)), dialect: model.dialect };
}
