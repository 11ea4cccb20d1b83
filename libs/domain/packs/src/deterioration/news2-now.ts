import type { VitalName } from '#libs/domain/deterioration';
import { measureByNumber, type MeasureName } from '#libs/domain/quantities';
import type { AboutPerson, Derived, DetectedMeasure } from '#libs/domain/twin';
import { MIN_INPUTS, NEWS2_DETECTOR, scoreOf, type News2Memory } from './news2-detector.js';

/** The measure whose value an input of the chart is taken from. */
const MEASURES: Readonly<Partial<Record<VitalName, MeasureName>>> = {
  respiratoryRate: 'respiratory-rate',
  oxygenSaturation: 'oxygen-saturation',
  onOxygen: 'oxygen-flow',
  systolicPressure: 'systolic-pressure',
  heartRate: 'heart-rate',
  consciousness: 'glasgow-coma-score',
  temperature: 'body-temperature',
};

/**
 * NEWS2 as the rule scores it (docs/clinical/rules/news2.md), whether it alerts or not. A missing input adds nothing and is named: the
 * total is then the least that it can be, `atMost` the most.
 */
export const NEWS2_NOW: DetectedMeasure = {
  kind: 'detected',
  name: 'news2',
  title: 'NEWS2',
  unit: '{score}',
  of: NEWS2_DETECTOR.codes.map((code) => measureByNumber(code)!.name),
  partly: true,
  detector: NEWS2_DETECTOR.id,
  read,
};

function read(memory: unknown, at: number, about: AboutPerson): Derived & { readonly at?: number } {
  const inputs = (memory as News2Memory | null)?.inputs ?? {};
  const score = scoreOf(inputs, { now: at, ...about });
  if (score === null) return { refused: 'not-for-this-person' };
  const { total, atMost, missing, contributions } = score;
  if (contributions.length < MIN_INPUTS) return { refused: 'too-few-inputs' };
  return {
    value: total,
    parts: { atMost },
    missing: missing.map((name) => MEASURES[name as VitalName]).filter((name) => name !== undefined),
    at: Math.max(...Object.values(inputs).map(({ t }) => t)),
  };
}
