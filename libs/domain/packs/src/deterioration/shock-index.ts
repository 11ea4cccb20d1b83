import { shockIndex } from '#libs/domain/deterioration';
import { ageAt, isPregnantAt, type LatestMeasure } from '#libs/domain/twin';

/** Maximum time between the two values; engineering default. */
const APART_MS = 3_600_000;

/** Heart rate / systolic pressure of the latest values, within an hour of each other: docs/clinical/rules/shock-index.md. */
export const SHOCK_INDEX: LatestMeasure = {
  kind: 'latest',
  name: 'shock-index',
  title: 'Shock index',
  unit: '1',
  of: ['heart-rate', 'systolic-pressure'],
  read: ([heart, systolic], person) => {
    const { t: heartAt, x: heartRate } = heart!;
    const { t: systolicAt, x: systolicPressure } = systolic!;
    if (Math.abs(heartAt - systolicAt) > APART_MS) return { refused: 'too-far-apart' };
    const at = Math.max(heartAt, systolicAt);
    const age = ageAt(person, at);
    const context = { pregnant: isPregnantAt(person, at), ...(age === null ? undefined : { ageYears: age }) };
    const score = shockIndex({ heartRate, systolicPressure }, context);
    return score.kind === 'refused' ? { refused: score.reason } : { value: score.total };
  },
};
