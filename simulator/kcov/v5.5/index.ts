/** @module The kcov of Linux v5.5, the base of the thread this project is measured by: kernel/kcov.c, blob f50354202dbe. */
import { file } from '../../ir/build.js';
import type { KcovModel } from '../model.js';
import { data } from './data.js';
import { fileOperations, fileOperationsTable } from './file.js';
import { init } from './init.js';
import { ioctl } from './ioctl.js';
import { kcovHeader } from './kcov-header.js';
import { remoteSections } from './remote.js';
import { remoteTable } from './remote-table.js';
import { schedHeader } from './sched-header.js';
import { taskState } from './task.js';
import { trace } from './trace.js';
import { uapiHeader } from './uapi-header.js';

export const kcovV55: KcovModel = {
  version: 'v5.5',
  blob: 'f50354202dbe',
  dialect: 'v5.5',
  files: [
    uapiHeader, kcovHeader, schedHeader,
    file('kernel/kcov.c', [
      ...data, ...remoteTable, ...trace, ...taskState, ...fileOperations, ...ioctl, fileOperationsTable, ...remoteSections,
      ...init,
    ]),
  ],
};
