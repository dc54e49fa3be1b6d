/** @module When two violations are the same: property, the statements on the stacks, and the kinds of context. No line numbers. */
import { printStatementHead } from '../ir/print.js';
import type { Code } from '../machine/code.js';
import type { ContextRef, FrameRef, Violation } from '../machine/violation.js';
import type { Scenario } from '../scenario/scenario.js';

/** One frame as "function: statement". */
export function frameText(code: Code, frame: FrameRef): string {
  const f = code.functions[frame.functionIndex];
  const instruction = f?.instructions[frame.pc];
  const statement = instruction ? f?.statements[instruction.statement] : undefined;
  return `${f?.name ?? '?'}: ${statement ? printStatementHead(statement) : ''} ${instruction?.op ?? ''} ${instruction?.text ?? ''}`.trim();
}

function contextText<G>(code: Code, scenario: Scenario<G>, context: ContextRef): string {
  const operation = scenario.actors[context.actor]?.operations[context.operation]?.label ?? '';
  return `${context.kind} ${operation} ${context.frames.map((frame) => frameText(code, frame)).join(' > ')}`;
}

/** A key for telling violations of one scenario apart. */
export function violationKey<G>(code: Code, scenario: Scenario<G>, violation: Violation): string {
  const contexts = [...violation.interrupted, violation.at].map((context) => contextText(code, scenario, context));
  return [violation.property, violation.detail, ...contexts].join('\n');
}
