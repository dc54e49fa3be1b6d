/**
 * @module A counterexample as a C program for user space: one file that needs nothing but a kernel with kcov, takes the same course
 * there, and says whether the property is violated.
 */
import { coursesOf } from './course.js';
import type { Counterexample, Course } from './course.js';
import { headingText } from './heading.js';
import type { Told } from './heading.js';
import type { Setting } from './noted.js';
import { planOf } from './plan.js';
import type { Plan, Turn } from './plan.js';
import { calls, device, uapi } from './runtime/devices.js';
import { checkedHit, count, fill, hits, plainHit, recording, room } from './runtime/hits.js';
import { pages, race, results, tasks, turns, verdict } from './runtime/verdict.js';
import { log, main, memory, watched } from './runtime/watch.js';
import { signOf } from './sign.js';
import type { Shown, Sign } from './sign.js';
import { canStore, kernelWords, resultText, taskName } from './step.js';
import type { Scale } from './step.js';
import { isTelling } from './telling.js';
import { raceResult, threadsText } from './threads.js';

/** A program, or what is needed beyond user space, as a noun phrase. */
export type Program = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/** For whoever only asks whether there is a program. */
const NOTHING_TOLD: Told = { question: '', subject: '', base: '', schedule: '' };

/** What a program is made of. */
interface Parts {
  readonly plan: Plan;
  readonly shown: Shown;
  readonly scale: Scale;
}

const INCLUDES = [
  'dirent', 'errno', 'fcntl', 'limits', 'pthread', 'sched', 'setjmp', 'signal', 'stdarg', 'stdatomic', 'stdint', 'stdio', 'stdlib', 'string', 'sys/ioctl', 'sys/mman', 'sys/prctl', 'sys/syscall', 'sys/wait',
  'time', 'unistd',
];

/** Pages of a kernel for a page of the model: more where what is lost is to be seen, or an area is not to be full; fewer are tried more often. */
const PAGES_EACH: Readonly<Record<Sign, number>> = { result: 8, pages: 8, log: 8, memory: 64, records: 64 };

/** Limits of a program, in seconds and times. */
const LIMIT = { race: 30, other: 10, hang: 10, raceTimes: 1_000_000, logTimes: 64 };
/** Of what measures memory. */
const MEMORY = { few: 4, many: 256, slabKib: 128, objectBytes: 48 };

const turnsOf = (plan: Plan): readonly Turn[] => plan.rounds.flatMap((round) => round.turns);
const isRace = (plan: Plan): boolean => plan.firstRace !== null;
const hasHits = (plan: Plan): boolean => turnsOf(plan).some(({ step }) => step?.uses === 'hit');
/** Whether it shows nothing where no code is instrumented. */
const needsHits = ({ plan, shown: { sign } }: Pick<Parts, 'plan' | 'shown'>): boolean => hasHits(plan) && (sign === 'records' || sign === 'log');

/** The counterexample's results of all that was under way at once. */
function asFound(plan: Plan): string {
  const known = turnsOf(plan).flatMap((turn) => (turn.race && turn.step?.result && turn.call.result !== null ? [`${raceResult(turn, plan)} == ${resultText(turn.call.result)}`] : []));
  return known.length === 0 ? '1' : known.join(' && ');
}

/** What is asked of the violating call beyond what every program can. */
function signObstacle({ plan, shown, scale }: Parts, course: Course | undefined): string | null {
  const { marked } = course ?? {};
  if (turnsOf(plan).some(({ call }) => !canStore(call, scale))) return 'a value in the area that an area of another size has no like of';
  if (marked && !plan.marked && marked.deed?.does !== 'exit') return 'code that runs while a task exits';
  if (shown.sign === 'result' && (!plan.marked || plan.marked.call.allowed.length === 0)) return 'a result that user space does not see';
  if (shown.sign === 'result' && !plan.marked?.race && plan.marked?.call.allowed.includes(plan.marked.call.result ?? NaN)) return 'a result that is wrong only beside another one';
  if (shown.sign === 'records' && marked && marked.deed?.does !== 'hit') return 'records that user space cannot tell from others';
  return null;
}

