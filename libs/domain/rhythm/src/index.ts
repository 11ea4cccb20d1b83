export { afEpisodes, afScores, afVerdicts } from './fibrillation/af-detector.js';
export {
  AfDecision,
  NO_AF_DECISION,
  type AfLimits,
  type AfVerdict,
  type ScoredBeat,
} from './fibrillation/stream-af-decision.js';
export { type AfDesign } from './fibrillation/stream-af-window.js';
export { checkAlarm, RUN_LIMIT, runEvidence, type AlarmRule, type AlarmSignals } from './alarms/alarm-check.js';
export { classifyBeats } from './beats/beat-class.js';
export { classFeatures } from './beats/beat-features.js';
export { modelScore, type Model, type Tree } from './signal/boosted-trees.js';
export { findBeats } from './beats/qrs-detector.js';
export { classifyShortEcg, SHORT_RHYTHMS, type ShortRhythm } from './fibrillation/short-ecg.js';
export { shortEcgFeatures } from './fibrillation/short-ecg-features.js';
export { type AfBurden } from './fibrillation/stream-af-episode.js';
export { type RhythmFinding, type RhythmRule, type StreamRefusal } from './stream/stream-finding.js';
export { hrvSummary, type HrvRefusal, type HrvSummary } from './stream/intervals/stream-hrv.js';
export {
  afBurden,
  stepIntervals,
  type IntervalRun,
  type IntervalState,
  type IntervalStep,
} from './stream/intervals/stream-intervals.js';
export { type WaveChunk } from './stream/waves/stream-channel.js';
export { type StreamBeat } from './ectopy/stream-beat-class.js';
export { runTrust, type StreamedRun } from './stream/waves/stream-run.js';
export { type VentricularBeats } from './ectopy/stream-ventricular-count.js';
export {
  beginAgain,
  isLate,
  stepWave,
  ventricularBeats,
  type WaveState,
  type WaveStep,
} from './stream/waves/stream-wave.js';
