/**
 * Quality of a window of one ECG channel: are there beats that look alike, that two simple detectors agree on, without much noise?
 * Beats alike: Orphanidou 2015 (`template.ts`). Detectors that agree (bSQI), kurtosis (kSQI) and baseline power (basSQI):
 * Q. Li, R. G. Mark, G. D. Clifford, Physiol Meas 2008;29:15-32; G. D. Clifford et al., Physiol Meas 2012;33:1419-1433.
 *
 * Fibrillation and asystole have no beats that look alike: a low index says that beats cannot be counted here, never that the
 * heart is well. No life-threatening alarm may be withdrawn because of it.
 */
import { agreement, intervals, peaks } from './peaks.js';
import { moment, movingMean, quantile, withoutMean } from './smoothing.js';
import { bandPower, powerSpectrum } from './spectrum.js';
import { likeness } from './template.js';
import { judged, ramp, type WaveQuality } from './wave-quality.js';
import { openWindow, whole, type Window, type WindowLimits } from './wave-window.js';

const LIMITS: WindowLimits = { rates: [100, 1000], shortestS: 4, flatWithin: 0.003, flatIsShare: false, railS: 0.04 };

/** Orphanidou's limit for ECG. */
const ALIKE = 0.66;
/** Li 2008 calls a lead good when the detectors agree on 0.9 of the beats; simpler detectors are asked for less. */
const AGREE = 0.8;
/** Clean sinus rhythm lies above 5, noise about 3 (Clifford 2012). */
const KURTOSIS = 5;
/** Share of the power to 40 Hz that lies at 0.5 and 1 Hz, where the baseline wanders; the QRS lies above. */
const WANDER = 0.5;
/** Share of the power above 40 Hz; a QRS leaves a few hundredths there, mains and muscle more. */
const HIGH = 0.2;
/** Peak to peak in mV: below, nothing but the amplifier; above, more than twice the plausible ±5 mV of the catalogue. */
const SWING = [0.05, 20] as const;

/** `samples` in mV at `fs` Hz, NaN where nothing was measured; at least 4 s, 10 s or more are better. Never throws. */
export function ecgQuality(samples: ArrayLike<number>, fs: number): WaveQuality {
  const window = openWindow(samples, fs, LIMITS);
  return 'usable' in window ? window : judge(window);
}

function judge(window: Window): WaveQuality {
  const { x, fs, reasons } = window;
  const level = withoutMean(x, 0.6 * fs);
  const swing = quantile(level, 0.995) - quantile(level, 0.005);
  const hasLevel = swing >= SWING[0] && swing <= SWING[1];
  if (!hasLevel) reasons.add('level-implausible');
  const beats = beatsByHeight(x, fs);
  const alike = likeness(level, beats, Math.round(0.2 * fs), Math.round(0.3 * fs));
  if (Number.isNaN(alike)) {
    reasons.add('no-beats');
    return judged(0, reasons);
  }
  if (alike < ALIKE) reasons.add('irregular-shape');
  if (!isHeartRate(beats, fs)) reasons.add('rate-implausible');
  const agree = agreement(beats, beatsBySlope(x, fs), 0.15 * fs);
  const kurtosis = moment(level, 4);
  const power = powerSpectrum(x, fs, Math.min(100, 0.45 * fs));
  const high = bandPower(power, 40, 101) / bandPower(power, 5, 101);
  if (agree < AGREE || kurtosis < KURTOSIS || high > HIGH) reasons.add('noisy');
  if (bandPower(power, 0.5, 1.1) / bandPower(power, 0.5, 40) > WANDER) reasons.add('baseline-wander');
  if (isInverted(level, beats)) reasons.add('inverted');
  // An index of a half is Orphanidou's limit; the other measures take from it, none adds.
  const shape = ramp(alike, 2 * ALIKE - 1, 1);
  const noise = ramp(agree, 0, AGREE) * ramp(kurtosis, 2, KURTOSIS) * ramp(high, 0.8, HIGH);
  return judged(hasLevel ? whole(window) * shape * noise : 0, reasons);
}

function beatsByHeight(x: Float64Array, fs: number): readonly number[] {
  const height = withoutMean(x, 0.3 * fs).map((value) => Math.abs(value));
  return peaks(movingMean(height, 0.04 * fs), fs, 0.5, 0.25);
}

function beatsBySlope(x: Float64Array, fs: number): readonly number[] {
  const lag = Math.max(1, Math.round(0.02 * fs));
  const rise = x.map((value, i) => Math.abs(value - x[Math.max(0, i - lag)]!));
  return peaks(movingMean(rise, 0.1 * fs), fs, 0.5, 0.25);
}

/** The usual interval is one a heart can have: 20 to 240 per minute, the detector's own end. */
function isHeartRate(beats: readonly number[], fs: number): boolean {
  const usual = quantile(intervals(beats, fs), 0.5);
  return usual <= 3 && usual > 0.26;
}

/** At most beats the deflection goes down. Leads such as aVR do so by nature: reported, without a deduction. */
function isInverted(level: Float64Array, beats: readonly number[]): boolean {
  let down = 0;
  for (const at of beats) if (level[at]! < 0) down++;
  return down > 0.7 * beats.length;
}