/** Constants that the fixed text is compiled with. */
function constantsText({ plan, shown, scale }: Parts): string {
  const marked = shown.sign === 'result' && plan.marked && !plan.marked.race ? plan.marked.number : -1;
  const limit = isRace(plan) ? LIMIT.race : LIMIT.other;
  const defines: [string, number | string][] = [
    ['DEVICES', plan.devices.length], ['MARKED', marked], ['FIRST_RACE', plan.firstRace ?? 'INT_MAX'], ['LIMIT_SECONDS', shown.sign === 'memory' ? 2 * limit : limit], ['HANG_SECONDS', LIMIT.hang],
  ];
  const areas = turnsOf(plan).flatMap(({ call: { deed } }) => (deed?.does === 'init' ? [kernelWords(deed.words, scale)] : []));
  if (shown.sign === 'memory') {
    defines.push(['AREA_WORDS', Math.max(512, Math.min(...areas))], ['FEW_TIMES', MEMORY.few], ['MANY_TIMES', MEMORY.many], ['SLAB_KIB', MEMORY.slabKib], ['OBJECT_BYTES', MEMORY.objectBytes]);
  }
  return defines.map(([name, value]) => `#define ${name} ${value}\n`).join('');
}

function objectsText({ plan }: Parts): string {
  const names = [...new Set(plan.rounds.flatMap((round) => round.tasks))];
  const raced = turnsOf(plan).flatMap((turn) => (turn.race && turn.step?.result ? [raceResult(turn, plan)] : []));
  return [
    `static struct device ${plan.devices.join(', ')};`, `static struct device *const devices[DEVICES] = { ${plan.devices.map((d) => `&${d}`).join(', ')} };`,
    ...(raced.length === 0 ? [] : [`static long ${raced.join(', ')};`]), '',
  ].join('\n') + `\n${tasks}\n${names.map((name, i) => `static struct task ${taskName(name)} = { .number = ${i + 1} };\n`).join('')}`;
}

/** Whether a program can run at all, and how often it tries. */
function triedText({ plan, shown }: Parts): string {
  const times = isRace(plan) ? LIMIT.raceTimes : shown.sign === 'log' ? LIMIT.logTimes : 1;
  const prepare = needsHits({ plan, shown }) ? ['\tpthread_t thread;', '', '\tif (pthread_create(&thread, NULL, records, NULL) == 0)', '\t\tpthread_join(thread, NULL);'] : [];
  const hint = shown.needs.length > 0 ? `; a kernel says more with ${shown.needs.join(', ')}` : '';
  return [
    '/* Before the first time, in the process that takes the course. */', 'static void prepare(void)', '{', ...prepare, '}', '', watched, ...(shown.sign === 'memory' ? [memory] : []),
    'static int tried(void)', '{', '\tint status;', '', '\tif (access(KCOV_FILE, R_OK | W_OK))', '\t\tconclude(CANNOT, "%s: %s: this needs CONFIG_KCOV=y, debugfs mounted, and root", KCOV_FILE, strerror(errno));',
    ...(isRace(plan) ? ['\tif (cpus < 2)', '\t\tconclude(CANNOT, "two tasks at once need two CPUs");'] : []),
    '\topen_log();', ...(shown.sign === 'log' ? ['\tif (kmsg < 0)', '\t\tconclude(CANNOT, "/dev/kmsg: %s: the kernel log shows it", strerror(errno));'] : []),
    shown.sign === 'memory' ? '\tstatus = grows();' : `\tstatus = taken(${times}, limit_seconds);`,
    '\tif (status == NOT_SHOWN)', `\t\tsnprintf(verdict->says, sizeof(verdict->says), "%d times, and all was as it must be${hint}", atomic_load(&verdict->times));`, '\treturn status;', '}', '',
  ].join('\n');
}

