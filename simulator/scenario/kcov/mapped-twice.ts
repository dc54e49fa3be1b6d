/** @module Scenario: the area is mapped a second time. */
import { close, disable, enable, hit, initTrace, mmap, open } from '../../kcov/operations.js';
import { AREA_WORDS, kcovScenario, task } from '../kcov-scenario.js';

export const mappedTwice = kcovScenario({
  name: 'mapped-twice',
  checks: 'Every mmap() that succeeds gives the user the pages of the area.',
  devices: ['A'],
  actors: [task('task', [
    open('A'), initTrace('A', AREA_WORDS), mmap('A', AREA_WORDS), mmap('A', AREA_WORDS), enable('A'), hit(1), disable('A'), close('A'),
  ])],
});
