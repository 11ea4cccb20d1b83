import { instabilityOf, isUnstable, readingsOf, riskFeatures, RISK_MINUTES } from '#libs/domain/vital-forecast';
import type { Stay } from '../sepsis/sepsis2019-stays.js';
import { subjectOf, vitalMoments, type VitalMoment } from './vital-moments.js';

/** Stable until now: no value beyond the limits in the last four hours. */
const STABLE_HOURS = 4;

/** One hour of a stay with what came in the 12 h after it. */
export interface RiskMoment extends VitalMoment {
  readonly columns: ReadonlyArray<number | undefined>;
  readonly unstableAhead: boolean;
  /** No value beyond the limits in the last four hours: an alert would bring something new. */
  readonly wasStable: boolean;
}

export function riskMoments(stay: Stay): readonly RiskMoment[] {
  const about = subjectOf(stay);
  const moments = [...vitalMoments(stay)];
  const unstable = moments.map(({ values }) => isUnstable(values));
  return moments.flatMap((moment): RiskMoment[] => {
    const features = riskFeatures(readingsOf(moment.memory), about);
    if (features === undefined) return [];
    const isWithin = (other: VitalMoment, from: number, until: number): boolean =>
      other.hour > moment.hour + from && other.hour <= moment.hour + until;
    const ahead = instabilityOf(
      moments.flatMap((other) => (isWithin(other, 0, RISK_MINUTES / 60) ? [other.values] : [])),
    );
    if (ahead === undefined) return [];
    return [
      {
        ...moment,
        columns: features.columns,
        unstableAhead: ahead === 1,
        wasStable: !moments.some((other, j) => unstable[j] === true && isWithin(other, -STABLE_HOURS, 0)),
      },
    ];
  });
}
