/** @module C text: a function for each task with its steps in order, and the course in which they take turns. */
import type { Plan, Round, Turn } from './plan.js';
import { resultText, taskName } from './step.js';

/** What a program makes of a call. */
export interface Wording {
  readonly plan: Plan;
  /** The call as C, with what is looked at beside its result. */
  readonly callText: (turn: Turn) => string;
  /** Behind a step, '' for nothing. */
  readonly remark: (turn: Turn) => string;
}

/** The variable that keeps a result of a race. */
export const raceResult = (turn: Turn, plan: Plan): string => `r${plan.rounds.flatMap((round) => round.turns).indexOf(turn)}`;

const allowedText = ({ call }: Turn): string => [...new Set(call.allowed)].map(resultText).join(', ');

/** A call by itself. */
function stepLines(turn: Turn, { callText, remark }: Wording): string[] {
  const { number, step, call } = turn;
  const lines = call.full ? [`\t/* The area is full. */`, `\tturn(${number});`, `\tfill();`] : [];
  const judged = step?.result === true && call.allowed.length > 0;
  return [...lines, `\t${judged ? `CALL(${number}, ${callText(turn)}, ${allowedText(turn)})` : `STEP(${number}, ${callText(turn)})`};${remark(turn)}`];
}

/** Calls of one task in a race. */
function raceLines(turns: readonly Turn[], { plan, callText, remark }: Wording): string[] {
  const [first] = turns;
  if (!first?.race) return [];
  const { number, race: { place, tasks } } = first;
  const calls = turns.flatMap((turn) => {
    if (turn.step === null) return [];
    const fill = turn.call.full ? ['\tfill();'] : [];
    return [...fill, `\t${turn.step.result ? `${raceResult(turn, plan)} = ` : ''}${callText(turn)};${remark(turn)}`];
  });
  const exits = turns.some(({ step }) => step === null);
  return [`\tmeet(${number}, ${place}, ${tasks});`, ...calls, ...(exits ? [] : [`\tpart(${number}, ${tasks});`])];
}

/** Turns of one number together. */
function byNumber(turns: readonly Turn[]): Turn[][] {
  const numbers = [...new Set(turns.map(({ number }) => number))];
  return numbers.map((number) => turns.filter((turn) => turn.number === number));
}

function taskLines(task: string, round: Round, wording: Wording): string[] {
  const own = byNumber(round.turns.filter(({ by }) => by === task));
  const ends = own.at(-1)?.some(({ step }) => step === null) === true;
  const lines = own.flatMap((turns) => (turns[0]?.race ? raceLines(turns, wording) : turns.flatMap((turn) => (turn.step ? stepLines(turn, wording) : []))));
  const last = own.at(-1)?.[0];
  const waits = !ends ? ['\tpthread_barrier_wait(&over);'] : last && !last.race ? [`\tturn(${last.number});\t/* exits */`] : [];
  return [
    `static void *${taskName(task)}_run(void *unused)`, '{', '\t(void)unused;', `\tself = ${taskName(task)}.number;`, ...lines,
    ...waits, '\treturn NULL;', '}', '',
  ];
}

/** What the process does: begins tasks, waits for those that exit, and does what is done behind their exit. */
function courseLines(round: Round, name: string, wording: Wording): string[] {
  const { plan } = wording;
  const first = round.tasks.filter((task) => !round.children.has(task));
  const exiting = new Set(round.turns.flatMap(({ step, call }) => (step === null ? [call.task] : [])));
  const lines = round.turns.flatMap((turn) => {
    if (turn.step === null) return [`\tended(&${taskName(turn.call.task)});`, `\t${turn.race ? `part(${turn.number}, ${turn.race.tasks})` : `next(${turn.number})`};`];
    return turn.by === null ? (turn.race ? raceLines([turn], wording) : stepLines(turn, wording)) : [];
  });
  return [
    `static void ${name}(void)`, '{', ...plan.devices.map((device) => `\t${device} = (struct device){ .fd = -1 };`), `\tatomic_store(&verdict->now, ${round.turns[0]?.number ?? round.end});`,
    `\tpthread_barrier_init(&over, NULL, ${round.tasks.length - exiting.size + 1});`, ...first.map((task) => `\tbegin(&${taskName(task)}, ${taskName(task)}_run);`), ...lines, '\tpthread_barrier_wait(&over);',
    ...round.tasks.filter((task) => !exiting.has(task)).map((task) => `\tended(&${taskName(task)});`),
  ];
}

/** All tasks and courses, and `course()`, which takes them in order; `atEnd`: C statements behind each. */
export function threadsText(wording: Wording, atEnd: readonly string[]): string {
  const { rounds, devices } = wording.plan;
  const many = rounds.length > 1;
  const name = (i: number): string => (many ? `course_${i + 1}` : 'course');
  const closing = devices.map((device) => `\tkcov_close(&${device});`);
  const text = rounds.flatMap((round, i) => [
    ...(i === 0 ? [] : round.tasks.flatMap((task) => [`#define ${taskName(task)}_run ${taskName(task)}_run_${i + 1}`])),
    ...round.tasks.flatMap((task) => taskLines(task, round, wording)), ...courseLines(round, name(i), wording), ...atEnd, ...closing, '}', '',
    ...(i === 0 ? [] : round.tasks.map((task) => `#undef ${taskName(task)}_run`)),
  ]);
  const all = many ? ['static void course(void)', '{', ...rounds.map((_, i) => `\t${name(i)}();`), '}', ''] : [];
  return [...text, ...all].join('\n');
}
