import type { LimitSpec, SilenceRule } from '../rules/rule.js';

/** How many successive values make a stream continuous, so that its silence means something. */
export const CONTINUOUS_AFTER = 4;

export const NO_DATA: SilenceRule = {
  kind: 'silence',
  id: 'no-data',
  version: '1.1.0',
  title: 'No data',
  category: 'technical',
  severity: 'low',
  inputs: ['heart-rate', 'oxygen-saturation', 'respiratory-rate', 'glucose'],
  quality: 'Any value counts, whatever its quality.',
  freshness: 'Evaluated by time of receipt, which ticks advance.',
  policy: { refractorySeconds: 0, escalateAfterSeconds: null, latching: false, group: null },
  limits: [
    silenceLimit('heartRateSeconds', 'heart rate', 900),
    silenceLimit('oxygenSaturationSeconds', 'oxygen saturation', 900),
    silenceLimit('respiratoryRateSeconds', 'respiratory rate', 900),
    silenceLimit('glucoseSeconds', 'glucose', 1800),
  ],
  persistence: `Only streams that sent at least ${CONTINUOUS_AFTER} values, each within the limit of the one before.`,
  hysteresis:
    'None. Deferred while a backlog is arriving (a gateway catching up) or another source sends the same measure.',
  clears: 'Newer values from every silent source.',
  population: 'Anyone with a continuous monitor.',
  page: 'docs/clinical/rules/no-data.md',
  seconds: { 1: 'heartRateSeconds', 3: 'oxygenSaturationSeconds', 4: 'respiratoryRateSeconds', 9: 'glucoseSeconds' },
};

function silenceLimit(name: string, of: string, seconds: number): LimitSpec {
  return { name, title: `no ${of} for`, unit: 's', default: seconds, min: 60, max: 86_400 };
}