function bodyText(parts: Parts): string {
  const { plan, shown } = parts;
  const used = new Set(turnsOf(plan).map(({ step }) => step?.uses ?? ''));
  const checked = shown.sign === 'records';
  const withHits = hasHits(plan);
  const fills = turnsOf(plan).some(({ call }) => call.full);
  const needed = (name: string): boolean => used.has(name) || name === 'close' || (needsHits(parts) && ['open', 'init', 'mmap', 'enable', 'disable'].includes(name));
  const wording = {
    plan,
    callText: ({ call, step }: Turn): string => (shown.sign === 'pages' && call.deed?.does === 'mmap' && step ? step.text.replace(/^kcov_mmap\(&(\w+), (.*), (\d+)\)$/u, 'touched(&$1, $2, $&)') : (step?.text ?? '')),
    remark: (turn: Turn): string => (turn === plan.marked && shown.sign === 'result' ? `\t/* here: ${turn.call.result === null ? '?' : resultText(turn.call.result)} */` : ''),
  };
  const inRace = shown.sign === 'result' && plan.marked?.race;
  const atEnd = inRace ? ['\tif (as_found())', `\t\tconclude(SHOWN, "${asFoundWords(plan)}");`] : [];
  const judged = turnsOf(plan).some(({ race: one, step, call }) => !one && step?.result && call.allowed.length > 0);
  return [
    uapi, constantsText(parts), device, ...Object.entries(calls).filter(([name]) => needed(name)).map(([, text]) => text), verdict, objectsText(parts), turns,
    ...(withHits ? [hits, ...(fills || checked || needsHits(parts) ? [count] : []), ...(fills || checked ? [room] : []), ...(fills ? [fill] : []), checked ? checkedHit : plainHit, ...(needsHits(parts) ? [recording] : [])] : []),
    ...(shown.sign === 'pages' ? [pages] : []), ...(isRace(plan) ? [race] : []),
    ...(judged || inRace ? [`/* Whether what was under way at once came out as in the counterexample. */\nstatic int as_found(void)\n{\n\treturn ${asFound(plan)};\n}\n`] : []),
    ...(judged ? [results] : []), threadsText(wording, atEnd), log, triedText(parts), main,
  ].join('\n');
}

/** The results of a race as people read them. */
function asFoundWords(plan: Plan): string {
  const known = turnsOf(plan).flatMap(({ race: one, step, call }) => (one && step?.result && call.result !== null ? [`${call.label} returns ${resultText(call.result)}`] : []));
  return `${known.join(', ')}: not all of it may be`;
}

/** The program that shows a counterexample, or why there is none; `other`: the side that does not have it, null where it is not known. */
export function programOf(counterexample: Counterexample, told: Told | null, other: Pick<Setting, 'code' | 'contract'> | null): Program {
  const shown = signOf(counterexample.property);
  if (!shown) return { ok: false, why: `what no kernel shows: ${counterexample.property}` };
  const courses = coursesOf(counterexample);
  if (!courses.ok) return courses;
  const scale = { pageWords: Number(counterexample.scenario.constants['PAGE_SIZE'] ?? 16) / 8, pagesEach: PAGES_EACH[shown.sign], code: counterexample.code };
  const plan = planOf(courses.courses, scale);
  const why = signObstacle({ plan, shown, scale }, courses.courses.at(-1));
  if (why !== null) return { ok: false, why };
  const [last] = courses.courses.slice(-1);
  if (shown.sign === 'result' && isRace(plan) && !(last && other && isTelling(last, counterexample.scenario, other))) return { ok: false, why: 'an order of two calls that their results do not tell' };
  const needs = [...(needsHits({ plan, shown }) ? ['CONFIG_KCOV_INSTRUMENT_ALL=y'] : []), ...shown.needs];
  const includes = INCLUDES.map((name) => `#include <${name}.h>\n`).join('');
  return { ok: true, text: `${headingText(told ?? NOTHING_TOLD, { ...shown, needs })}\n#define _GNU_SOURCE\n${includes}\n${bodyText({ plan, shown, scale })}` };
}
