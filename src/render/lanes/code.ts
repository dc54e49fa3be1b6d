/** @module The C beside a picture: for each function that runs the statements that were seen to run, each with the steps that run it. */
import { inWords } from '../trace-row.js';
import type { LanesPicture, Step } from './picture.js';

export interface CodeLine {
  readonly text: string;
  /** Numbers of the steps, ascending. */
  readonly steps: readonly number[];
  /** It goes wrong here. */
  readonly isWrong: boolean;
}

export interface CodeFunction {
  readonly name: string;
  readonly path: string;
  /** Steps that enter or leave it without a statement. */
  readonly steps: readonly number[];
  readonly lines: readonly CodeLine[];
}

/** Statements of one function by its lines where all are known, else in the order in which they first ran. */
function linesOf(steps: readonly Step[]): CodeLine[] {
  const withText = steps.filter(({ row }) => row.text !== '');
  const texts = [...new Set(withText.map(({ code }) => code))];
  const lineOf = (text: string): number => withText.find(({ code }) => code === text)?.row.place.line ?? 0;
  if (withText.every(({ row }) => row.place.line !== null)) texts.sort((a, b) => lineOf(a) - lineOf(b));
  return texts.map((text) => {
    const own = withText.filter(({ code }) => code === text);
    return { text, steps: own.map(({ number }) => number), isWrong: own.some(({ note }) => note !== '') };
  });
}

/** Functions in the order in which they first run. */
export function codeOfPicture({ steps }: LanesPicture): CodeFunction[] {
  const names = [...new Set(steps.map(({ row }) => row.place.function || row.function))].filter((name) => name !== '');
  return names.map((name) => {
    const own = steps.filter(({ row }) => (row.place.function || row.function) === name);
    return { name: inWords(name), path: own[0]?.row.place.path ?? '', steps: own.filter(({ row }) => row.text === '').map(({ number }) => number), lines: linesOf(own) };
  });
}
