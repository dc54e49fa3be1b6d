/** @module An initrd with a console, an init program and a file: the "newc" form of cpio (Documentation/driver-api/early-userspace/buffer-format.rst). */

interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly data?: Buffer;
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number];
}

const DIRECTORY = 0o040755;
const PROGRAM = 0o100755;
const CHARACTER_DEVICE = 0o020600;

const padded = (data: Buffer): Buffer => Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);

function entry({ name, mode, data = Buffer.alloc(0), device = [0, 0] }: Entry, number: number): Buffer {
  const fields = [number, mode, 0, 0, 1, 0, data.length, 0, 0, ...device, name.length + 1, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return Buffer.concat([padded(Buffer.from(`${header}${name}\0`)), padded(data)]);
}

/** The bytes of an initrd: the init program, and what it reads or runs beside it. */
export function initrd(files: { readonly init: Buffer; readonly name: string; readonly data: Buffer }): Buffer {
  const entries: Entry[] = [
    { name: 'dev', mode: DIRECTORY }, { name: 'dev/console', mode: CHARACTER_DEVICE, device: [5, 1] },
    { name: 'init', mode: PROGRAM, data: files.init }, { name: files.name, mode: PROGRAM, data: files.data }, { name: 'TRAILER!!!', mode: 0 },
  ];
  return Buffer.concat(entries.map((one, i) => entry(one, i + 1)));
}
