/**
 * @module The kcov of Linux v5.16, between the sections in softirqs of v5.8 and the areas of INIT_TRACE of v5.18:
 * kernel/kcov.c, blob 36ca640c4f8e. What it has in common with v5.5 and v6.12 is theirs.
 */
import { file } from '../../ir/build.js';
import type { KcovModel } from '../model.js';
import { moveArea } from '../v6.12/move-area.js';
import { commonHandle } from '../v6.12/remote.js';
import { fileOperationsTable } from '../v6.12/file.js';
import { uapiHeader } from '../v6.12/uapi-header.js';
import { data } from './data.js';
import { fileOperations } from './file.js';
import { init } from './init.js';
import { ioctl } from './ioctl.js';
import { kcovHeader } from './kcov-header.js';
import { remoteStart, remoteStop, savedState } from './remote.js';
import { remoteTable } from './remote-table.js';
import { schedHeader } from './sched-header.js';
import { taskState } from './task.js';
import { trace } from './trace.js';

export const kcovV516: KcovModel = {
  version: 'v5.16',
  blob: '36ca640c4f8e',
  dialect: 'v5.5',
  files: [
    uapiHeader, kcovHeader, schedHeader,
    file('kernel/kcov.c', [
      ...data, ...remoteTable, ...trace, ...taskState, ...fileOperations, ...ioctl, fileOperationsTable, ...savedState,
      remoteStart, moveArea, remoteStop, commonHandle, ...init,
    ]),
  ],
};
