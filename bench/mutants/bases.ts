/** @module What is mutated: the models of kcov as C, and a real kernel/kcov.c where $KCOVET_LINUX names a tree. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BaseInput } from '../../src/review/base-input.js';
import { KCOV_C } from '../../src/review/base-files.js';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovModels } from '../../simulator/kcov/index.js';

export interface MutantBase {
  /** As in ids: model-v5.5, tree. */
  readonly name: string;
  readonly label: string;
  readonly input: BaseInput;
  /** Of kernel/kcov.c. */
  readonly text: string;
}

const PATHS = [KCOV_C, 'include/linux/kcov.h', 'include/uapi/linux/kcov.h', 'include/linux/sched.h'];

function inputOf(label: string, files: ReadonlyMap<string, string>): BaseInput {
  return { kind: 'tree', label, files, blobs: new Map(), steps: [], guessed: false };
}

/** The models, oldest first. */
export function modelBases(): MutantBase[] {
  return kcovModels.map((model) => {
    const files = new Map(model.files.map((file) => [file.path, `${printProgram(file).lines.join('\n')}\n`]));
    const label = `the model of ${model.version}`;
    return { name: `model-${model.version}`, label, input: inputOf(label, files), text: files.get(KCOV_C) ?? '' };
  });
}

/** The tree that the environment names, or why there is none. */
export function treeBase(root: string | undefined): MutantBase | { readonly missing: string } {
  if (root === undefined || root === '') return { missing: 'KCOVET_LINUX names no kernel tree' };
  if (!existsSync(path.join(root, KCOV_C))) return { missing: `KCOVET_LINUX names ${path.basename(root)}, which has no ${KCOV_C}` };
  const files = new Map(PATHS.filter((one) => existsSync(path.join(root, one))).map((one) => [one, readFileSync(path.join(root, one), 'utf8')]));
  const label = `kernel/kcov.c of ${versionOf(root)}`;
  return { name: 'tree', label, input: inputOf(label, files), text: files.get(KCOV_C) ?? '' };
}

/** What the Makefile of a tree says. */
function versionOf(root: string): string {
  const file = path.join(root, 'Makefile');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const part = (name: string): string => new RegExp(`^${name} = (\\S+)$`, 'mu').exec(text)?.[1] ?? '';
  return part('VERSION') === '' ? path.basename(root) : `v${part('VERSION')}.${part('PATCHLEVEL')}.${part('SUBLEVEL')}`;
}
