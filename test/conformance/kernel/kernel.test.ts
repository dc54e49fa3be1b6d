/**
 * @module The way from a sequence's text to a kernel's answer, on a kernel that `npm run conformance` has built: KCOVET_KERNELS names
 * its cache folder. Skipped without, since it needs packages and minutes of building.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFrontEnd } from '../../../src/c/front-end.js';
import { CONFIG } from '../programs.js';
import { wholeProgram } from '../../whole/debian.js';
import { boot } from './boot.js';
import { byHand } from './by-hand.js';
import { compare } from './compare.js';
import { simulate, subjectOf } from './simulate.js';

const SEQUENCES = 20;

const folder = path.join(process.env['KCOVET_KERNELS'] ?? '', '6.12');
const build = path.join(folder, 'build');
const missing = process.env['KCOVET_KERNELS'] === undefined ? 'KCOVET_KERNELS names no folder' : existsSync(path.join(build, 'kcovet-bzImage')) ? null : `${build} has no kernel`;

describe.skipIf(missing !== null)(`a kernel${missing === null ? '' : ` (skipped: ${missing}; npm run conformance builds one)`}`, () => {
  it('answers as the simulator does', async () => {
    const subject = subjectOf(wholeProgram(await loadFrontEnd(), path.join(folder, 'source'), CONFIG), 'v5.18');
    const known = byHand().map((sequence) => ({ sequence, simulated: simulate(subject, sequence) })).filter(({ simulated }) => !simulated.taints).slice(0, SEQUENCES);
    const booted = await boot({ kernel: path.join(build, 'kcovet-bzImage'), init: path.join(build, 'kcovet-init'), accelerator: 'tcg' }, known.map(({ sequence }) => sequence));
    expect([booted.cpus, booted.ran.length]).toEqual([2, SEQUENCES]);
    expect(known.map(({ sequence, simulated }, i) => compare(sequence, booted.ran[i] ?? { lines: [], ended: 'not run' }, simulated)).filter((one) => one !== null)).toEqual([]);
  });
});
