/** @module Scenarios: two sections of one handle, at once and one after the other. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_A, remote } from './set-up.js';

export const sectionsOnTwoCpus = kcovScenario({
  name: 'sections-on-two-cpus',
  checks: 'Two sections of one handle on two CPUs have a buffer each, of which one is there from an earlier section, and both deliver.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3, words: 6 }), { task: 'kthread', operations: [remoteStart(HANDLE_A), remoteStop()] }],
  actors: [task('kthread', [remoteStart(HANDLE_A), hit(1), remoteStop()]), task('other', [remoteStart(HANDLE_A), hit(2), remoteStop()], { cpu: 1 })],
});

export const afterSection = kcovScenario({
  name: 'after-a-section',
  checks: 'Code that runs after its section is over leaves the buffer to the section that has it now.',
  cpus: 2,
  devices: ['A'],
  setUp: [remote('owner', 'A', { handle: HANDLE_A, areaWords: 3, words: 6 }), { task: 'kthread', operations: [remoteStart(HANDLE_A), remoteStop()] }],
  actors: [task('kthread', [hit(1)]), task('other', [remoteStart(HANDLE_A), hit(2), remoteStop(), hit(3)], { cpu: 1 })],
});
