import { refuse, seeded } from '#libs/domain/forecasting';
import type { PersonInputs } from '../inputs/person-inputs.js';
import type { ScenarioModel } from './scenario-model.js';

interface LinearEnsemble {
  readonly from: number;
  readonly draws: readonly { readonly glucose: number; readonly perUnit: number; readonly perGram: number }[];
}

const MINUTE = 60_000;

/** A model that can be computed by hand: each [IU] lowers and each g raises glucose by an amount of the draw, with a time constant of 60 min. */
export const LINEAR_MODEL: ScenarioModel<LinearEnsemble> = {
  id: 'personal-glucose',
  version: '0.0.1',
  start: ({ glucose, from, subject }, draws, seed) => {
    const newest = glucose.at(-1)!;
    if (from - newest.t > 30 * MINUTE) return refuse('stale-data', 'The newest glucose is older than 30 minutes.');
    if (subject.isPregnant === true) return refuse('outside-population', 'The model is not for pregnancy.');
    const random = seeded(seed);
    return {
      from,
      draws: Array.from({ length: draws }, () => ({
        glucose: newest.mgPerDl,
        perUnit: 40 * Math.exp(0.2 * random.normal()),
        perGram: 4 * Math.exp(0.2 * random.normal()),
      })),
    };
  },
  assumptions: () => ['The model is one for tests.'],
  run: (ensemble, inputs, minutes, stepMinutes) => {
    const at = Array.from({ length: Math.floor(minutes / stepMinutes) + 1 }, (_, i) => i * stepMinutes);
    const paths = ensemble.draws.map((draw) =>
      at.map((minute) => {
        const [units, grams] = acted(inputs, ensemble.from, ensemble.from + minute * MINUTE);
        return draw.glucose - draw.perUnit * units + draw.perGram * grams;
      }),
    );
    return { minutes: at, paths };
  },
};

/** Units and grams that have acted by `t` of what was given since `from`. */
function acted(inputs: PersonInputs, from: number, t: number): readonly [units: number, grams: number] {
  const done = (at: number): number => (at < from || at >= t ? 0 : 1 - Math.exp(-(t - at) / (60 * MINUTE)));
  let units = 0;
  for (const bolus of inputs.boluses) units += bolus.units * done(bolus.t);
  for (const segment of inputs.basal)
    for (let at = Math.max(segment.from, from); at < Math.min(segment.until, t); at += 5 * MINUTE)
      units += (segment.unitsPerHour / 12) * done(at);
  return [units, inputs.carbohydrates.reduce((sum, meal) => sum + meal.grams * done(meal.t), 0)];
}
