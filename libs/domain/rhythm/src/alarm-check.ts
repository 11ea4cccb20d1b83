/**
 * Checks a bedside arrhythmia alarm against the signals: definitions of the PhysioNet/CinC Challenge 2015 (after ANSI/AAMI EC13),
 * crossed with the pulse. Asystole, extreme bradycardia and fibrillation are withdrawn only by a good pulsatile channel or by
 * an ECG that plainly shows beats; with no usable signal the alarm stands.
 */
import { modelScore } from './boosted-trees.js';
import { channelEvidence, type ChannelEvidence } from './channel-evidence.js';
import { VENTRICULAR_RUN } from './models/ventricular-run.js';
import { isUsableRate } from './qrs-detector.js';
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
  const usable = { fs, ecg: signals.ecg.filter(isAlive), pulse: signals.pulse.filter(isAlive) };
  const length = Math.max(0, ...[...signals.ecg, ...signals.pulse].map((each) => each.length)) / fs;
  const from = Math.max(0, length - LOOKBACK_S);
  if (rule === 'ventricular-tachycardia') return isVentricularRun(usable, from);
  const channels = [
    ...usable.ecg.map((each) => channelEvidence('ecg', each, fs, from)),
    ...usable.pulse.map((each) => channelEvidence('pulse', each, fs, from)),
  ];
  return !IS_WITHDRAWN[rule](channels);
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

const IS_WITHDRAWN: Readonly<
  Record<Exclude<AlarmRule, 'ventricular-tachycardia'>, (channels: readonly ChannelEvidence[]) => boolean>
> = {
  asystole: (channels) => channels.some(goesOn),
  'extreme-bradycardia': (channels) => channels.some(isFaster) && !channels.some(isSteadySlow),
  'extreme-tachycardia': (channels) => channels.filter(isSlower).length >= 2,
  'ventricular-fibrillation': (channels) => channels.some(beatsSteadily),
};

/** Asystole is 4 s without a beat: one channel on which like beats leave no gap of 3 s. Over 220/min is hum, not beats. */
function goesOn({ sure }: ChannelEvidence): boolean {
  return sure.longest < 3 && sure.burst < 220;
}

/** Extreme bradycardia is five beats under 40/min: one channel whose like beats are steady and never under 50/min. */
function isFaster({ sure }: ChannelEvidence): boolean {
  return sure.longest < 2 && sure.slowest > 50 && sure.variation < 0.25;
}

/** A good lead that shows the slow heart outweighs a channel that counts more (a second pulse wave, a T wave). */
function isSteadySlow({ kind, all, sure, share }: ChannelEvidence): boolean {
  return kind === 'ecg' && share > 0.8 && all.variation < 0.25 && sure.slowest > 0 && all.slowest < 48;
}

/** Extreme tachycardia is 17 beats over 140/min: two good channels that are steady and, whatever is counted, under 115/min. */
function isSlower({ all, share }: ChannelEvidence): boolean {
  return share > 0.9 && all.variation < 0.2 && all.fastest > 0 && all.fastest < 115;
}

/** Fibrillation is 4 s without QRS or pulse: one channel whose like beats are steady, leave no gap of 2 s and are no flutter. */
function beatsSteadily({ sure, all, kind }: ChannelEvidence): boolean {
  return sure.longest < 2 && sure.variation < (kind === 'ecg' ? 0.3 : 0.4) && all.burst < 190;
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
