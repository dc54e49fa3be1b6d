/** @module What searches are measured by and against: the scenario of the thread's patch, and SPIN on any scenario of ours. */
export { givenMissing, givenModel } from './given-model.js';
export { measure } from './measure.js';
export type { Measured } from './measure.js';
export { runPan, spinMissing } from './spin.js';
export type { PanOptions, PanRun } from './spin.js';
export { ONCE, STATES, threadPatchCode, threadPatchScenario, TRANSITIONS } from './thread-patch.js';
export type { Arrivals, Size } from './thread-patch.js';
