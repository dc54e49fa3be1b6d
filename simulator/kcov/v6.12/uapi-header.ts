/** @module include/uapi/linux/kcov.h (v6.12): the list of handles is a flexible array. */
import type { Program } from '../../ir/program.js';
import { uapiHeaderWith } from '../uapi-header.js';

export const uapiHeader: Program = uapiHeaderWith();
