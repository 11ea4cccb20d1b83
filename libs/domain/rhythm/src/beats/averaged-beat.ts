/** The median beat of a short lead: which beats look like it, what comes before it, and what is left when it is taken away. */
import { bandPass } from '../signal/biquad.js';
import { correlation, mean, quantile, share, swing } from '../signal/statistics.js';

export interface AlignedBeats {
  /** Sample of each beat, moved to where it fits the median beat best. */
  readonly at: readonly number[];
  /** Correlation with the median beat, and size over its size. */
  readonly likeness: readonly number[];
  readonly size: readonly number[];
  readonly isSure: readonly boolean[];
  /** The lead at 0.7 to 30 Hz, and height and width (s) of its median QRS. */
  readonly signal: Float64Array;
  readonly height: number;
  readonly width: number;
}

const QRS_S = [-0.1, 0.14] as const;
const P_S = [-0.24, -0.06] as const;
/** Fewer beats have no median beat. */
const MIN_BEATS = 5;
const MIN_WHOLE = 4;
const ATRIAL_FEATURES = 15;

/** `undefined` for fewer than five beats. */
export function alignBeats(samples: Float64Array, fs: number, beats: readonly number[]): AlignedBeats | undefined {
  if (beats.length < MIN_BEATS) return undefined;
  const filter = bandPass(fs, 0.7, 30);
  let held = 0;
  const signal = samples.map((sample) => filter((held = Number.isFinite(sample) ? sample : held)));
  const cut = (at: number): Float64Array => part(signal, at, fs, QRS_S);
  const most = Math.round(0.04 * fs);
  let at = [...beats];
  let form: Float64Array = new Float64Array(0);
  for (let pass = 0; pass < 2; pass++) {
    form = medianOf(at.map(cut));
    at = at.map((beat) => bestFit(beat, most, (place) => correlation(cut(place), form)));
  }
  const usual = mean(form.map(Math.abs)) || 1;
  const height = Math.max(...form.map(Math.abs)) || 1;
  const likeness = at.map((beat) => correlation(cut(beat), form));
  const size = at.map((beat) => mean(cut(beat).map(Math.abs)) / usual);
  const wide = form.filter((value) => Math.abs(value) > height / 3).length;
  return {
    at,
    likeness,
    size,
    isSure: likeness.map((each, i) => each > 0.8 && size[i]! > 0.4 && size[i]! < 2.5),
    signal,
    height,
    width: (wide * stepOf(fs)) / fs,
  };
}

/** Stretches of intervals (s) between beats that are sure. */
export function sureRuns({ at, isSure }: AlignedBeats, fs: number): ReadonlyArray<readonly number[]> {
  const runs: number[][] = [[]];
  for (let i = 1; i < at.length; i++)
    if (isSure[i - 1] && isSure[i]) runs.at(-1)!.push((at[i]! - at[i - 1]!) / fs);
    else runs.push([]);
  return runs.filter((run) => run.length > 0);
}

/** How much the beats agree, the P wave of the median beat, and the atrial part between beats. NaN where there are too few whole beats. */
export function averagedBeatFeatures(beats: AlignedBeats | undefined, fs: number): readonly number[] {
  if (beats === undefined) return missing(5 + ATRIAL_FEATURES);
  const { at, likeness, size, isSure, signal, height, width } = beats;
  const spread = Math.sqrt(mean(size.map((each) => (each - mean(size)) ** 2)));
  const agreement = [share(isSure, Boolean), mean(likeness), quantile(likeness, 0.25), spread, width];
  const whole = at.filter((beat, i) => isSure[i] && beat > 0.3 * fs && beat + 0.45 * fs < signal.length);
  if (whole.length < MIN_WHOLE) return [...agreement, ...missing(ATRIAL_FEATURES)];
  return [...agreement, ...pWave(beats, whole, fs), ...residue(beats, whole, fs), ...quietLine(signal, at, fs, height)];
}

