/**
 * Checks a bedside arrhythmia alarm against the signals: definitions of the PhysioNet/CinC Challenge 2015 (after ANSI/AAMI EC13),
 * crossed with the pulse. Asystole, extreme bradycardia and fibrillation are withdrawn only by a good pulsatile channel or by
 * an ECG that plainly shows beats; with no usable signal the alarm stands.
 */
import { modelScore } from './boosted-trees.js';
import { regularity, type Regularity } from './interval-features.js';
import { VENTRICULAR_RUN } from './models/ventricular-run.js';
import { findPulses } from './pulse-detector.js';
import { findBeats, isUsableRate } from './qrs-detector.js';
import { pulseFeatures, runFeatures } from './ventricular-run.js';

export type AlarmRule =
  'asystole' | 'extreme-bradycardia' | 'extreme-tachycardia' | 'ventricular-tachycardia' | 'ventricular-fibrillation';

export interface AlarmSignals {
  /** Samples per second of all channels, 100 to 1000. */
  readonly fs: number;
  /** ECG channels, mV; NaN where nothing was measured. */
  readonly ecg: readonly Float64Array[];
  /** PPG and arterial pressure waves, any unit. */
  readonly pulse: readonly Float64Array[];
}

/** Seconds before the end in which the alarm's cause must lie: its definition's length, and 10 s until it is raised. */
const LOOKBACK_S = 16;
const NO_PULSE = [0, 0, 9, 20, 0];
const NO_ECG = Array.from({ length: 10 }, () => 0);

/** Whether the alarm at the end of the signals is to be believed. */
export function checkAlarm(rule: AlarmRule, signals: AlarmSignals): boolean {
  const { fs } = signals;
  if (!isUsableRate(fs)) return true;
  const length =
    Math.max(0, ...signals.ecg.map((each) => each.length), ...signals.pulse.map((each) => each.length)) / fs;
  const from = Math.max(0, length - LOOKBACK_S);
  const usable = { fs, ecg: signals.ecg.filter(isAlive), pulse: signals.pulse.filter(isAlive) };
  if (rule === 'ventricular-tachycardia') return isVentricularRun(usable, from);
  const ecg = usable.ecg.map((each) =>
    regularity(
      findBeats(each, fs).map(({ at }) => at / fs),
      from,
      length,
    ),
  );
  const pulse = usable.pulse.map((each) => regularity(findPulses(each, fs), from, length));
  if (ecg.length + pulse.length === 0) return true;
  switch (rule) {
    case 'asystole':
      return isAsystole(ecg, pulse);
    case 'extreme-bradycardia':
      return isBradycardia(ecg, pulse);
    case 'extreme-tachycardia':
      return isTachycardia(ecg, pulse);
    case 'ventricular-fibrillation':
      return isFibrillation(ecg, pulse);
  }
}

function isAlive(samples: Float64Array): boolean {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  return high - low > 1e-3;
}

/** No QRS for 4 s (3.9 with the edges of detection) on one lead, and none of the others beating on. */
function isAsystole(ecg: readonly Regularity[], pulse: readonly Regularity[]): boolean {
  if (pulse.some(({ longest, variation }) => longest < 2.5 && variation < 0.3)) return false;
  if (ecg.length === 0) return true;
  const gaps = ecg.map(({ longest }) => longest);
  return (Math.max(...gaps) >= 3.9 && Math.min(...gaps) >= 2.8) || Math.min(...gaps) >= 3.5;
}

/** Under 40/min over 5 beats (47 allows for one false beat among them), unless ECG is unsteady and the pulse steady and faster. */
function isBradycardia(ecg: readonly Regularity[], pulse: readonly Regularity[]): boolean {
  const slow = ecg.filter(({ slowest }) => slowest < 47);
  if (ecg.length > 0 && slow.length === 0) return false;
  const steady = pulse.some(({ variation, slowest }) => variation < 0.2 && slowest > 55);
  return !(steady && slow.every(({ variation }) => variation > 0.2));
}

/** Over 140/min for 17 beats; 115 allows for missed beats. Steady leads that agree on less withdraw it. */
function isTachycardia(ecg: readonly Regularity[], pulse: readonly Regularity[]): boolean {
  const isSlow = ({ variation, fastest }: Regularity): boolean => variation < 0.12 && fastest > 0 && fastest < 115;
  if (ecg.some(isSlow) && pulse.some(isSlow)) return false;
  const fastest = [...ecg, ...pulse].map((each) => each.fastest);
  return Math.max(...fastest) >= 115 || Math.max(...fastest) === 0;
}

/** Fibrillation has no steady beat on any ECG lead and no pulse: a steady lead or a pulse that goes on withdraws it. */
function isFibrillation(ecg: readonly Regularity[], pulse: readonly Regularity[]): boolean {
  return !ecg.some(({ variation }) => variation < 0.25) && !pulse.some(({ longest }) => longest < 2);
}

/** Share of trees' votes at which a run is believed: kept low, since a missed run costs five false ones. */
const RUN_LIMIT = 0.25;

function isVentricularRun({ fs, ecg, pulse }: AlarmSignals, from: number): boolean {
  const leads = ecg.map((each) => runFeatures(each, fs, from)).toSorted((a, b) => b[1]! - a[1]!);
  const pulses = pulse.map((each) => pulseFeatures(each, fs, from)).toSorted((a, b) => a[2]! - b[2]!);
  if (leads.length + pulses.length === 0) return true;
  const first = leads[0] ?? NO_ECG;
  return modelScore(VENTRICULAR_RUN, [...first, ...(leads[1] ?? first), ...(pulses[0] ?? NO_PULSE)]) > RUN_LIMIT;
}
