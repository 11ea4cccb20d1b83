/** Ectopy put at random into healthy hearts: no such record has fibrillation, whatever the detector says. */
import { repeatableNumbers } from '../methods/repeatable-numbers.js';

type Made = (next: () => number, usual: number) => readonly number[];

/** What an ectopic beat puts in the place of one usual interval. */
const KINDS: Readonly<Record<string, Made>> = {
  'ventricular, pause compensates': (next, usual) => {
    const early = 0.5 + 0.2 * next();
    return [usual * early, usual * (2 - early)];
  },
  'ventricular, pause too long': (next, usual) => [usual * (0.6 + 0.15 * next()), usual * (1.45 + 0.15 * next())],
  'atrial, sinus node reset': (next, usual) => [usual * (0.55 + 0.3 * next()), usual * (1 + 0.15 * next())],
  'atrial runs of 3 to 7': (next, usual) => {
    const run = Array.from({ length: 3 + Math.floor(5 * next()) }, () => usual * (0.5 + 0.1 * next()));
    return [...run, usual * 1.2];
  },
};

export interface MadeEctopy {
  readonly kind: string;
  /** Share of the usual intervals replaced. */
  readonly share: number;
  /** Beat times, seconds. */
  readonly beats: readonly number[];
}

/** Each kind at 5, 10 and 20 % of the intervals. */
export function* madeEctopy(intervals: readonly number[], seed: number): Iterable<MadeEctopy> {
  for (const [kind, make] of Object.entries(KINDS))
    for (const share of [0.05, 0.1, 0.2]) {
      const next = repeatableNumbers(seed);
      const beats = [0];
      for (const usual of intervals)
        for (const interval of next() < share ? make(next, usual) : [usual]) beats.push(beats.at(-1)! + interval);
      yield { kind, share, beats };
    }
}
