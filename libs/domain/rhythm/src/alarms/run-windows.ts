/** A lead in windows of 3 s: a ventricular run repeats itself fast and is wider than the usual beat, whether or not its beats are found. */
import { bandPass } from '../signal/biquad.js';
import { waveform } from '../stream/waves/stream-fibrillation.js';

interface Window {
  /** Largest peak of the autocorrelation at 46 to 300/min, and the rate it stands for; 0 without a peak. */
  readonly likeness: number;
  readonly rate: number;
  /** Mean slope over mean size, beside the median of the whole lead: under 1 is wider than usual. */
  readonly pace: number;
  /** Leakage of the VF filter: near 0 for a sine. */
  readonly leakage: number;
}

const WINDOW_S = 3;
const STEP_S = 0.5;
const LAGS_S = [0.2, 1.3] as const;
/** A run is faster than 100/min; 95 allows for the grid of lags. */
const FAST = 95;

/**
 * What the windows from second `from` say, all leads together: evidence of the window that looks most like a run, least leakage and
 * least pace of any, then of that window mean, least and largest likeness, how far the rates of two leads are apart, pace and leakage.
 * NaN where there is no lead.
 */
export function windowFeatures(leads: readonly Float64Array[], fs: number, from: number): readonly number[] {
  const all = leads.map((lead) => windowsOf(lead, fs, from + WINDOW_S - 1));
  const count = Math.min(...all.map((windows) => windows.length));
  if (!(count > 0) || !Number.isFinite(count)) return Array.from({ length: 9 }, () => Number.NaN);
  const moments = Array.from({ length: count }, (_, i) => all.map((windows) => windows[i]!));
  const worth = (windows: readonly Window[]): number =>
    mean(windows.map(({ likeness, rate, pace }) => (rate > FAST ? 1 : 0.3) * likeness * Math.max(0, 1.6 - pace)));
  const best = moments.reduce((most, each) => (worth(each) > worth(most) ? each : most));
  const likeness = best.map((window) => window.likeness);
  const [first, second = first] = best.toSorted((a, b) => b.likeness - a.likeness);
  return [
    worth(best),
    Math.min(...moments.map((windows) => mean(windows.map(({ leakage }) => leakage)))),
    Math.min(...moments.map((windows) => mean(windows.map(({ pace }) => pace)))),
    mean(likeness),
    Math.min(...likeness),
    Math.max(...likeness),
    first!.rate > 0 ? Math.abs(first!.rate - second!.rate) / first!.rate : Number.NaN,
    mean(best.map(({ pace }) => pace)),
    mean(best.map(({ leakage }) => leakage)),
  ];
}

/** The windows that end at second `from` or later; pace is compared with all windows of the lead. */
function windowsOf(samples: Float64Array, fs: number, from: number): readonly Window[] {
  const filter = bandPass(fs, 1, 20);
  let held = 0;
  const signal = samples.map((sample) => filter((held = Number.isFinite(sample) ? sample : held)));
  const parts: Float64Array[] = [];
  const length = Math.round(WINDOW_S * fs);
  for (let at = 0; at + length <= signal.length; at += Math.round(STEP_S * fs))
    parts.push(signal.subarray(at, at + length));
  const paces = parts.map(paceOf);
  const usual = paces.toSorted((a, b) => a - b)[paces.length >> 1] ?? 0;
  return parts.flatMap((part, i) => {
    if (WINDOW_S + i * STEP_S < from) return [];
    const pace = usual > 0 ? paces[i]! / usual : 1;
    return [{ ...repetition(part, fs), pace, leakage: waveform(part, fs).leakage }];
  });
}

function paceOf(part: Float64Array): number {
  let [size, slope] = [0, 0];
  for (let i = 1; i < part.length; i++) {
    size += Math.abs(part[i]!);
    slope += Math.abs(part[i]! - part[i - 1]!);
  }
  return size > 0 ? slope / size : 0;
}

/** The peak that stands out most; a later one has to be higher by 0.1, so that the period is taken and not a multiple of it. */
function repetition(part: Float64Array, fs: number): Pick<Window, 'likeness' | 'rate'> {
  const step = Math.max(1, Math.round(fs / 125));
  const lags: number[] = [];
  for (let lag = Math.floor(LAGS_S[0] * fs); lag < LAGS_S[1] * fs; lag += step) lags.push(lag);
  const values = lags.map((lag) => autocorrelation(part, lag, step));
  let [likeness, rate] = [0, 0];
  for (let i = 1; i + 1 < lags.length; i++) {
    const value = values[i]!;
    if (value <= values[i - 1]! || value < values[i + 1]! || value <= likeness + 0.1) continue;
    likeness = value;
    rate = (60 * fs) / lags[i]!;
  }
  return { likeness, rate };
}

function autocorrelation(part: Float64Array, lag: number, step: number): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = lag; i < part.length; i += step) {
    const [a, b] = [part[i]!, part[i - lag]!];
    ab += a * b;
    aa += a * a;
    bb += b * b;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
