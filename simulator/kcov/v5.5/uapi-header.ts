/** @module include/uapi/linux/kcov.h (v5.5): the list of handles is an array of length 0. */
import type { Program } from '../../ir/program.js';
import { uapiHeaderWith } from '../uapi-header.js';

export const uapiHeader: Program = uapiHeaderWith(0);
