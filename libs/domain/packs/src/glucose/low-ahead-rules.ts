import type { StreamRule } from '#libs/domain/twin';
import { LOW_SOON_RULE, URGENT_LOW_SOON_RULE } from './glucose-rules.js';

const FRESHNESS = 'Readings of one sensor over 30 min, without a gap of more than 20 min.';
const HYSTERESIS = 'The probability stays below its lower limit for 15 min.';
const POPULATION =
  'Adults with type 1 diabetes on a continuous sensor. Not for newborns (under 28 days); not fitted on or tested with children or in pregnancy.';

function probabilities(raise: number, clear: number): StreamRule['limits'] {
  const [probability, clearProbability] = LOW_SOON_RULE.limits;
  return [
    { ...probability!, default: raise },
    { ...clearProbability!, default: clear },
  ];
}

/**
 * A low predicted by the calibrated distribution of `glucose-forecast`, from the readings of 75 min alone: late readings are evaluated again in their order, so several states
 * of its memory are stored, and it has to be small; neither doses nor what was learned of the person are in it. In shadow beside the logistic forecast: on
 * the rows of LOOP held apart it gives some more lead at the same false alerts, of fewer lows (docs/clinical/validation.md).
 */
export const LOW_AHEAD_RULE: StreamRule = {
  ...LOW_SOON_RULE,
  id: 'glucose-low-ahead',
  version: '0.1.0',
  title: 'Glucose low soon, from the forecast distribution',
  freshness: FRESHNESS,
  hysteresis: HYSTERESIS,
  population: POPULATION,
  limits: probabilities(0.4, 0.28),
  shadowOf: LOW_SOON_RULE.id,
};

/** The same for 55 mg/dL or less within 20 min. */
export const URGENT_LOW_AHEAD_RULE: StreamRule = {
  ...URGENT_LOW_SOON_RULE,
  id: 'glucose-urgent-low-ahead',
  version: '0.1.0',
  title: 'Urgent low glucose soon, from the forecast distribution',
  freshness: FRESHNESS,
  hysteresis: HYSTERESIS,
  population: POPULATION,
  limits: probabilities(0.25, 0.17),
  shadowOf: URGENT_LOW_SOON_RULE.id,
};
