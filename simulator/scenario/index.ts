/** @module All scenarios of kcov, in the order in which they are searched and shown. */
import type { KcovScenario } from './kcov-scenario.js';
import { allocationFailure } from './kcov/allocation-failure.js';
import { callsOfAnother, callsWhenEnabled, callsWhenInitialised, callsWhenMapped, callsWhenOpen, callsWhenRemote, callsWithHandles, callsWithWrongHandles } from './kcov/calls-in-states.js';
import { closedWhileEnabled, closedWhileRemote } from './kcov/closed-while-enabled.js';
import { commonHandle, inheritedHandle } from './kcov/common-handle.js';
import { comparisons, fullComparisons, switches } from './kcov/comparisons.js';
import { softirqInSwitch, switchInSection, switchInTrace } from './kcov/context-switch.js';
import { deviceLifecycle } from './kcov/device-lifecycle.js';
import { earlyIrqInComparison, earlyIrqInSection, earlyIrqInSoftirqSection, earlyIrqInTrace, earlyIrqWhenFull, earlyIrqWhileSwitched } from './kcov/early-irq.js';
import { enabledAgain } from './kcov/enabled-again.js';
import { childRuns, forkAndExit, takenOver } from './kcov/fork-and-exit.js';
import { execWhileEnabled, exitInterrupted, handlesGivenOn } from './kcov/given-on.js';
import { hardirqOnSoftirqSection } from './kcov/hardirq-on-softirq-section.js';
import { changedArgument, hostileComparisons, hostileCount, hostileSection, hostileSectionOfComparisons } from './kcov/hostile-user.js';
import { interruptedSection, interruptedTrace } from './kcov/interrupted-trace.js';
import { forksAnywhere, killedAnywhere, killedInSoftirq, killedOwner } from './kcov/killed.js';
import { mappedTwice } from './kcov/mapped-twice.js';
import { interruptedSoftirqSection, nestedHits, sectionsAtEachLevel } from './kcov/nested-to-the-full.js';
import { nestedInSoftirq, nestedSections, noHandle, sectionOfTraced } from './kcov/misused-sections.js';
import { nestedInterruptSections } from './kcov/nested-interrupt-sections.js';
import { ownCommandInSection, ownCommandOfAnother, ownCommandsAtOnce, ownCommandWhenOpen, ownCommandWhenReady, ownCommandWhenTraced } from './kcov/own-commands.js';
import { ownerLeavesHardirq } from './kcov/owner-leaves-hardirq.js';
import { ownerLeavesKthread } from './kcov/owner-leaves-kthread.js';
import { ownerLeavesSoftirq } from './kcov/owner-leaves-softirq.js';
import { rtSectionInTrace, rtTwoSections, rtTwoSectionsSerial } from './kcov/rt-sections.js';
import { sectionInHardirq } from './kcov/section-in-hardirq.js';
import { sectionInKthread } from './kcov/section-in-kthread.js';
import { sectionInSoftirq } from './kcov/section-in-softirq.js';
import { sectionSizes } from './kcov/section-sizes.js';
import { sectionsOfOneHandle } from './kcov/sections-of-one-handle.js';
import { afterSection, sectionsOnTwoCpus } from './kcov/sections-on-two-cpus.js';
import { sectionLargerThanArea, softirqInComparisons, softirqSizes } from './kcov/sizes-of-sections.js';
import { softirqInOwner } from './kcov/softirq-in-owner.js';
import { softirqInSection } from './kcov/softirq-in-section.js';
import { commonHandleInInterrupts, softirqByCommonHandle, softirqInExit, softirqsAroundDisable, softirqWhileEnabled } from './kcov/softirq-of-the-owner.js';
import { traceOffAndOn } from './kcov/trace-off-and-on.js';
import { twoDevices } from './kcov/two-devices.js';
import { enabledAtOnce, initialisedAtOnce, mappedAtOnce, mappedWhileEnabled } from './kcov/two-tasks-one-file.js';
import { unknownHandleInSoftirq } from './kcov/unknown-handle-in-softirq.js';
import { wrongCalls } from './kcov/wrong-calls.js';
import { readerBesideComparisons, readerBesideSection, readerBesideSoftirq } from './kcov/reader-beside-section.js';

export type { KcovScenario } from './kcov-scenario.js';

export const scenarios: readonly KcovScenario[] = [
  deviceLifecycle, mappedTwice, wrongCalls, callsWhenOpen, callsWhenInitialised, callsWhenMapped, callsWithWrongHandles, callsWithHandles, callsWhenEnabled, callsWhenRemote, callsOfAnother,
  initialisedAtOnce, enabledAtOnce, mappedAtOnce, mappedWhileEnabled, twoDevices, handlesGivenOn, takenOver, forkAndExit, childRuns, closedWhileEnabled, execWhileEnabled, comparisons, switches, commonHandle, inheritedHandle, commonHandleInInterrupts, allocationFailure, interruptedTrace, traceOffAndOn, exitInterrupted, switchInTrace, switchInSection,
  sectionInKthread, interruptedSection, nestedSections, noHandle, sectionOfTraced, sectionSizes, sectionLargerThanArea, fullComparisons, sectionsOnTwoCpus, afterSection, ownerLeavesKthread, closedWhileRemote, enabledAgain,
  sectionInSoftirq, sectionInHardirq, softirqInSection, softirqInOwner, softirqInSwitch, unknownHandleInSoftirq,
  nestedInSoftirq, sectionsOfOneHandle, softirqsAroundDisable, softirqWhileEnabled, softirqInExit, softirqByCommonHandle, softirqSizes, softirqInComparisons, hardirqOnSoftirqSection, nestedInterruptSections, ownerLeavesSoftirq, ownerLeavesHardirq,
  earlyIrqInTrace, earlyIrqInComparison, earlyIrqWhenFull, earlyIrqWhileSwitched, earlyIrqInSection, earlyIrqInSoftirqSection,
  hostileCount, hostileComparisons, hostileSection, hostileSectionOfComparisons, changedArgument,
  killedAnywhere, killedOwner, killedInSoftirq, forksAnywhere,
  nestedHits, interruptedSoftirqSection, sectionsAtEachLevel,
  readerBesideSection, readerBesideComparisons, readerBesideSoftirq,
  ownCommandWhenOpen, ownCommandWhenReady, ownCommandWhenTraced, ownCommandsAtOnce, ownCommandOfAnother, ownCommandInSection,
  rtSectionInTrace, rtTwoSections, rtTwoSectionsSerial,
];
