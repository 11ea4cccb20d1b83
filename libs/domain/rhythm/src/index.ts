export { afEpisodes, afScores, afVerdicts } from './af-detector.js';
export { AfDecision, NO_AF_DECISION, type AfLimits, type AfVerdict, type ScoredBeat } from './stream-af-decision.js';
export { type AfDesign } from './stream-af-window.js';
export { checkAlarm, RUN_LIMIT, runEvidence, type AlarmRule, type AlarmSignals } from './alarm-check.js';
export { classifyBeats } from './beat-class.js';
export { classFeatures } from './beat-features.js';
export { modelScore, type Model, type Tree } from './boosted-trees.js';
export { findBeats } from './qrs-detector.js';
export { classifyShortEcg, SHORT_RHYTHMS, type ShortRhythm } from './short-ecg.js';
export { shortEcgFeatures } from './short-ecg-features.js';
export { type AfBurden } from './stream-af-episode.js';
export { type RhythmFinding, type RhythmRule, type StreamRefusal } from './stream-finding.js';
export { hrvSummary, type HrvRefusal, type HrvSummary } from './stream-hrv.js';
export {
  afBurden,
  stepIntervals,
  type IntervalRun,
  type IntervalState,
  type IntervalStep,
} from './stream-intervals.js';
export { type WaveChunk } from './stream-channel.js';
export { type StreamBeat } from './stream-beat-class.js';
export { runTrust, type StreamedRun } from './stream-run.js';
export { type VentricularBeats } from './stream-ventricular-count.js';
export { beginAgain, isLate, stepWave, ventricularBeats, type WaveState, type WaveStep } from './stream-wave.js';
