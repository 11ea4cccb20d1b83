import { refuse, type ModelRefusal } from '#libs/domain/forecasting';
import type { PersonInputs, Reading } from './person-inputs.js';

/** A value as it was known at the time of the branch, in its canonical unit. */
export interface RecordedValue {
  readonly code: 'glucose' | 'insulin-bolus' | 'insulin-basal-rate' | 'carbohydrate-intake' | 'exercise-intensity';
  /** Effective time, ms. */
  readonly t: number;
  readonly x: number;
  /** 0 good, 1 doubtful, 2 bad. */
  readonly quality: 0 | 1 | 2;
  /** Whose value it is: its device, of a value without one its source. */
  readonly source: string;
}

export interface RecordedHistory {
  /** Of one source, up to the beginning of the branch, ascending. */
  readonly glucose: readonly Reading[];
  /** Up to the end of the branch: what is dated later than its beginning was recorded since, or is planned. */
  readonly inputs: PersonInputs;
  /** By how much another sensor differs from the one used, mg/dL; 0: by no more than sensors do. */
  readonly disagreement: number;
  /** Whether it differs so much that nobody can say which is right. */
  readonly isInConflict: boolean;
  readonly counts: readonly { readonly code: RecordedValue['code']; readonly count: number; readonly newest: number }[];
  readonly warnings: readonly string[];
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** A stated intensity of exercise holds until the next, at most so long. */
const EXERCISE_HOLDS = 4 * HOUR;
/** A basal rate older than this may have been changed without a record of it. */
const BASAL_OLD = 24 * HOUR;
/** Sensors at the same time that differ by more than this share of their mean disagree (ISO 15197:2013 §6.3.3 asks meters for 15 %; two of them differ by √2 times that). */
const DISAGREEMENT = 0.21;
/** Beyond both nobody can say which sensor is right; a share of the lower value, so that it does not matter which is used. As `glucose-forecast` has it. */
const CONFLICT = { mgPerDl: 60, share: 0.5 } as const;

/**
 * What a model is given: values of good and doubtful quality. Of several glucose sources the one with most readings in the three hours before the
 * branch is used, since a mean of two sensors is neither. A basal rate holds until the next.
 *
 * @param values as known, ascending by time
 * @param until end of the branch, ms
 */
export function recordedHistory(
  values: readonly RecordedValue[],
  from: number,
  until: number,
): RecordedHistory | ModelRefusal {
  const usable = values.filter(({ quality, t }) => quality !== 2 && t < until);
  const readings = usable.filter(({ code, t }) => code === 'glucose' && t <= from);
  if (readings.length === 0)
    return refuse('no-data', 'No glucose value of usable quality is known before the beginning.');
  const source = mainSource(readings, from);
  const glucose = readings
    .filter((reading) => reading.source === source)
    .map(({ t, x }) => ({ t, mgPerDl: x }))
    .filter(({ t }, i, all) => i === all.length - 1 || all[i + 1]!.t !== t);
  const of = (code: RecordedValue['code']): readonly RecordedValue[] => usable.filter((value) => value.code === code);
  const rates = of('insulin-basal-rate');
  const inputs: PersonInputs = {
    boluses: of('insulin-bolus').map(({ t, x }) => ({ t, units: x })),
    basal: held(rates, until, Infinity).map((s) => ({ from: s.from, until: s.until, unitsPerHour: s.rate })),
    carbohydrates: of('carbohydrate-intake').map(({ t, x }) => ({ t, grams: x })),
    exercise: held(of('exercise-intensity'), until, EXERCISE_HOLDS)
      .filter(({ rate }) => rate > 0)
      .map((s) => ({ from: s.from, until: s.until, percent: s.rate })),
  };
  const counted = usable.filter((value) => value.code !== 'glucose');
  const kept = [...counted, ...readings.filter((reading) => reading.source === source)];
  return {
    glucose,
    inputs,
    disagreement: disagreementOf(readings, source, from) ?? 0,
    isInConflict: (farApart(readings, source, from) ?? []).some(isConflict),
    counts: countsOf(kept),
    warnings: [...sensorWarnings(readings, source, from), ...basalWarnings(rates, from), ...doubtfulWarnings(usable)],
  };
}

/** All glucose readings of the source that is used, those of bad quality too; ascending, up to `from` (ms). */
export function readingsOfMainSource(values: readonly RecordedValue[], from: number): readonly RecordedValue[] {
  const readings = values.filter(({ code, t }) => code === 'glucose' && t <= from);
  const usable = readings.filter(({ quality }) => quality !== 2);
  if (readings.length === 0) return [];
  const source = mainSource(usable.length === 0 ? readings : usable, from);
  return readings.filter((reading) => reading.source === source);
}

/** Whether sensors disagree in the half hour before `from`, ms. */
export function sensorsDisagree(values: readonly RecordedValue[], from: number): boolean {
  const readings = values.filter(({ code, t, quality }) => code === 'glucose' && t <= from && quality !== 2);
  return readings.length > 0 && (disagreementOf(readings, mainSource(readings, from), from) ?? 0) > 0;
}

function mainSource(readings: readonly RecordedValue[], from: number): string {
  const recent = readings.filter(({ t }) => t > from - 3 * HOUR);
  const counts = new Map<string, number>();
  for (const { source } of recent) counts.set(source, (counts.get(source) ?? 0) + 1);
  let best = readings.at(-1)!.source;
  for (const [source, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    if (count > (counts.get(best) ?? 0)) best = source;
  return best;
}

/** Each value holds until the next one or for `longest`; of several at one time the last counts. */
function held(
  values: readonly RecordedValue[],
  until: number,
  longest: number,
): readonly { readonly from: number; readonly until: number; readonly rate: number }[] {
  return values
    .map(({ t, x }, i) => ({ from: t, until: Math.min(values[i + 1]?.t ?? until, t + longest, until), rate: x }))
    .filter((segment) => segment.until > segment.from);
}

/** The greatest difference of readings of one moment in the last half hour that is more than sensors differ by, mg/dL; 0: none is; null: there is one source. */
function disagreementOf(readings: readonly RecordedValue[], source: string, from: number): number | null {
  const pairs = farApart(readings, source, from);
  return pairs === null ? null : Math.max(0, ...pairs.map(differenceOf));
}

type Pair = readonly [own: number, other: number];

function differenceOf([own, other]: Pair): number {
  return Math.abs(own - other);
}

function isConflict(pair: Pair): boolean {
  return differenceOf(pair) > Math.max(CONFLICT.mgPerDl, CONFLICT.share * Math.min(...pair));
}

/** Readings of one moment in the last half hour that differ by more than sensors do; null: there is one source. */
function farApart(readings: readonly RecordedValue[], source: string, from: number): readonly Pair[] | null {
  const recent = readings.filter(({ t }) => t > from - 30 * MINUTE);
  const own = recent.filter((reading) => reading.source === source);
  const others = recent.filter((reading) => reading.source !== source);
  if (others.length === 0) return null;
  return others.flatMap(({ t, x }) =>
    own.filter((mine) => Math.abs(mine.t - t) <= 5 * MINUTE && isFar(mine.x, x)).map((mine): Pair => [mine.x, x]),
  );
}

function isFar(x: number, y: number): boolean {
  return Math.abs(x - y) > (DISAGREEMENT * (x + y)) / 2;
}

function sensorWarnings(readings: readonly RecordedValue[], source: string, from: number): readonly string[] {
  const disagreement = disagreementOf(readings, source, from);
  if (disagreement === null) return [];
  return disagreement > 0
    ? [
        `Two glucose sources disagree by ${Math.round(disagreement)} mg/dL, more than 21 %, in the last 30 minutes; the one with more readings is used, and the bands are wider.`,
      ]
    : ['Several glucose sources are recorded; the one with most readings is used.'];
}

function basalWarnings(rates: readonly RecordedValue[], from: number): readonly string[] {
  const newest = rates.findLast(({ t }) => t <= from);
  if (newest === undefined || from - newest.t <= BASAL_OLD) return [];
  return ['The newest basal rate is older than 24 hours and is taken to hold.'];
}

/** A dose of doubtful quality, such as one that was recorded twice, counts: too much insulin on board is the safer error. */
function doubtfulWarnings(usable: readonly RecordedValue[]): readonly string[] {
  const doses = ['insulin-bolus', 'carbohydrate-intake'] as const;
  return doses.flatMap((code) => {
    const n = usable.filter((value) => value.code === code && value.quality === 1).length;
    return n === 0 ? [] : [`${n} recorded ${code} of doubtful quality, such as one recorded twice: counted as given.`];
  });
}

function countsOf(values: readonly RecordedValue[]): RecordedHistory['counts'] {
  const codes = [
    'glucose',
    'insulin-bolus',
    'insulin-basal-rate',
    'carbohydrate-intake',
    'exercise-intensity',
  ] as const;
  return codes.flatMap((code) => {
    const of = values.filter((value) => value.code === code);
    return of.length === 0 ? [] : [{ code, count: of.length, newest: Math.max(...of.map(({ t }) => t)) }];
  });
}
