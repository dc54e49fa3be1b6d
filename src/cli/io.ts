/**
 * @module What a command sees of the process: streams, environment, clock. Passed in, so that tests run commands without
 * a process and nothing but ../main.ts touches the real one.
 */

/** A stream that is written to. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Columns of the terminal, when there is one. */
  readonly columns?: number;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Standard input as it arrives. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Nothing is piped in: reading would wait for somebody to type. */
  readonly stdinIsTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds from any origin, for figures on the terminal only. */
  readonly now: () => number;
  /** Resolves when the process is told to end, by SIGINT or SIGTERM; asked for only by what runs until then. */
  readonly untilStopped: () => Promise<void>;
}

/** Exit statuses, as `kcovet --help` explains them. */
export const exitStatus = { reviewed: 0, questions: 1, usage: 2, notPlaced: 3, stopped: 4 } as const;

/** A failure that the user can do something about: one line that says what, where and what to do. */
export class CliFailure extends Error {
  readonly status: number;

  constructor(message: string, status: number = exitStatus.usage) {
    super(message);
    this.name = 'CliFailure';
    this.status = status;
  }
}
