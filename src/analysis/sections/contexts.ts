/**
 * @module The contexts a driver's function runs in, where what is seen makes them certain: its signature together with
 * what it does or where it is registered. Facts from include/linux/{interrupt,timer,hrtimer,netdevice,usb}.h, v5.5 to v6.12.
 * Leaves out what only callers far away could tell: then nothing is said.
 */
import type { ContextKind } from '../../../simulator/machine/state.js';
import { printType } from '../../../simulator/ir/print-expression.js';
import type { FunctionDef } from '../../../simulator/ir/program.js';
import { walkStatement, calledName } from '../walk.js';

export interface RunsIn {
  /** It runs in one of these and in no other. */
  readonly kinds: readonly ContextKind[];
  /** Why, as part of a sentence: "it is a tasklet". */
  readonly why: string;
}

/** Calls that show that a function asks for its context itself. */
const ASKS = /^(?:in_task|in_interrupt|in_softirq|in_serving_softirq|in_irq|in_hardirq|in_nmi|in_atomic|irqs_disabled|preemptible|irq_count)$/u;
/** Calls that sleep: the function is a threaded handler or runs in a task besides. */
const SLEEPS = /^(?:mutex_lock(?:_interruptible|_killable)?|msleep(?:_interruptible)?|usleep_range|fsleep|schedule|might_sleep|wait_for_completion\w*|down|down_(?:read|write)|synchronize_rcu|cancel_work_sync|vmalloc|flush_work)$/u;

/** Null where it is not certain. `text`: all that is seen of the file. */
export function contextOf(def: FunctionDef, text: string): RunsIn | null {
  const calls = callsIn(def);
  if (calls.some((name) => ASKS.test(name) || SLEEPS.test(name))) return null;
  return irqHandler(def, text) ?? tasklet(def, text, calls) ?? timer(def, text, calls) ?? napi(def) ?? urbCallback(def, text);
}

function callsIn(def: FunctionDef): string[] {
  const names: string[] = [];
  for (const s of def.body) {
    walkStatement(s, (expr) => {
      const name = calledName(expr);
      if (name !== null) names.push(name);
    });
  }
  return names;
}

function typesOf(def: FunctionDef): string[] {
  return def.params.map((p) => printType(p.type).replace(/\s+/gu, ' ').trim());
}

/** Whether the text gives the function to one of some calls, as the argument at an index. */
function isGivenTo(text: string, name: string, to: { readonly calls: RegExp; readonly argument: number }): boolean {
  for (const found of text.matchAll(to.calls)) {
    const args = argumentsAt(text, (found.index ?? 0) + found[0].length);
    if (args[to.argument]?.replace(/^&/u, '') === name) return true;
  }
  return false;
}

/** Arguments from behind an opening parenthesis; cut where the text ends. */
function argumentsAt(text: string, from: number): string[] {
  const args = [''];
  let depth = 0;
  for (const c of text.slice(from, from + 500)) {
    if (c === ')' && depth-- === 0) break;
    if (c === '(') depth++;
    if (c === ',' && depth === 0) args.push('');
    else args[args.length - 1] += c;
  }
  return args.map((a) => a.trim());
}

function irqHandler(def: FunctionDef, text: string): RunsIn | null {
  const returns = printType(def.returns).trim();
  if (returns !== 'irqreturn_t' && returns !== 'enum irqreturn') return null;
  const asThread = isGivenTo(text, def.name, { calls: /\brequest_threaded_irq\s*\(/gu, argument: 2 }) || isGivenTo(text, def.name, { calls: /\bdevm_request_threaded_irq\s*\(/gu, argument: 3 });
  if (asThread || /thread|_thr\b|bottom|_bh\b/iu.test(def.name)) return null;
  const asHandler = isGivenTo(text, def.name, { calls: /\brequest_(?:threaded_)?irq\s*\(/gu, argument: 1 }) || isGivenTo(text, def.name, { calls: /\bdevm_request_(?:threaded_)?irq\s*\(/gu, argument: 2 });
  const wakes = /\bIRQ_WAKE_THREAD\b/u.test(JSON.stringify(def.body, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
  const byName = !/\brequest_\w*irq\s*\(/u.test(text) && /_(?:isr|hardirq|interrupt|intr)$/u.test(def.name);
  if (asHandler || wakes || byName) return { kinds: ['hardirq'], why: 'it is an interrupt handler' };
  return null;
}

function tasklet(def: FunctionDef, text: string, calls: readonly string[]): RunsIn | null {
  const [type, ...others] = typesOf(def);
  const bySignature = type === 'struct tasklet_struct *' && others.length === 0 && (calls.includes('from_tasklet') || calls.includes('container_of'));
  const registered = isGivenTo(text, def.name, { calls: /\btasklet_(?:init|setup)\s*\(/gu, argument: 1 }) || isGivenTo(text, def.name, { calls: /\bDECLARE_TASKLET(?:_OLD|_DISABLED)?\s*\(/gu, argument: 1 });
  return bySignature || registered ? { kinds: ['softirq'], why: 'it is a tasklet' } : null;
}

function timer(def: FunctionDef, text: string, calls: readonly string[]): RunsIn | null {
  const [type, ...others] = typesOf(def);
  if (type === 'struct hrtimer *' && others.length === 0 && printType(def.returns).trim() === 'enum hrtimer_restart') {
    return { kinds: ['softirq', 'hardirq'], why: 'it is the callback of an hrtimer' };
  }
  const bySignature = type === 'struct timer_list *' && others.length === 0 && (calls.includes('from_timer') || calls.includes('timer_container_of'));
  const registered = isGivenTo(text, def.name, { calls: /\b(?:__)?(?:timer_setup(?:_on_stack)?|setup_timer)\s*\(/gu, argument: 1 }) || isGivenTo(text, def.name, { calls: /\bDEFINE_TIMER\s*\(/gu, argument: 1 });
  return bySignature || registered ? { kinds: ['softirq'], why: 'it is the callback of a timer' } : null;
}

function napi(def: FunctionDef): RunsIn | null {
  const types = typesOf(def);
  const fits = types.length === 2 && types[0] === 'struct napi_struct *' && types[1] === 'int' && printType(def.returns).trim() === 'int';
  return fits ? { kinds: ['softirq'], why: 'it is the poll function of NAPI' } : null;
}

/** Completion of an URB: in a softirq or, with host controllers that do not defer it, in a hardirq. */
function urbCallback(def: FunctionDef, text: string): RunsIn | null {
  const [type, ...others] = typesOf(def);
  if (type !== 'struct urb *' || others.length > 0) return null;
  const filled = [/\busb_fill_int_urb\s*\(/gu, /\busb_fill_bulk_urb\s*\(/gu].some((calls) => isGivenTo(text, def.name, { calls, argument: 5 }));
  const control = isGivenTo(text, def.name, { calls: /\busb_fill_control_urb\s*\(/gu, argument: 6 });
  const assigned = new RegExp(`(?:->|\\.)complete\\s*=\\s*&?${def.name}\\s*;`, 'u').test(text);
  return filled || control || assigned ? { kinds: ['softirq', 'hardirq'], why: 'it is the completion callback of an URB' } : null;
}
