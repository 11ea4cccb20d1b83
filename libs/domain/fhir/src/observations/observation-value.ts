import type { Comparator, WireSample } from '#libs/contracts';
import { judge, toCanonical, type Measure } from '#libs/domain/quantities';
import { numberAt, objectAt, textAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';
import { readSampledData, type Point, type Series } from './sampled-data.js';
import type { UnmeasuredReason } from '../clinical/unmeasured.js';

const UCUM = 'http://unitsofmeasure.org';
const HOUR = 3_600_000;
/** Longest spacing of a waveform, and of single values (ms): what the wearable gateway accepts, and a month. */
const MAX_WAVE_PERIOD = HOUR;
const MAX_VALUE_PERIOD = 31 * 24 * HOUR;
/** Values of one measurement, so that it stays far below the largest record of the log. */
const MAX_VALUES = 20_000;

/** What is the same for an observation and its components. */
export interface Frame {
  /** ms since 1970 */
  readonly at: number;
  /** What claims to be later has no plausible time. */
  readonly latest: number;
  readonly device: string | undefined;
  /** Preliminary: measured, but doubtful. */
  readonly unverified: boolean;
}

/** `at` is the path below the observation or component: `.valueQuantity`. */
type Note = (reason: UnmeasuredReason, at: string) => void;

/** The samples of one value, and why parts of it gave none. */
export function valueSamples(
  element: JsonObject,
  measure: Measure,
  frame: Frame,
  id: string,
  note: Note,
): readonly WireSample[] {
  const value = Object.keys(element).find((name) => /^value[A-Z]/.test(name));
  if ('dataAbsentReason' in element) {
    note('value-absent', '.dataAbsentReason');
    return [];
  }
  const sampled = objectAt(element, 'valueSampledData');
  if (sampled !== undefined) return seriesSamples(sampled, measure, frame, id, note);
  const quantity = objectAt(element, 'valueQuantity');
  if (quantity === undefined) {
    note(value === undefined ? 'value-missing' : 'value-not-a-quantity', value === undefined ? '' : `.${value}`);
    return [];
  }
  const sample = quantitySample(quantity, measure, frame, id);
  if (typeof sample !== 'string') return [sample];
  note(sample, '.valueQuantity');
  return [];
}

/** The identifiers that a value's samples may have. */
export function valueIdentifiers(element: JsonObject, measure: Measure, id: string): readonly string[] {
  const sampled = objectAt(element, 'valueSampledData');
  const series = sampled === undefined ? undefined : readSampledData(sampled);
  if (series === undefined || !series.ok) return [id];
  if (measure.shape === 'waveform') return [id, ...runsOf(series).map(({ suffix }) => id + suffix)];
  return [id, ...(series.dimensions[0] ?? []).slice(0, MAX_VALUES).map((_, place) => `${id}@${place}`)];
}

function quantitySample(
  quantity: JsonObject,
  measure: Measure,
  frame: Frame,
  id: string,
): WireSample | UnmeasuredReason {
  const value = numberAt(quantity, 'value');
  if (value === undefined) return 'value-missing';
  if (measure.shape === 'waveform') return 'value-not-a-quantity';
  const comparator = textAt(quantity, 'comparator') as Comparator | undefined;
  // An extension in its place, as for a value that is masked: whether it is a bound is not known.
  const isUnclear = comparator === undefined && '_comparator' in quantity;
  if (isUnclear || (comparator !== undefined && measure.shape !== 'value')) return 'comparator-unsupported';
  const unit = unitOf(quantity);
  return unit.ok ? oneSample(value, comparator, unit.code, measure, frame, id, frame.at) : unit.reason;
}

function oneSample(
  value: number,
  comparator: Comparator | undefined,
  unit: string,
  measure: Measure,
  frame: Frame,
  id: string,
  t: number,
): WireSample | UnmeasuredReason {
  if (t > frame.latest) return 'timestamp-in-future';
  if (!Number.isFinite(value)) return 'value-not-finite';
  const converted = toCanonical(measure, value, unit);
  if (!converted.ok) return converted.code;
  const judgement = judge(measure, converted.value, [value, unit]);
  if (judgement.verdict === 'impossible') return 'impossible-value';
  const reasons = [
    ...(frame.unverified ? ['preliminary'] : []),
    ...(judgement.verdict === 'doubtful' ? [judgement.reason] : []),
  ];
  return {
    ...headOf(measure, frame, id, t),
    ...(measure.shape === 'intervals' ? { s: [converted.value] } : { x: converted.value }),
    ...(comparator === undefined ? {} : { b: comparator }),
    ...(reasons.length === 0 ? {} : { q: 1 as const, r: reasons }),
    ...(unit === measure.unit ? {} : { o: [value, unit] as const }),
  };
}

function headOf(measure: Measure, { device }: Frame, id: string, t: number): WireSample {
  return { c: measure.number, t, i: id, ...(device === undefined ? {} : { d: device }) };
}

function seriesSamples(
  element: JsonObject,
  measure: Measure,
  frame: Frame,
  id: string,
  note: Note,
): readonly WireSample[] {
  const no = (reason: UnmeasuredReason): readonly WireSample[] => {
    note(reason, '.valueSampledData');
    return [];
  };
  if (measure.shape === 'intervals') return no('value-not-a-quantity');
  const series = readSampledData(element);
  if (!series.ok) return no('series-invalid');
  const isWave = measure.shape === 'waveform';
  if (series.periodMs > (isWave ? MAX_WAVE_PERIOD : MAX_VALUE_PERIOD)) return no('series-invalid');
  if (series.unit === undefined) return no('missing-unit');
  if (series.system !== UCUM) return no('unit-not-ucum');
  if (!isWave && series.dimensions.length > 1) return no('series-invalid');
  if (!isWave && (series.dimensions[0]?.length ?? 0) > MAX_VALUES) return no('series-too-long');
  const found = isWave
    ? waveSamples(series, series.unit, measure, frame, id)
    : pointSamples(series, series.unit, measure, frame, id);
  for (const reason of found.reasons) note(reason, '.valueSampledData');
  return found.samples;
}

interface Found {
  readonly samples: readonly WireSample[];
  /** Each reason once. */
  readonly reasons: ReadonlySet<UnmeasuredReason>;
}

type ReadSeries = Extract<Series, { ok: true }>;

/** Evenly spaced single values: each is a measurement of its own, so that rules see it and a bad one goes alone. */
function pointSamples(series: ReadSeries, unit: string, measure: Measure, frame: Frame, id: string): Found {
  const samples: WireSample[] = [];
  const reasons = new Set<UnmeasuredReason>();
  for (const [place, point] of (series.dimensions[0] ?? []).entries()) {
    if (point === null) {
      reasons.add('series-gaps');
      continue;
    }
    const [value, comparator] = typeof point === 'number' ? [point, undefined] : [point.value, point.bound];
    const t = Math.round(frame.at + place * series.periodMs);
    const sample = oneSample(value, comparator, unit, measure, frame, `${id}@${place}`, t);
    if (typeof sample === 'string') reasons.add(sample);
    else samples.push(sample);
  }
  return { samples, reasons };
}

/** A waveform is cut where it has no value: a made-up one would be worse than none. */
function waveSamples(series: ReadSeries, unit: string, measure: Measure, frame: Frame, id: string): Found {
  const samples: WireSample[] = [];
  const reasons = new Set<UnmeasuredReason>();
  if (series.dimensions.some((points) => points.some((point) => typeof point !== 'number'))) reasons.add('series-gaps');
  for (const { suffix, place, channel, values } of runsOf(series)) {
    const t = Math.round(frame.at + place * series.periodMs);
    const s: number[] = [];
    let wrong: UnmeasuredReason | undefined;
    for (const value of values) {
      const converted = toCanonical(measure, value, unit);
      if (!converted.ok) wrong ??= converted.code;
      else if (judge(measure, converted.value).verdict === 'impossible') wrong ??= 'impossible-value';
      else s.push(converted.value);
    }
    if (t + (values.length - 1) * series.periodMs > frame.latest) wrong ??= 'timestamp-in-future';
    if (wrong !== undefined) reasons.add(wrong);
    else {
      const doubtful = frame.unverified ? { q: 1 as const, r: ['preliminary'] } : {};
      const named = channel === undefined ? {} : { h: channel };
      samples.push({ ...headOf(measure, frame, id + suffix, t), s, p: series.periodMs, ...named, ...doubtful });
    }
  }
  return { samples, reasons };
}

interface Run {
  /** Behind the identifier of the value; '' for the first run of the first dimension, if it starts there. */
  readonly suffix: string;
  /** Place of its first value, from 0. */
  readonly place: number;
  readonly channel: string | undefined;
  readonly values: readonly number[];
}

/** Unbroken runs of values by dimension, none longer than a measurement may be. */
function runsOf({ dimensions }: ReadSeries): readonly Run[] {
  return dimensions.flatMap((points, index) => {
    const channel = dimensions.length === 1 ? undefined : `dimension-${index + 1}`;
    const own = index === 0 ? '' : `~${index + 1}`;
    return runsIn(points).map(({ place, values }) => ({
      suffix: own + (place === 0 ? '' : `@${place}`),
      place,
      channel,
      values,
    }));
  });
}

function runsIn(points: readonly Point[]): readonly { readonly place: number; readonly values: number[] }[] {
  const runs: { place: number; values: number[] }[] = [];
  let open: { place: number; values: number[] } | undefined;
  for (const [place, point] of points.entries()) {
    if (typeof point !== 'number') open = undefined;
    else if (open === undefined || open.values.length === MAX_VALUES) runs.push((open = { place, values: [point] }));
    else open.values.push(point);
  }
  return runs;
}

type Unit = { readonly ok: true; readonly code: string } | { readonly ok: false; readonly reason: UnmeasuredReason };

function unitOf(quantity: JsonObject): Unit {
  const code = textAt(quantity, 'code');
  if (code === undefined) return { ok: false, reason: 'missing-unit' };
  return textAt(quantity, 'system') === UCUM ? { ok: true, code } : { ok: false, reason: 'unit-not-ucum' };
}
