import type { Measure } from './measure.js';
import { convert, unitFactor } from './units.js';

export type Judgement =
  | { readonly verdict: 'good' }
  | { readonly verdict: 'doubtful'; readonly reason: string }
  | { readonly verdict: 'impossible'; readonly reason: string };

const GOOD: Judgement = { verdict: 'good' };

/**
 * Whether a canonical value can be true. `impossible`: outside what physics and physiology allow, to be quarantined; the reason
 * names the unit that was probably meant. `doubtful`: possible but outside the plausible range, to be kept with the reason.
 * `sentAs` is the value and unit as sent, when they are not the canonical ones.
 */
export function judge(measure: Measure, value: number, sentAs?: readonly [number, string]): Judgement {
  const [lowest, highest] = measure.possible;
  if (!(value >= lowest && value <= highest)) {
    return { verdict: 'impossible', reason: impossible(measure, value, sentAs) };
  }
  const [low, high] = measure.plausible;
  if (value < low) return { verdict: 'doubtful', reason: `below-plausible-${low}` };
  if (value > high) return { verdict: 'doubtful', reason: `above-plausible-${high}` };
  return GOOD;
}

function impossible(measure: Measure, value: number, sentAs?: readonly [number, string]): string {
  const [lowest, highest] = measure.possible;
  const [sent, unit] = sentAs ?? [value, measure.unit];
  const given = `${measure.name} of ${sent} ${unit}${unit === measure.unit ? '' : ` (${value} ${measure.unit})`}`;
  const range = `is outside the possible ${lowest} to ${highest} ${measure.unit}`;
  const meant = unitMeant(measure, sent, unit);
  return `${given} ${range}${meant === undefined ? '' : `; was the unit "${meant}" meant?`}`;
}

/** Mistakes that are common enough to name: the unit in which the number as sent would have been plausible. */
const OFTEN_MEANT: Readonly<Record<string, readonly string[]>> = {
  'oxygen-saturation': ['%', '1'],
  'rr-interval': ['ms', 's'],
  'body-temperature': ['[degF]', 'K', 'Cel'],
  glucose: ['mg/dL', 'mmol/L'],
  'body-weight': ['kg', '[lb_av]', 'g'],
  'systolic-pressure': ['mm[Hg]', 'kPa'],
  'diastolic-pressure': ['mm[Hg]', 'kPa'],
  'mean-pressure': ['mm[Hg]', 'kPa'],
  'heart-rate': ['/min', 'Hz'],
  'respiratory-rate': ['/min', 'Hz'],
  ecg: ['mV', 'uV'],
  'arterial-pressure-wave': ['mm[Hg]', 'kPa'],
  'insulin-basal-rate': ['[IU]/h', '[IU]/d'],
  'carbohydrate-intake': ['g', 'mg'],
  'exercise-intensity': ['%', '1'],
};

function unitMeant(measure: Measure, sent: number, unit: string): string | undefined {
  const [low, high] = measure.plausible;
  return OFTEN_MEANT[measure.name]?.find((candidate) => {
    const factor = unitFactor(measure, candidate);
    if (candidate === unit || factor === undefined) return false;
    const value = convert(sent, factor);
    return value >= low && value <= high;
  });
}
