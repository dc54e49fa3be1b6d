/**
 * @module The patch of the thread, put on the file it is for: what is predicted of it, with the headers of a later kernel. KCOVET_KCOV_V5_5
 * names kernel/kcov.c of v5.5 (docs/conformance.md says where to get it), KCOVET_LINUX_SOURCES Debian's sources; skipped without.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sourcesOf } from '../../whole/debian.js';
import { byHand } from './by-hand.js';
import { effectsOf } from './effects.js';
import { SCHED, portFiles } from './port.js';
import { probed } from './probes.js';
import { kcovOf } from './program.js';
import { sequenceText } from './sequence.js';
import { simulate, subjectOf } from './simulate.js';

const MAIL = path.resolve('../shared/corpus/2019-12-12-irq-rfc-1of2.eml');
const HEADERS = ['include/uapi/linux/kcov.h', 'include/linux/kcov.h', SCHED];

const kcov = process.env['KCOVET_KCOV_V5_5'];
const sources = sourcesOf('6.12');
const missing = kcov === undefined ? 'KCOVET_KCOV_V5_5 names no file' : !existsSync(MAIL) ? `${MAIL} is missing` : 'missing' in sources ? sources.missing : null;

describe.skipIf(missing !== null)(`coverage from interrupts, as mailed${missing === null ? '' : ` (skipped: ${missing})`}`, async () => {
  const source = 'folder' in sources ? sources.folder : '';
  const { files, done } = missing === null ? await portFiles({ kcov: kcov ?? '', patch: MAIL, source }) : { files: new Map<string, string>(), done: [] };

  it('is what the mail says that it is', () => {
    expect(done[0]).toBe('patched from f50354202dbe to 5b48a7a5c465, as the patch names it');
    expect(done).toContain(`${SCHED} has, too: bool kcov_interrupt;`);
  });

  it('loses the sequence of an interrupted section, and leaves interrupts off', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kcovet-port-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const put = (file: string, write: (to: string) => void): void => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      write(path.join(folder, file));
    };
    for (const header of HEADERS) put(header, (to) => copyFileSync(path.join(source, header), to));
    for (const [file, text] of files) put(file, (to) => writeFileSync(to, text));
    const { program, dialect } = await kcovOf(folder);
    const subject = subjectOf(program, dialect);
    const sequences = byHand().filter((sequence) => sequenceText(sequence).includes('softirq [ start')).map(probed);
    const names = new Set(sequences.flatMap((sequence) => effectsOf(sequence, simulate(subject, sequence)).map(({ name }) => name)));
    expect([...names]).toContain('interrupts are off at the return of kcov_remote_start() in a softirq, were on at its call');
    expect([...names]).toContain('coverage-lost: n of n records did not reach the area, not restored after a softirq: kcov_sequence');
  });
});
