/**
 * @module Kernels for the conformance runs, from Debian's source packages: unpacked into a cache folder, configured by ./config,
 * with ./driver.c built in. What is there and was made of the same is kept.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where our own files for the kernel are, from the folder of the repository. */
const OWN = path.join('test', 'conformance', 'kernel');

/** Other architectures' and devices' code, which this configuration has none of; Kconfig files stay. */
const LEFT_OUT = ['drivers/gpu/*.[ch]', 'drivers/net/*.[ch]', 'drivers/media/*.[ch]', 'sound/*.[ch]', 'tools/testing/*'];

/** Of the hash that names a folder. */
const HASH_DIGITS = 10;

export interface Built {
  readonly kernel: string;
  readonly init: string;
  /** kernel/kcov.c and its headers as they were built. */
  readonly source: string;
  /** kernel/kcov.o. */
  readonly object: string;
  readonly seconds: number;
}

export interface BuildOptions {
  /** 6.1 or 6.12: Debian's linux-source packages. */
  readonly version: string;
  readonly cache: string;
  /** Files of the tree that are built with another text, by their path in it; the kernel is one of its own. */
  readonly files?: ReadonlyMap<string, string>;
  /** With KASAN, kernel/kcov.c included. */
  readonly kasan?: boolean;
  /** With KASAN, and with coverage of all code, not only of the driver's. */
  readonly instrumented?: boolean;
  readonly say: (text: string) => void;
}

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync('nice', ['-n', '19', command, ...args], { cwd, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, KBUILD_BUILD_TIMESTAMP: '1970-01-01', LC_ALL: 'C' } });
}

/** The tree of a version, unpacked. */
export function unpack({ version, cache, say }: Pick<BuildOptions, 'version' | 'cache' | 'say'>): string {
  const source = path.join(cache, version, 'source');
  if (existsSync(path.join(source, 'Makefile'))) return source;
  const archive = `/usr/src/linux-source-${version}.tar.xz`;
  if (!existsSync(archive)) throw new Error(`${archive} is missing; it is in Debian's package linux-source-${version}`);
  say(`unpacking ${archive}`);
  const partly = `${source}.partly`;
  mkdirSync(partly, { recursive: true });
  run('tar', ['-xJf', archive, '-C', partly, '--strip-components=1', ...LEFT_OUT.map((name) => `--exclude=linux-source-${version}/${name}`)], '/');
  renameSync(partly, source);
  return source;
}

/** Puts the driver into the unpacked tree, where it is not yet. */
function putDriver(source: string, kasan: boolean): void {
  const folder = path.join(source, 'kernel', 'kcovet');
  mkdirSync(folder, { recursive: true });
  const makefile = path.join(source, 'kernel', 'Makefile');
  const text = readFileSync(makefile, 'utf8');
  // kcov is not sanitized, lest it records what reports on it; where nothing but the driver's hits is recorded, it can be.
  const sanitized = text.replace(/^(KASAN_SANITIZE_kcov\.o\s*:=\s*)[ny]$/mu, `$1${kasan ? 'y' : 'n'}`);
  replace(makefile, `${sanitized.replace(/^.*kcovet.*\n/gmu, '')}obj-y += kcovet/\nCFLAGS_kcov.o += -include $(srctree)/kernel/kcovet/counted.h\n`);
  replace(path.join(folder, 'Makefile'), 'obj-y += driver.o\n');
  for (const name of ['driver.c', 'counted.h']) replace(path.join(folder, name), readFileSync(path.join(OWN, name), 'utf8'));
}

/** Where a kernel with other files is built: headers are in everything, so that those with others have a tree of their own; the others share one. */
function folderOf(plain: string, files: ReadonlyMap<string, string> = new Map()): string {
  if (files.size === 0) return plain;
  const others = [...files].filter(([file]) => file !== 'kernel/kcov.c').sort(([a], [b]) => (a < b ? -1 : 1));
  if (others.length === 0) return `${plain}-kcov`;
  const hash = createHash('sha256');
  for (const [file, text] of others) hash.update(`${file}\0${text}\0`);
  return `${plain}-${hash.digest('hex').slice(0, HASH_DIGITS)}`;
}

