/** Time that each reading of a sensor represents, so that metrics weigh time and not the number of readings. */

const MINUTE = 60_000;
/** Two readings this close with values this alike are one reading that came twice (two apps, other rounding of time or unit). */
const COPY_MS = 30_000;
const COPY_MGDL = 2;
/** So many steps in a row, alike within a tenth, are a pace. */
const RUN = 3;
const ALIKE = 0.1;
/** A step of more than this many paces is a pause. */
const PAUSE = 1.5;
/** Maximum time that a reading represents, however slow the pace: the slowest sensors store a value every quarter of an hour. */
const LONGEST = 20 * MINUTE;
/** Where no pace is to be seen. */
const USUAL = 5 * MINUTE;

export interface StandingReading {
  /** ms since 1970 */
  readonly t: number;
  readonly mgdl: number;
  /** Time from `t` on that it represents, ms. */
  readonly stands: number;
}

/**
 * Readings (in any order) without copies, each with the time that it represents: until the next one; before a pause for the pace before it. A
 * step is a pause when it is more than one and a half times the nearest pace on either side, at most 20 min. Of several values of one
 * moment the last given counts.
 */
export function standing(given: readonly { readonly t: number; readonly mgdl: number }[]): readonly StandingReading[] {
  const readings = withoutCopies(given);
  const times = readings.map(({ t }) => t);
  const steps = stepsOver(times, 1);
  const own = pacesOf(steps);
  // Two sensors in turn have a pace in every second reading.
  const paces = own.some((pace) => pace !== undefined) ? own : pacesOf(stepsOver(times, 2));
  const before = nearest(paces);
  const after = nearest(paces.toReversed()).toReversed();
  return readings.map(({ t, mgdl }, i) => {
    const earlier = i === 0 ? undefined : before[i - 1];
    const pace = Math.max(earlier ?? 0, after[i] ?? 0);
    const step = steps[i];
    const goesOn = step !== undefined && step <= PAUSE * (pace === 0 ? USUAL : pace);
    return { t, mgdl, stands: Math.min(LONGEST, goesOn ? step : (earlier ?? after[i] ?? steps[i - 1] ?? USUAL)) };
  });
}

function withoutCopies(given: readonly { readonly t: number; readonly mgdl: number }[]) {
  const byTime = new Map(given.map(({ t, mgdl }) => [t, mgdl]));
  const readings: { readonly t: number; readonly mgdl: number }[] = [];
  for (const t of [...byTime.keys()].sort((a, b) => a - b)) {
    const mgdl = byTime.get(t)!;
    const last = readings.at(-1);
    const isCopy = last !== undefined && t - last.t <= COPY_MS && Math.abs(mgdl - last.mgdl) <= COPY_MGDL;
    if (!isCopy) readings.push({ t, mgdl });
  }
  return readings;
}

function stepsOver(times: readonly number[], readings: number): readonly number[] {
  return times.slice(readings).map((t, i) => t - times[i]!);
}

/** By place the step, where it is one of a run of steps that are alike. */
function pacesOf(steps: readonly number[]): readonly (number | undefined)[] {
  const paces: (number | undefined)[] = steps.map(() => undefined);
  for (let from = 0; from < steps.length;) {
    let to = from + 1;
    while (to < steps.length && Math.abs(steps[to]! - steps[from]!) <= ALIKE * steps[from]!) to++;
    if (to - from >= RUN) for (let i = from; i < to; i++) paces[i] = steps[i];
    from = to;
  }
  return paces;
}

/** By place the last one that is there, up to it. */
function nearest(paces: readonly (number | undefined)[]): readonly (number | undefined)[] {
  let last: number | undefined;
  return paces.map((pace) => (last = pace ?? last));
}
