/** @module The TypeScript models of kcov, by kernel version. */
import type { KcovModel } from './model.js';
import { kcovV516 } from './v5.16/index.js';
import { kcovV55 } from './v5.5/index.js';
import { kcovV612 } from './v6.12/index.js';

export type { KcovModel, LaterChange } from './model.js';
export { laterSchedHeader } from './task-struct.js';
export { kcovV516 } from './v5.16/index.js';
export { kcovV55 } from './v5.5/index.js';
export { kcovV612 } from './v6.12/index.js';

/** All models, oldest first. */
export const kcovModels: readonly KcovModel[] = [kcovV55, kcovV516, kcovV612];