/**
 * A tree beside that of the plain kernel: its files are links to the same, and what was built is copied with its notes of commands,
 * whose paths are made to be those of the new place, so that make builds only what differs.
 */
function copyTree(plain: string, folder: string): void {
  if (existsSync(path.join(folder, 'source'))) return;
  const partly = `${folder}.partly`;
  rmSync(partly, { recursive: true, force: true });
  mkdirSync(partly);
  run('cp', ['-al', path.join(plain, 'source'), partly], '/');
  if (existsSync(path.join(plain, 'build', 'kcovet-bzImage'))) {
    run('cp', ['-a', path.join(plain, 'build'), partly], '/');
    run('find', ['build', '-name', '*.cmd', '-exec', 'sed', '-i', `s#${plain}/#${folder}/#g`, '{}', '+'], partly);
  }
  renameSync(partly, folder);
}

/** Writes a file unless that is what it has: make goes by times. A new one, since other trees have links to the old. */
function replace(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function configure(source: string, build: string, further: readonly string[]): void {
  const fragment = ['config', ...further.map((name) => `config.${name}`)].map((name) => readFileSync(path.join(OWN, name), 'utf8')).join('');
  const made = path.join(build, 'kcovet.config');
  if (existsSync(made) && readFileSync(made, 'utf8') === fragment) return;
  mkdirSync(build, { recursive: true });
  run('make', ['-C', source, `O=${build}`, '-s', 'tinyconfig'], build);
  const config = path.join(build, '.config');
  const set = new Set([...fragment.matchAll(/CONFIG_\w+/gu)].map(([name]) => name));
  const others = readFileSync(config, 'utf8').split('\n').filter((line) => !set.has(/CONFIG_\w+/u.exec(line)?.[0] ?? ''));
  writeFileSync(config, `${others.join('\n')}\n${fragment}`);
  run('make', ['-C', source, `O=${build}`, '-s', 'olddefconfig'], build);
  const lines = new Set(readFileSync(config, 'utf8').split('\n'));
  const missing = fragment.split('\n').filter((line) => line.startsWith('CONFIG_') && !lines.has(line));
  if (missing.length > 0) throw new Error(`the configuration of ${source} does not take ${missing.join(', ')}`);
  writeFileSync(made, fragment);
}

/** Builds a kernel and the init program, or finds them built. */
export function buildKernel(options: BuildOptions): Built {
  const began = Date.now();
  const unpacked = path.dirname(unpack(options));
  const further = options.instrumented ? ['kasan', 'instrumented'] : options.kasan ? ['kasan'] : [];
  const plain = [unpacked, ...further.slice(-1)].join('-');
  const folder = folderOf(plain, options.files);
  if (plain !== unpacked) copyTree(unpacked, plain);
  if (folder !== plain) copyTree(plain, folder);
  const [source, build] = [path.join(folder, 'source'), path.join(folder, 'build')];
  putDriver(source, options.kasan === true);
  for (const [file, text] of options.files ?? []) replace(path.join(source, file), text);
  configure(source, build, further);
  options.say(`building Linux ${options.version} in ${build}`);
  run('make', ['-C', source, `O=${build}`, '-s', '-j2', 'bzImage'], build);
  const init = path.join(build, 'kcovet-init');
  run('gcc', ['-Wall', '-Werror', '-O2', '-static', '-pthread', '-o', init, path.resolve(OWN, 'init.c')], build);
  const kernel = path.join(build, 'kcovet-bzImage');
  copyFileSync(path.join(build, 'arch', 'x86', 'boot', 'bzImage'), kernel);
  return { kernel, init, source, object: path.join(build, 'kernel', 'kcov.o'), seconds: Math.round((Date.now() - began) / 1000) };
}
