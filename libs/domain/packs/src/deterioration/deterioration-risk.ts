import type { ModelledMeasure } from '#libs/domain/twin';
import { deteriorationRisk, VITAL_FORECAST, VITAL_SIGNS } from '#libs/domain/vital-forecast';

/** Older than this, vital signs say nothing of the next 12 h: the model asks for three of them within as long. */
const FRESH_MS = 8 * 3_600_000;

/**
 * Probability that vital signs become unstable within 12 h, from the memory of the vital-sign forecast; its parts are the log-odds that each vital sign
 * adds. Its alert runs in shadow (docs/models/deterioration-risk.md).
 */
export const DETERIORATION_RISK: ModelledMeasure = {
  kind: 'modelled',
  name: 'deterioration-risk',
  title: 'Probability of unstable vital signs within 12 h',
  unit: '1',
  of: VITAL_SIGNS.map(({ name }) => name),
  model: VITAL_FORECAST.card.id,
  read: (memory, about, asked) => {
    const risk = deteriorationRisk(memory, about);
    if (risk.kind === 'refused') return { refused: risk.reason };
    const { at, probability, horizonMinutes, contributions } = risk;
    if (asked - at > FRESH_MS) return { refused: 'stale-data', at };
    const added = contributions.map(({ name, contribution }) => [name, contribution] as const);
    return { value: probability, parts: { horizonMinutes, ...Object.fromEntries(added) }, at };
  },
};
