/**
 * @module The kcov of Linux v6.12, the long-term version after v6.6: kernel/kcov.c of stable 6.12.117, as Debian's
 * linux-source-6.12 has it, blob c3a840133029. ./differences.ts has what changed since the tag.
 */
import { file } from '../../ir/build.js';
import type { KcovModel } from '../model.js';
import { data } from './data.js';
import { differences } from './differences.js';
import { fileOperations, fileOperationsTable } from './file.js';
import { init } from './init.js';
import { ioctl } from './ioctl.js';
import { kcovHeader } from './kcov-header.js';
import { moveArea } from './move-area.js';
import { commonHandle, remoteStart, remoteStop, savedState } from './remote.js';
import { remoteTable } from './remote-table.js';
import { schedHeader } from './sched-header.js';
import { taskState } from './task.js';
import { trace } from './trace.js';
import { uapiHeader } from './uapi-header.js';

export const kcovV612: KcovModel = {
  version: 'v6.12',
  blob: 'c3a840133029',
  dialect: 'v5.18',
  differences,
  files: [
    uapiHeader, kcovHeader, schedHeader,
    file('kernel/kcov.c', [
      ...data, ...remoteTable, ...trace, ...taskState, ...fileOperations, ...ioctl, fileOperationsTable, ...savedState,
      remoteStart, moveArea, remoteStop, commonHandle, ...init,
    ]),
  ],
};
