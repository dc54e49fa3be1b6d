/** @module Scenario: a hardirq without a section arrives during a section of a softirq. */
import { hit, remoteStart, remoteStop } from '../../kcov/operations.js';
import { interrupt, kcovScenario, task } from '../kcov-scenario.js';
import { HANDLE_B, remote } from './set-up.js';

export const hardirqOnSoftirqSection = kcovScenario({
  name: 'hardirq-on-softirq-section',
  checks: 'Coverage of a hardirq that arrives during a section of a softirq is not credited to the section.',
  devices: ['B'],
  setUp: [remote('owner', 'B', { handle: HANDLE_B })],
  actors: [task('task', []), interrupt('softirq', [remoteStart(HANDLE_B), hit(1), remoteStop()]), interrupt('hardirq', [hit(2)])],
  sectionsIn: ['softirq'],
});