/** The median of what comes before the QRS: its swing, how far single beats agree with it, its bump over the line between its ends. */
function pWave({ signal, height }: AlignedBeats, whole: readonly number[], fs: number): readonly number[] {
  const parts = whole.map((beat) => part(signal, beat, fs, P_S));
  const form = medianOf(parts);
  const level = centred(form);
  const agreement = parts.map((each) => correlation(centred(each), level));
  const apart = quantile(
    parts.map((each) => mean(each.map((value, k) => Math.abs(value - form[k]!)))),
    0.5,
  );
  const slope = (form.at(-1)! - form[0]!) / (form.length - 1);
  const bump = form.map((value, k) => Math.abs(value - form[0]! - slope * k));
  const top = Math.max(...bump);
  return [
    swing(form) / height,
    swing(form) / (apart || 1),
    apart / height,
    mean(agreement),
    quantile(agreement, 0.25),
    quantile(agreement, 0.5),
    top / height,
    top / (apart || 1),
    bump.indexOf(top) / bump.length,
  ];
}

/** The lead less its median beats, QRS blanked: power at 4 to 10 Hz (waves of fibrillation) beside slower and faster parts. */
function residue({ signal, at, size, height }: AlignedBeats, whole: readonly number[], fs: number): readonly number[] {
  const usual = quantile(
    at.slice(1).map((beat, i) => beat - at[i]!),
    0.5,
  );
  const [before, after] = [Math.round(0.26 * fs), Math.round(Math.min(0.5 * fs, 0.7 * usual))];
  const form = Float64Array.from({ length: before + after }, (_, k) =>
    quantile(
      whole.map((beat) => signal[beat - before + k] ?? 0),
      0.5,
    ),
  );
  const rest = signal.slice();
  for (const [i, beat] of at.entries()) {
    const start = Math.max(beat - before, i > 0 ? at[i - 1]! + after : 0, 0);
    const end = Math.min(beat + after, (at[i + 1] ?? Number.POSITIVE_INFINITY) - before, rest.length);
    const scale = Math.max(0.5, Math.min(1.5, size[i]!));
    for (let k = start; k < end; k++) rest[k]! -= scale * form[k - beat + before]!;
  }
  for (const beat of at)
    rest.fill(0, Math.max(0, Math.round(beat - 0.07 * fs)), Math.max(0, Math.round(beat + 0.09 * fs)));
  const [slow, waves, fast] = [bandPass(fs, 1, 3.5), bandPass(fs, 4, 10), bandPass(fs, 10, 25)].map((filter) =>
    rest.reduce((sum, value) => sum + filter(value) ** 2, 0),
  );
  return [waves! / (slow! + waves! + fast! || 1), waves! / (fast! || 1), Math.sqrt(waves! / rest.length) / height];
}

/** Between T wave and next QRS: mean step, turns per second, and swing. */
function quietLine(signal: Float64Array, at: readonly number[], fs: number, height: number): readonly number[] {
  const step = Math.max(1, Math.round(fs / 100));
  const lines = at.slice(1).flatMap((next, i) => {
    const line: number[] = [];
    for (let k = at[i]! + Math.round(0.36 * fs); k < next - 0.08 * fs; k += step) line.push(signal[k]!);
    if (next - at[i]! < 0.5 * fs || line.length < 9) return [];
    const steps = line.slice(1).map((value, k) => value - line[k]!);
    const turns = steps.slice(1).filter((each, k) => each * steps[k]! < 0).length;
    return [[mean(steps.map(Math.abs)) / height, (turns * fs) / (line.length * step), swing(line) / height]];
  });
  return [0, 1, 2].map((j) =>
    quantile(
      lines.map((line) => line[j]!),
      0.5,
    ),
  );
}

function missing(count: number): readonly number[] {
  return Array.from({ length: count }, () => Number.NaN);
}

function stepOf(fs: number): number {
  return Math.max(1, Math.round(fs / 150));
}

/** The part from and to the given seconds beside `at`, at about 150 Hz; 0 outside the lead. */
function part(signal: Float64Array, at: number, fs: number, [from, to]: readonly [number, number]): Float64Array {
  const step = stepOf(fs);
  const start = at + Math.round(from * fs);
  return Float64Array.from({ length: Math.floor(((to - from) * fs) / step) }, (_, k) => signal[start + k * step] ?? 0);
}

function medianOf(parts: readonly Float64Array[]): Float64Array {
  return parts[0]!.map((_, k) =>
    quantile(
      parts.map((each) => each[k]!),
      0.5,
    ),
  );
}

function centred(values: Float64Array): Float64Array {
  const middle = mean(values);
  return values.map((value) => value - middle);
}

function bestFit(at: number, most: number, worth: (at: number) => number): number {
  let best = at;
  let highest = worth(at);
  for (let place = at - most; place <= at + most; place++) {
    const found = worth(place);
    if (found > highest) [best, highest] = [place, found];
  }
  return best;
}
