/** @module A process for commands under test: streams that remember, an environment, no terminal unless asked for. */
import { runCli } from '../../src/cli/run.js';
import type { Io } from '../../src/cli/io.js';

/** What a command wrote and how it ended. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Chunks as standard input. */
async function* chunks(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
}

/** Runs one command line in this process. */
export async function kcovet(args: readonly string[], change: {
  stdin?: Iterable<Uint8Array>; env?: Io['env']; terminal?: boolean; columns?: number; untilStopped?: Io['untilStopped']; onOutput?: (text: string) => void;
} = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr'): Io['stdout'] => ({
    write: (text) => {
      written[name] += text;
      change.onOutput?.(text);
    },
    isTerminal: change.terminal ?? false,
    columns: change.columns,
  });
  let ms = 0;
  const status = await runCli(args, {
    stdout: output('stdout'), stderr: output('stderr'), stdin: chunks(change.stdin ?? []),
    stdinIsTerminal: change.stdin === undefined && (change.terminal ?? false),
    env: change.env ?? {}, now: () => (ms += 100), untilStopped: change.untilStopped ?? (() => Promise.resolve()),
  });
  return { status, ...written };
}
