/** @module All rules, in the order in which they ask. */
import type { Rule } from '../src/analysis/rule.js';
import { atomicAllocation } from './atomic-allocation.js';
import { atomicWithoutContender } from './atomic-without-contender.js';
import { boolInCallback } from './bool-in-callback.js';
import { branchOfOneContext } from './branch-of-one-context.js';
import { changedBehaviour } from './changed-behaviour.js';
import { deadlock } from './deadlock.js';
import { doubleFetch } from './double-fetch.js';
import { earlyCount } from './early-count.js';
import { fixWithoutStable } from './fix-without-stable.js';
import { foreignIrqFlags } from './foreign-irq-flags.js';
import { globalWithoutDeclaration } from './global-without-declaration.js';
import { interruptedSwitch } from './interrupted-switch.js';
import { invalidAccess } from './invalid-access.js';
import { irqsLeftOff } from './irqs-left-off.js';
import { leak } from './leak.js';
import { lockWithoutInit } from './lock-without-init.js';
import { lostCoverage } from './lost-coverage.js';
import { lostMarking } from './lost-marking.js';
import { lostState } from './lost-state.js';
import { misplacedCoverage } from './misplaced-coverage.js';
import { outOfLineHelper } from './out-of-line-helper.js';
import { reachableWarning } from './reachable-warning.js';
import { missingInclude } from './missing-include.js';
import { needlessNullCheck } from './needless-null-check.js';
import { nestedSection } from './nested-section.js';
import { recordedInterrupter } from './recorded-interrupter.js';
import { redundantPreemptGuard } from './redundant-preempt-guard.js';
import { refutedClaim } from './refuted-claim.js';
import { releaseInInterrupt } from './release-in-interrupt.js';
import { sectionInRefusedContext } from './section-in-refused-context.js';
import { sectionWithoutHandle } from './section-without-handle.js';
import { shortSection } from './short-section.js';
import { sleepInAtomic } from './sleep-in-atomic.js';
import { splitPerCpuState } from './split-per-cpu-state.js';
import { staleInclude } from './stale-include.js';
import { uapiLayout } from './uapi-layout.js';
import { uapiNumber } from './uapi-number.js';
import { unbalancedCount } from './unbalanced-count.js';
import { unbalancedSection } from './unbalanced-section.js';
import { undeclaredName } from './undeclared-name.js';
import { unsafeLocking } from './unsafe-locking.js';
import { unusedInclude } from './unused-include.js';
import { wrongResult } from './wrong-result.js';

export const rules: readonly Rule[] = [
  interruptedSwitch, lostState, recordedInterrupter, invalidAccess, deadlock, unsafeLocking, leak, unbalancedCount, sleepInAtomic,
  lostCoverage, misplacedCoverage, earlyCount, shortSection, foreignIrqFlags, irqsLeftOff, reachableWarning, wrongResult, changedBehaviour,
  refutedClaim,
  releaseInInterrupt, lostMarking, doubleFetch, atomicAllocation, atomicWithoutContender, redundantPreemptGuard, branchOfOneContext, splitPerCpuState, unusedInclude, staleInclude, missingInclude,
  globalWithoutDeclaration, lockWithoutInit, uapiLayout, uapiNumber,
  outOfLineHelper, boolInCallback, needlessNullCheck, undeclaredName,
  unbalancedSection, nestedSection, sectionInRefusedContext, sectionWithoutHandle, fixWithoutStable,
];
