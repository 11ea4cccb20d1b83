import { stepIntervals, type IntervalState } from '#libs/domain/rhythm';
import type { ConditionPack, Detector, DetectorStep, Sample } from '#libs/domain/twin';
import { afterFindings, mapHolds, NO_HOLDS, wasSentAsDoubtful, type RhythmMemory } from './rhythm-findings.js';
import { INTERVAL_RULES, WAVE_RULES } from './rhythm-rules.js';
import { HEART_RATE_VARIABILITY } from './variability.js';
import { ventricularBeatsOf } from './ventricular-beats.js';
import { waveStateOf, WAVES } from './wave-detector.js';

function stepRr(memory: unknown, { cited, series }: Sample): DetectorStep {
  const before = memory as RhythmMemory<IntervalState> | null;
  const intervals = series ?? [cited.x];
  const { state, findings, refusals } = stepIntervals(before?.state ?? null, {
    t: cited.t,
    intervals,
    doubtful: wasSentAsDoubtful(cited),
  });
  const { holds, changes } = afterFindings(before?.holds ?? NO_HOLDS, findings, INTERVAL_RULES, cited);
  return { memory: { state, holds }, holds, changes, refused: refusals.map(({ reason }) => reason) };
}

const INTERVALS: Detector = {
  id: 'rr-rhythm',
  codes: [2],
  rules: INTERVAL_RULES,
  late: 'refold',
  // Beats of a quarter of an hour prove or disprove fibrillation at any rate.
  warmUpMs: 15 * 60_000,
  step: stepRr,
  mapCited: mapHolds,
};

/** Rhythm from waveforms and from beat intervals. */
export const RHYTHM_PACK: ConditionPack = {
  id: 'rhythm',
  title: 'Heart rhythm',
  measures: ['ecg', 'ppg', 'arterial-pressure-wave', 'rr-interval'],
  rules: [...WAVE_RULES, ...INTERVAL_RULES],
  detectors: [WAVES, INTERVALS],
  derived: [HEART_RATE_VARIABILITY, ventricularBeatsOf(WAVES.id, waveStateOf)],
};
