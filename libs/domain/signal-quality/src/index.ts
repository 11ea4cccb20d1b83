export { checkVital, type VitalValue, type VitalVerdict } from './vital-checks.js';
export { VITAL_SPECS } from './vital-specs.js';
export { type VitalReason } from './vital-reason.js';
export { type VitalSpec } from './vital-spec.js';
export { type VitalState } from './vital-state.js';
export { ecgQuality } from './ecg-quality.js';
export { ppgQuality } from './ppg-quality.js';
export { pressureWaveQuality } from './pressure-wave-quality.js';
export { type WaveQuality, type WaveReason } from './wave-quality.js';
