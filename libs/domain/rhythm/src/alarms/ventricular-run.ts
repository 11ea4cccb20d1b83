import { beatFeatures } from '../beats/morphology.js';
import { regularity } from '../fibrillation/interval-features.js';
import { findBeats } from '../beats/qrs-detector.js';
import { findPulses } from '../beats/pulse-detector.js';

/** Length of a ventricular run, beats (ANSI/AAMI EC13 as used by the PhysioNet/CinC Challenge 2015). */
const RUN = 5;

/** Evidence for a ventricular run on one ECG channel from second `from`: the run of five beats that looks least like the usual beat. */
export function runFeatures(samples: Float64Array, fs: number, from: number): readonly number[] {
  const beats = findBeats(samples, fs);
  const features = beatFeatures(samples, fs, beats);
  let best = [0, 0, 0, 1, 1, 0, 0];
  let evidence = -1;
  for (let i = 0; i + RUN <= features.length; i++) {
    const run = features.slice(i, i + RUN);
    const end = run.at(-1)!.at / fs;
    if (end < from) continue;
    const rate = (60 * (RUN - 1)) / (end - run[0]!.at / fs);
    const unlike = mean(run.map((beat) => 1 - beat.likeness));
    const worth = unlike * Math.min(1, rate / 100) + (rate > 95 ? 0.3 : 0);
    if (worth <= evidence) continue;
    evidence = worth;
    best = [
      rate,
      unlike,
      Math.min(...run.map((beat) => 1 - beat.likeness)),
      mean(run.map((beat) => beat.area)),
      mean(run.map((beat) => beat.slope)),
      mean(run.map((beat) => beat.seconds)),
      mean(run.map((beat) => beat.share)),
    ];
  }
  const { burst, variation, longest } = regularity(
    beats.map(({ at }) => at / fs),
    from,
    samples.length / fs,
  );
  return [...best, burst, variation, longest];
}

/** What the pulse says over the same time: regularity, and how far the weakest stretch of three seconds falls under the usual swing. */
export function pulseFeatures(samples: Float64Array, fs: number, from: number): readonly number[] {
  const { burst, slowest, variation, longest } = regularity(findPulses(samples, fs), from, samples.length / fs);
  const swings: number[] = [];
  const step = Math.round(fs * 1.5);
  for (let at = 0; at + step <= samples.length; at += step) {
    const part = samples.subarray(at, at + step);
    swings.push(Math.max(...part) - Math.min(...part));
  }
  const late = swings.slice(Math.floor((from * fs) / step));
  const usual = swings.toSorted((a, b) => a - b)[swings.length >> 1] ?? 0;
  return [burst, slowest, variation, longest, usual > 0 ? Math.min(...late) / usual : 0];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
