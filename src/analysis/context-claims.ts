/**
 * @module What a changelog says about the contexts in which functions run: "kcov_start() is only called from tasks". A few
 * forms of one sentence are understood, in the present tense and without conditions; every other sentence is nothing.
 */
import type { ContextKind } from '../../simulator/machine/state.js';

export interface ContextClaim {
  readonly function: string;
  /** `only`: nowhere but in `contexts`; `never`: not in `contexts`; the others: whenever it is entered. */
  readonly form: 'only' | 'never' | 'irqs-off' | 'preemption-off';
  /** [] for the forms that are not about contexts. */
  readonly contexts: readonly ContextKind[];
}

/** Characters of a changelog that are read, and of one sentence. */
const TEXT_MAX = 100_000;
const SENTENCE_MAX = 300;

/** Conditions, wishes, the past, and what is about to change: the sentence is not about the patched code as it is. */
const HEDGED = new RegExp(`\\b(?:${[
  'if', 'unless', 'when', 'whenever', 'until', 'while', 'once', 'except', 'but', 'although', 'though', 'however', 'than', 'or not', 'should', 'shall', 'must', 'might', 'may', 'could', 'would', 'wants?', 'expects?',
  'expected', 'supposed', 'assum\\w*', 'suppose', 'claims?', 'was', 'were', 'had', 'did', 'used to', 'been', 'before', 'previous\\w*', 'former\\w*', 'old', 'current\\w*', 'today', 'so far', 'until now', 'yet',
  'right now', 'at the moment', 'no longer', 'any ?more', 'usual\\w*', 'normal\\w*', 'mostly', 'typical\\w*', 'often', 'sometimes', 'general\\w*', 'seems?', 'probably', 'likely', 'presumably', 'without', 'not only', 'not always',
].join('|')})\\b|n't (?:only|always)\\b|\\?`, 'iu');

const NAME = '[A-Za-z_]\\w{2,63}';
const NAMES = `${NAME}\\(\\)(?:(?:, | and | or |, and )${NAME}\\(\\)){0,3}`;
const LEAD = '(?:[Ss]ince |[Aa]s |[Bb]ecause |[Nn]ow |[Nn]ote that |[Tt]he function )?';
const RUNS = '(?:called|invoked|used|run|executed|entered)';
const CONTEXT = '(?:(?:process|task|kthread|kernel thread|user|syscall|(?:hard|soft) ?(?:irq|IRQ)|(?:hard|soft) interrupt|nmi|NMI|interrupt|irq|IRQ)(?:e?s)?(?: contexts?| handlers?)?)';
const CONTEXTS = `(?:an? |the )?(${CONTEXT}(?:(?:, | and | or |/)(?:an? |from |in )?${CONTEXT}){0,3})`;
const END = '(?=$|[,;:.]| and | so )';

interface Form {
  readonly form: ContextClaim['form'];
  readonly pattern: RegExp;
}

const form = (kind: ContextClaim['form'], what: string): Form => ({ form: kind, pattern: new RegExp(`^${LEAD}(${NAMES}) ${what}${END}`, 'u') });
const IN = '(?:from|in|within|by)';
const IRQS_OFF = '(?:local )?(?:interrupts|irqs|IRQs) (?:are )?(?:disabled|off|masked)';
const PREEMPTION_OFF = 'preemption (?:is )?(?:disabled|off)';

const FORMS: readonly Form[] = [
  form('only', `(?:is|are) (?:only|always|exclusively) ${RUNS} ${IN} ${CONTEXTS}`),
  form('only', `(?:is|are) ${RUNS} (?:only|always|exclusively) ${IN} ${CONTEXTS}`),
  form('only', `(?:only|always) (?:runs?|executes?) ${IN} ${CONTEXTS}`),
  form('only', `(?:runs?|executes?) (?:only|always|exclusively) ${IN} ${CONTEXTS}`),
  form('never', `(?:is never|are never|is not|are not|isn't|aren't) ${RUNS} ${IN} ${CONTEXTS}`),
  form('never', `(?:never runs?|never executes?|does not run|do not run|doesn't run|don't run) ${IN} ${CONTEXTS}`),
  form('irqs-off', `(?:(?:is|are) (?:always |only )?${RUNS}|(?:always )?runs?) with ${IRQS_OFF}`),
  form('preemption-off', `(?:(?:is|are) (?:always |only )?${RUNS}|(?:always )?runs?) with ${PREEMPTION_OFF}`),
];

/** Each function's claims, in the order of the text. */
export function contextClaims(message: string): ContextClaim[] {
  return sentencesOf(message.slice(0, TEXT_MAX)).flatMap((sentence) => {
    if (HEDGED.test(sentence)) return [];
    for (const { form: kind, pattern } of FORMS) {
      const match = pattern.exec(sentence);
      if (match) return claimsOf(match, kind);
    }
    return [];
  });
}

/** Sentences of the prose: no trailers, quotes, or what is indented, such as stack traces. */
function sentencesOf(message: string): string[] {
  const paragraphs = message.split(/\n[ \t]*\n/u).map((p) => p.split('\n').filter((line) => !/^(?:\s{2,}|\t|>|\[|[A-Z][\w-]{1,30}: )/u.test(line)).map((line) => line.trim()).join(' '));
  return paragraphs.flatMap((p) => p.split(/(?<=[.!?;]) /u)).map((s) => s.trim()).filter((s) => s.length > 0 && s.length <= SENTENCE_MAX);
}

function claimsOf(match: RegExpExecArray, kind: ContextClaim['form']): ContextClaim[] {
  const names = (match[1] ?? '').match(/\w{3,}(?=\(\))/gu) ?? [];
  const contexts = kind === 'only' || kind === 'never' ? kindsIn(match[2] ?? '', kind) : [];
  return names.map((name) => ({ function: name, form: kind, contexts }));
}

/** "interrupt" is a softirq or a hardirq; whether it is an NMI, too, is understood in favour of who wrote it. */
function kindsIn(text: string, kind: 'only' | 'never'): ContextKind[] {
  const interrupts: ContextKind[] = kind === 'only' ? ['softirq', 'hardirq', 'nmi'] : ['softirq', 'hardirq'];
  const parts = text.toLowerCase().split(/, | and | or |\//u);
  const all = parts.flatMap((part): ContextKind[] => {
    if (/^(?:an? |from |in )?soft/u.test(part)) return ['softirq'];
    if (/^(?:an? |from |in )?hard/u.test(part)) return ['hardirq'];
    if (part.includes('nmi')) return ['nmi'];
    if (/interrupt|irq/u.test(part)) return interrupts;
    return ['task'];
  });
  return [...new Set(all)];
}
