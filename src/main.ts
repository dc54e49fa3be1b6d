#!/usr/bin/env node
/**
 * @module The composition root of the command line: the real streams, environment and clock, and the end of the process.
 * A reader that goes away (EPIPE) ends it quietly, as with other tools.
 */
import type { Io, Output } from './cli/io.js';
import { runCli } from './cli/run.js';

/** Signals' convention for a process whose reader closed the pipe. */
const PIPE_STATUS = 0;

/** A process stream as a command sees it. */
function outputOf(stream: NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? PIPE_STATUS);
    process.stderr.write(`kcovet: output: ${error.message}: free some space or write elsewhere\n`);
    process.exit(2);
  });
  return {
    write: (text) => { stream.write(text); },
    isTerminal: stream.isTTY === true,
    columns: stream.isTTY ? stream.columns : undefined,
  };
}

const io: Io = {
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  stdin: process.stdin,
  stdinIsTerminal: process.stdin.isTTY === true,
  env: process.env,
  now: () => performance.now(),
  untilStopped: () => new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  }),
};

process.exitCode = await runCli(process.argv.slice(2), io);
