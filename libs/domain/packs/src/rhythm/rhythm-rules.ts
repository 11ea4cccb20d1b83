import type { Severity } from '#libs/contracts';
import type { RhythmRule } from '#libs/domain/rhythm';
import { QUALITY, type LimitSpec, type Policy, type StreamRule } from '#libs/domain/twin';

/** What differs between rhythm rules; the detectors of libs/domain/rhythm evaluate them. */
interface RhythmRuleSpec {
  readonly id: RhythmRule;
  readonly title: string;
  readonly severity: Severity;
  readonly inputs: StreamRule['inputs'];
  readonly limit: LimitSpec;
  readonly persistence: string;
  readonly clears: string;
  readonly policy: Policy;
  readonly page: string;
}

const LIFE_THREATENING: Policy = {
  refractorySeconds: 0,
  escalateAfterSeconds: 120,
  latching: true,
  group: 'life-threatening-rhythm',
};
const SLOW: Policy = { refractorySeconds: 300, escalateAfterSeconds: 900, latching: false, group: 'slow-heart' };
const FAST: Policy = { refractorySeconds: 300, escalateAfterSeconds: 900, latching: false, group: 'fast-heart' };
const AF: Policy = { refractorySeconds: 1800, escalateAfterSeconds: 7200, latching: false, group: null };
const ECTOPY: Policy = { refractorySeconds: 3600, escalateAfterSeconds: null, latching: false, group: null };
const WAVES = ['ecg', 'ppg', 'arterial-pressure-wave'] as const;
const INTERVALS = ['rr-interval'] as const;

/** Limits built into the detectors: shown, and not configurable. */
function fixed(title: string, unit: string, value: number): LimitSpec {
  return { name: 'limit', title, unit, default: value, min: value, max: value };
}

const SPECS: readonly RhythmRuleSpec[] = [
  {
    id: 'ventricular-fibrillation',
    title: 'Ventricular fibrillation',
    severity: 'high',
    inputs: WAVES,
    limit: fixed('fibrillatory waves for', 's', 4),
    persistence: 'fibrillatory waves on the ECG for 4 s',
    clears: 'Fibrillatory waves have ended; latched until acknowledged',
    policy: LIFE_THREATENING,
    page: 'ventricular-fibrillation',
  },
  {
    id: 'asystole',
    title: 'Asystole',
    severity: 'high',
    inputs: WAVES,
    limit: fixed('no beat for', 's', 4),
    persistence: 'no beat on the ECG for 4 s, and none on a pulse wave of good quality',
    clears: 'A beat was detected; latched until acknowledged',
    policy: LIFE_THREATENING,
    page: 'asystole',
  },
  {
    id: 'ventricular-tachycardia',
    title: 'Ventricular tachycardia',
    severity: 'high',
    inputs: WAVES,
    limit: fixed('ventricular beats faster than', '/min', 100),
    persistence: 'five or more ventricular beats in a row, faster than 100/min',
    clears: 'The run has ended; latched until acknowledged',
    policy: LIFE_THREATENING,
    page: 'ventricular-tachycardia',
  },
  {
    id: 'extreme-bradycardia',
    title: 'Extreme bradycardia',
    severity: 'high',
    inputs: WAVES,
    limit: fixed('rate below', '/min', 40),
    persistence: 'below 40/min for 5 beats',
    clears: 'Rate within limits again; latched until acknowledged',
    policy: LIFE_THREATENING,
    page: 'extreme-bradycardia',
  },
  {
    id: 'extreme-tachycardia',
    title: 'Extreme tachycardia',
    severity: 'high',
    inputs: WAVES,
    limit: fixed('rate above', '/min', 140),
    persistence: 'above 140/min for 17 beats',
    clears: 'Rate within limits again; latched until acknowledged',
    policy: LIFE_THREATENING,
    page: 'extreme-tachycardia',
  },
  {
    id: 'pause',
    title: 'Pause',
    severity: 'medium',
    inputs: INTERVALS,
    limit: fixed('no beat for', 's', 3),
    persistence: 'an interval of 3 s or more that is not a gap in the recording',
    clears: 'Intervals within limits again',
    policy: SLOW,
    page: 'pause',
  },
  {
    id: 'bradycardia',
    title: 'Bradycardia by beat intervals',
    severity: 'medium',
    inputs: INTERVALS,
    limit: fixed('rate below', '/min', 40),
    persistence: 'below 40/min for a minute',
    clears: 'Rate within limits again',
    policy: SLOW,
    page: 'extreme-bradycardia',
  },
  {
    id: 'tachycardia',
    title: 'Tachycardia by beat intervals',
    severity: 'medium',
    inputs: INTERVALS,
    limit: fixed('rate above', '/min', 120),
    persistence: 'above 120/min, sustained',
    clears: 'Rate within limits again',
    policy: FAST,
    page: 'extreme-tachycardia',
  },
  {
    id: 'atrial-fibrillation',
    title: 'Atrial fibrillation',
    severity: 'medium',
    inputs: INTERVALS,
    limit: fixed('fibrillation for', 'min', 6),
    persistence: 'beat intervals of atrial fibrillation for 6 min',
    clears: 'One minute without fibrillation',
    policy: AF,
    page: 'atrial-fibrillation',
  },
  {
    id: 'ectopy-suspected',
    title: 'Ectopic beats suspected',
    severity: 'low',
    inputs: INTERVALS,
    limit: fixed('early beats', '/h', 30),
    persistence: 'frequent early beats followed by a pause; suspected from intervals only',
    clears: 'Fewer early beats',
    policy: ECTOPY,
    page: 'ectopy-suspected',
  },
];

function ruleOf(spec: RhythmRuleSpec): StreamRule {
  const { id, title, severity, inputs, limit, persistence, clears, policy, page } = spec;
  return {
    kind: 'stream',
    id,
    // Of waves 1.1.0: mains interference is filtered out first.
    version: inputs === WAVES ? '1.1.0' : '1.0.0',
    title,
    severity,
    category: 'physiological',
    inputs,
    quality: QUALITY,
    freshness: 'Evaluated on arrival; a gap in the recording is never a pause.',
    limits: [limit],
    persistence,
    hysteresis: 'Built into the detector: see the evidence page.',
    clears,
    population: 'Adults. Not validated for paced rhythm, children or pregnancy.',
    refuses: { underYears: 16 },
    policy,
    page: `docs/clinical/rules/${page}.md`,
  };
}

const RULES = SPECS.map(ruleOf);
export const INTERVAL_RULES = RULES.filter(({ inputs }) => inputs === INTERVALS);
export const WAVE_RULES = RULES.filter(({ inputs }) => inputs === WAVES);
