/**
 * Quality of a window of an arterial pressure wave: the share of its pulses that pass the limits of jSQI (J. X. Sun, A. T. Reisner,
 * R. G. Mark, Computers in Cardiology 2006;33:13-16; limits as in the author's jSQI.m), and whether the line is damped.
 */
import { isUpsideDown, pulsesOf, upstrokes, type Pulse } from './pulses.js';
import { quantile } from './smoothing.js';
import { judged, ramp, type WaveQuality, type WaveReason } from './wave-quality.js';
import { openWindow, whole, type Window, type WindowLimits } from './wave-window.js';

const LIMITS: WindowLimits = { rates: [50, 1000], shortestS: 4, flatWithin: 0.5, flatIsShare: false, railS: 0.1 };

/** jSQI: mmHg, and seconds. */
const HIGHEST = 300;
const LOWEST = 20;
const MEAN = [30, 200] as const;
const PULSE = 20;
const INTERVAL_S = [60 / 200, 60 / 20] as const;
const CHANGE = 20;
const CHANGE_S = 0.5;
/** Mean of the falls, mmHg/s: -3 per sample at 125 Hz. */
const FALL = -375;
/** Steepest rise over pulse pressure, 1/s, at or below which the upstroke takes a quarter of a second: a line with air or clot in it. Our own limit. */
const DAMPED = 6;

/** `samples` in mmHg at `fs` Hz, NaN where nothing was measured; at least 4 s. Never throws. */
export function pressureWaveQuality(samples: ArrayLike<number>, fs: number): WaveQuality {
  const window = openWindow(samples, fs, LIMITS);
  return 'usable' in window ? window : judge(window);
}

function judge(window: Window): WaveQuality {
  const { x, fs, reasons } = window;
  if (isUpsideDown(x, fs)) reasons.add('inverted');
  const starts = upstrokes(x, fs);
  const pulses = pulsesOf(x, fs, starts);
  if (pulses.length < 2) {
    reasons.add('no-beats');
    return judged(0, reasons);
  }
  const faults: Record<Fault, number> = { 'level-implausible': 0, 'rate-implausible': 0, noisy: 0 };
  let good = 0;
  pulses.forEach((pulse, i) => {
    const fault =
      faultOf(pulse, pulses[i - 1]) ?? (meanFall(x, fs, starts[i]!, starts[i + 1]!) < FALL ? 'noisy' : undefined);
    if (fault === undefined) good++;
    else faults[fault]++;
  });
  for (const fault of FAULTS) if (faults[fault] > 0.2 * pulses.length) reasons.add(fault);
  const steepness = quantile(
    pulses.map((pulse) => pulse.steepness),
    0.5,
  );
  if (steepness < DAMPED) reasons.add('damped');
  const polarity = reasons.has('inverted') ? 0 : 1;
  return judged(whole(window) * (good / pulses.length) * ramp(steepness, 0, DAMPED) * polarity, reasons);
}

const FAULTS = ['level-implausible', 'rate-implausible', 'noisy'] as const satisfies readonly WaveReason[];
type Fault = (typeof FAULTS)[number];

function faultOf({ top, foot, seconds }: Pulse, before: Pulse | undefined): Fault | undefined {
  const mean = foot + (top - foot) / 3;
  if (!(top <= HIGHEST && foot >= LOWEST && mean >= MEAN[0] && mean <= MEAN[1] && top - foot >= PULSE))
    return 'level-implausible';
  if (!(seconds >= INTERVAL_S[0] && seconds <= INTERVAL_S[1])) return 'rate-implausible';
  if (before === undefined) return undefined;
  const steady =
    Math.abs(top - before.top) <= CHANGE &&
    Math.abs(foot - before.foot) <= CHANGE &&
    Math.abs(seconds - before.seconds) <= CHANGE_S;
  return steady ? undefined : 'noisy';
}

/** Mean of the falling slopes of one pulse over 8 ms, as at the 125 Hz of the paper; mmHg/s, 0 where nothing falls. */
function meanFall(x: Float64Array, fs: number, from: number, to: number): number {
  const lag = Math.max(1, Math.round(0.008 * fs));
  let sum = 0;
  let count = 0;
  for (let k = Math.max(lag, from); k < to; k++) {
    const slope = ((x[k]! - x[k - lag]!) * fs) / lag;
    if (slope >= 0) continue;
    sum += slope;
    count++;
  }
  return count > 0 ? sum / count : 0;
}
