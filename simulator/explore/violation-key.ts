/**
 * @module When two violations are the same: property, the statements on the stacks, and the kinds of context. No line
 * numbers. The key tells violations of one search apart; the likeness is what must stay when a schedule is made simpler.
 */
import { printStatementHead } from '../ir/print.js';
import type { Code } from '../machine/code.js';
import type { ContextRef, FrameRef, Violation } from '../machine/violation.js';
import type { Scenario } from '../scenario/scenario.js';

/** By function, then pc. */
const texts = new WeakMap<Code, string[][]>();

/** One frame as "function: statement". */
export function frameText(code: Code, frame: FrameRef): string {
  const ofCode = texts.get(code) ?? [];
  texts.set(code, ofCode);
  const ofFunction = (ofCode[frame.functionIndex] ??= []);
  return (ofFunction[frame.pc] ??= frameTextOf(code, frame));
}

function frameTextOf(code: Code, frame: FrameRef): string {
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

/** Where a violation is: property, detail, and the context that violates with all its frames, whomever it interrupted. Every level of reduction finds the same ones. */
export function violationPoint<G>(code: Code, scenario: Scenario<G>, violation: Violation): string {
  return [violation.property, violation.detail, contextText(code, scenario, violation.at)].join('\n');
}

function innermost<G>(code: Code, scenario: Scenario<G>, context: ContextRef): string {
  const frame = context.frames.at(-1);
  const operation = scenario.actors[context.actor]?.operations[context.operation]?.label ?? '';
  return `${context.kind} ${frame ? frameText(code, frame) : operation}`;
}

/**
 * What a simpler schedule must show again: property, the statement that violates, and of the context it interrupted the kind
 * and the statement. Callers, numbers and letters of objects may differ, and so may what is interrupted further out: where
 * the same comes about without it, it plays no part.
 */
export function likeness<G>(code: Code, scenario: Scenario<G>, violation: Violation): string {
  const contexts = [...violation.interrupted.slice(-1), violation.at].map((context) => innermost(code, scenario, context));
  return [violation.property, violation.detail.replace(/\d+/gu, '#'), ...contexts].join('\n');
}

/**
 * What counts as the same where the interrupted task has not moved at all: what it was doing plays no part then. Only its
 * kind is left of it.
 */
export function likenessAnywhere<G>(code: Code, scenario: Scenario<G>, violation: Violation): string {
  const detail = violation.detail.replace(/\d+/gu, '#');
  return [violation.property, detail, violation.interrupted.at(-1)?.kind ?? '', innermost(code, scenario, violation.at)].join('\n');
}
