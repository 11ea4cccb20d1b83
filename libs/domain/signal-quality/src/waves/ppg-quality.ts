/**
 * Quality of a window of a photoplethysmogram: pulses that look alike, at a rate and with a steadiness a heart can have.
 * C. Orphanidou et al., IEEE J Biomed Health Inform 2015;19(3):832-838: rate 40 to 180 per minute, no gap over 3 s, longest to
 * shortest interval under 2.2, and a mean correlation with the template of 0.86.
 *
 * The steadiness is asked of 80 % of the intervals here: one early beat is no artefact. Whether the skin is well perfused cannot be determined
 * from a wave in arbitrary units; that is the perfusion index of `checkVital`.
 */
import { intervals } from './peaks.js';
import { isUpsideDown, upstrokes } from './pulses.js';
import { quantile, withoutMean } from './smoothing.js';
import { likeness } from './template.js';
import { judged, ramp, type WaveQuality } from './wave-quality.js';
import { openWindow, whole, type Window, type WindowLimits } from './wave-window.js';

/** 8-bit waves stay at their foot for several samples, so a rail must last longer than on an ECG. */
const LIMITS: WindowLimits = { rates: [20, 1000], shortestS: 4, flatWithin: 0.002, flatIsShare: true, railS: 0.2 };

const ALIKE = 0.86;
const RATE = [40, 180] as const;
const GAP_S = 3;
const UNSTEADY = 2.2;

/** `samples` in any unit at `fs` Hz, NaN where nothing was measured; at least 4 s. Never throws. */
export function ppgQuality(samples: ArrayLike<number>, fs: number): WaveQuality {
  const window = openWindow(samples, fs, LIMITS);
  return 'usable' in window ? window : judge(window);
}

function judge(window: Window): WaveQuality {
  const { x, fs, reasons } = window;
  const inverted = isUpsideDown(x, fs);
  if (inverted) reasons.add('inverted');
  const level = withoutMean(inverted ? x.map((value) => -value) : x, 1.5 * fs);
  const pulses = upstrokes(level, fs);
  const gaps = intervals(pulses, fs);
  const usual = quantile(gaps, 0.5);
  const side = Math.round(0.5 * Math.min(1.5, usual) * fs);
  const alike = likeness(level, pulses, side, side);
  if (Number.isNaN(alike)) {
    reasons.add('no-beats');
    return judged(0, reasons);
  }
  if (alike < ALIKE) reasons.add('irregular-shape');
  const hasRate = usual <= 60 / RATE[0] && usual >= 60 / RATE[1] && gaps.every((gap) => gap <= GAP_S);
  if (!hasRate) reasons.add('rate-implausible');
  const spread = quantile(gaps, 0.9) / quantile(gaps, 0.1);
  if (spread > UNSTEADY) reasons.add('noisy');
  // A half at Orphanidou's limit; a wave that breaks one of his other rules has at most half of its index left.
  const shape = ramp(alike, 2 * ALIKE - 1, 1);
  const rules = (hasRate ? 1 : 0.5) * ramp(spread, 2 * UNSTEADY, UNSTEADY);
  return judged(whole(window) * shape * rules, reasons);
}
