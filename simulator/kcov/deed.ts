/**
 * @module What an operation of a scenario is, as data: for whoever does the same elsewhere than on the simulator, such as a program in
 * user space or the init program of a kernel. Sizes are those of the model: a page is PAGE_WORDS.
 */
import type { RemoteArguments } from './file-operations.js';

/** Who does it is the context of the operation. */
export type Deed =
  /** `unknown`: an ioctl that kcov does not know. `close`: munmap() too. */
  | { readonly does: 'open' | 'close' | 'unknown'; readonly device: string }
  | { readonly does: 'init'; readonly device: string; readonly words: number }
  /** `page`: the offset into the file, in pages. */
  | { readonly does: 'mmap'; readonly device: string; readonly words: number; readonly page: number }
  /** `arg`: what the ioctl is given. */
  | { readonly does: 'enable' | 'disable'; readonly device: string; readonly arg: number }
  | { readonly does: 'remote'; readonly device: string; readonly remote: RemoteArguments }
  /** An ioctl that the contract does not state: own-commands.ts. */
  | { readonly does: 'own'; readonly device: string }
  /** User space writes one of several values to a word of the area, or to num_handles of an argument: machine/begin.ts, Way. */
  | { readonly does: 'scribble'; readonly device: string; readonly word: number }
  | { readonly does: 'change-handles'; readonly device: string }
  /** User space reads a word of the area; 0 is the count. */
  | { readonly does: 'read'; readonly device: string; readonly word: number }
  | { readonly does: 'hit'; readonly label: number }
  | { readonly does: 'compare'; readonly label: number; readonly bytes: 1 | 2 | 4 | 8; readonly constant: boolean; readonly operands: readonly [bigint, bigint] }
  | { readonly does: 'switch'; readonly label: number; readonly bytes: 1 | 2 | 4 | 8; readonly value: number; readonly cases: readonly number[] }
  /** A remote section. */
  | { readonly does: 'start'; readonly handle: bigint }
  | { readonly does: 'stop' }
  | { readonly does: 'fork'; readonly child: string }
  /** `choose`: nothing by itself, but how the task goes on: scenario/choices.ts. */
  | { readonly does: 'exit' | 'exec' | 'common-handle' | 'bottom-halves' | 'choose' };
