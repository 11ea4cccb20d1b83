import { featuresOf, isRecorded, type Features } from '../features/features.js';
import { historyAt, type History } from '../features/history.js';
import type { Memory, Reading } from '../memory/memory.js';
import { populationLocations, scalesOf, type Weights } from '../model/model.js';
import { WITH_DOSES } from '../weights/with-doses.js';
import { WITHOUT_DOSES } from '../weights/without-doses.js';
import { correctionOf, termsOf, withTimeOfDay } from './regression.js';
import { STRANGER, type Person } from './person.js';

/** Minutes of readings without a gap before a forecast. */
export const NEEDED_MINUTES = 30;

/** Everything about one moment of one person that a forecast and what is learned from it share. */
export interface Situation {
  readonly history: History;
  readonly features: Features;
  readonly weights: Weights;
  readonly terms: Float64Array;
  /** By horizon, mg/dL: of the population, with the person's own correction, and their scale. */
  readonly population: Float64Array;
  readonly locations: Float64Array;
  readonly scales: Float64Array;
}

/** The situation at one reading of a sensor (`readings`: its usable readings, ascending); undefined with too little history. */
export function situationAt(memory: Memory, readings: readonly Reading[], index: number): Situation | undefined {
  const history = historyAt(readings, index);
  if (history.minutes < NEEDED_MINUTES) return undefined;
  const person: Person = memory.person ?? STRANGER;
  const features = featuresOf(history, memory, person);
  const { values } = features;
  const { t } = history;
  const weights = isRecorded(memory.boluses, t) || isRecorded(memory.carbohydrates, t) ? WITH_DOSES : WITHOUT_DOSES;
  const population = populationLocations(weights, values, person);
  const terms = withTimeOfDay(termsOf(weights.correction, values), t);
  const corrections = correctionOf(person, weights.correction.penalty, terms);
  return {
    history,
    features,
    weights,
    terms,
    population,
    locations: population.map((location, h) => location + corrections[h]!),
    scales: scalesOf(weights, values),
  };
}
