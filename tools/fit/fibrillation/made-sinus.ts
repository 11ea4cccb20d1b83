/**
 * Healthy sinus rhythm made from its parts, where recordings of strong swings are few: the interval follows breathing (respiratory
 * sinus arrhythmia; breaths that differ in length and depth, sighs), pressure waves near 0.1 Hz, slow wandering, and in sleepers with
 * apnea cycles of 20 to 60 s (slow while the breath is held, fast at the arousal). A few ectopic and missed beats; times on the grid of a recorder.
 */
import { repeatableNumbers } from '../methods/repeatable-numbers.js';

export type SinusKind = 'breathing' | 'irregular breathing' | 'apnea';

/** Ranges that each person is drawn from: s, share of the mean interval for `swing`, coefficient of variation of breaths. */
const PEOPLE: Readonly<
  Record<SinusKind, Readonly<Record<'interval' | 'swing' | 'length' | 'depth' | 'jitter', readonly [number, number]>>>
> = {
  breathing: { interval: [0.75, 1.25], swing: [0.12, 0.5], length: [0.04, 0.3], depth: [0.1, 0.5], jitter: [0, 0.012] },
  'irregular breathing': {
    interval: [0.85, 1.4],
    swing: [0.25, 0.6],
    length: [0.2, 0.6],
    depth: [0.3, 0.6],
    jitter: [0, 0.025],
  },
  apnea: { interval: [0.75, 1.25], swing: [0.12, 0.5], length: [0.04, 0.3], depth: [0.1, 0.5], jitter: [0, 0.012] },
};
/** Samples per second of the interval that a beat would have now. */
const GRID = 20;
const INSPIRATION = 0.4;

class Draws {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = repeatableNumbers(seed);
    // Seeds side by side begin alike.
    for (let i = 0; i < 10; i++) this.next();
  }

  between([from, to]: readonly [number, number]): number {
    return from + (to - from) * this.next();
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  of<T>(values: readonly T[]): T {
    return values[Math.min(values.length - 1, Math.floor(values.length * this.next()))]!;
  }

  /** Normal, mean 0, deviation 1 (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Noise that forgets in `memory` steps, of deviation `size`. */
  wandering(steps: number, memory: number, size: number): Float64Array {
    const kept = Math.exp(-1 / memory);
    const out = new Float64Array(steps);
    let value = size * this.normal();
    for (let i = 0; i < steps; i++) {
      out[i] = value;
      value = kept * value + size * Math.sqrt(1 - kept * kept) * this.normal();
    }
    return out;
  }
}

/** Adds waves end to end: `wave` gives length (s), size, and shape over its phase 0..1. */
function addWaves(
  out: Float64Array,
  wave: () => { readonly length: number; readonly size: number },
  shape: (phase: number) => number,
): void {
  for (let from = 0; from < out.length;) {
    const { length, size } = wave();
    const samples = Math.max(2, Math.round(length * GRID));
    for (let i = 0; i < samples && from + i < out.length; i++) out[from + i]! += size * shape(i / samples);
    from += samples;
  }
}

/** The heart speeds up while breathing in and slows down, for longer, while breathing out: -0.5..0.5. */
function breath(phase: number): number {
  return phase < INSPIRATION
    ? Math.cos((Math.PI * phase) / INSPIRATION) / 2
    : -Math.cos((Math.PI * (phase - INSPIRATION)) / (1 - INSPIRATION)) / 2;
}

/** Slower while the breath is held, then quickly faster, and back: -0.4..0.6. */
function apnea(phase: number): number {
  if (phase < 0.6) return (phase / 0.6) ** 1.5 - 0.4;
  return 0.6 - Math.sin((Math.PI / 2) * Math.min(1, (phase - 0.6) / 0.15));
}

/** The interval (s) that a beat would have, `GRID` times a second. */
function intervalCourse(draws: Draws, kind: SinusKind, seconds: number): Float64Array {
  const people = PEOPLE[kind];
  const usual = draws.between(people.interval);
  const swing = draws.between(people.swing) * Math.min(1, usual);
  const breathsPerSecond = draws.between([0.12, 0.4]);
  const [length, depth] = [draws.between(people.length), draws.between(people.depth)];
  const out = new Float64Array(seconds * GRID).fill(usual);
  const drift = draws.wandering(Math.ceil(seconds * 2), 40, draws.between([0, 0.15]));
  let breaths = 0;
  addWaves(
    out,
    () => {
      const sigh = draws.chance(0.01) ? 1.7 : 1;
      const slower = Math.exp(drift[breaths++ % drift.length]! + length * draws.normal());
      return {
        length: Math.min(20, (sigh * slower) / breathsPerSecond),
        size: sigh * swing * Math.max(0.05, 1 + depth * draws.normal()),
      };
    },
    breath,
  );
  const pressure = draws.between([0.005, 0.05]);
  const rate = draws.wandering(out.length, 3 * GRID, 0.001);
  let phase = 0;
  rate.forEach((offset, i) => {
    phase += (2 * Math.PI * (0.1 + 10 * offset)) / GRID;
    out[i]! += pressure * Math.sin(phase);
  });
  for (const memory of [10, 60, 300])
    draws.wandering(out.length, memory * GRID, draws.between([0.01, 0.04])).forEach((each, i) => (out[i]! += each));
  if (kind === 'apnea') {
    const [cycle, size] = [draws.between([20, 60]), draws.between([0.1, 0.45]) * usual];
    addWaves(
      out,
      () => ({
        length: cycle * Math.exp(0.15 * draws.normal()),
        size: size * Math.max(0.2, 1 + 0.3 * draws.normal()),
      }),
      apnea,
    );
  }
  return out.map((each) => Math.min(2.2, Math.max(0.4, each)));
}

/** Beat times (s) of one made person; the same seed (1 to 2^31 - 2) gives the same ones. */
export function madeSinus(kind: SinusKind, seed: number, seconds = 1500): readonly number[] {
  const draws = new Draws(seed);
  const course = intervalCourse(draws, kind, seconds);
  const jitter = draws.between(PEOPLE[kind].jitter);
  const ectopic = draws.of([0, 0, 0.002, 0.01]);
  const missed = draws.of([0, 0, 0.001, 0.003]);
  const perSecond = draws.of([125, 250, 500, 1000]);
  const at = (time: number): number => course[Math.min(course.length - 1, Math.floor(time * GRID))]!;
  const beats = [0];
  for (let time = 0; time < seconds - 3;) {
    const begun = at(time) + jitter * draws.normal();
    // About the mean of the interval's course over the interval.
    const interval = Math.max(0.3, (begun + at(time + begun)) / 2);
    if (draws.chance(ectopic)) {
      beats.push(time + interval * draws.between([0.5, 0.75]));
      time += 2 * interval;
    } else time += interval;
    if (!draws.chance(missed)) beats.push(time);
  }
  return beats.map((each) => Math.round(each * perSecond) / perSecond);
}
