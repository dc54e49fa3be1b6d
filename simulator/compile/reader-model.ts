/**
 * @module A thread in user space that reads memory which the kernel writes, as a function of the Program: one word, with
 * acquire. Documentation/dev-tools/kcov.rst loads the count relaxed and then the entries; acquire is the most that a
 * careful reader does, so that what it still sees wrong is the writer's. It takes no lock.
 */
import { call, file, fn, pointer, ret, unsignedLong } from '../ir/build.js';
import type { FunctionDef } from '../ir/program.js';

/** Name of the function that reads one word; no C text has it. */
export const READ_WORD = '__kcovet_user_read';

/** Compiled in where a scenario has a reader. */
export const READER_MODEL: readonly FunctionDef[] = file('<model>', [
  fn(READ_WORD, {
    returns: unsignedLong, takes: { word: pointer(unsignedLong) },
    body: ({ word }) => [ret(call('smp_load_acquire', word))],
  }),
]).functions;
