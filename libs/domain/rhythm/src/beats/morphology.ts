/** What a beat looks like beside the patient's own usual beat. Templates are learnt as the beats come; at most eight are kept. */
import { bandPass } from '../signal/biquad.js';
import type { Beat } from './qrs-detector.js';

/** Features of one beat; ratios are to the patient's usual beat, so that 1 means alike. */
export interface BeatFeatures {
  readonly at: number;
  /** Interval before and after over the median of the last eight. */
  readonly before: number;
  readonly after: number;
  /** Best correlation with the usual beat, -1..1. */
  readonly likeness: number;
  /** Share of recent beats that look like this one, 0..1. */
  readonly share: number;
  /** Area, steepest slope and width over those of the usual beat. */
  readonly area: number;
  readonly slope: number;
  readonly width: number;
  /** Width in seconds: where the beat exceeds a third of its height. */
  readonly seconds: number;
}

interface Shape {
  readonly form: Float64Array;
  readonly area: number;
  readonly slope: number;
  readonly width: number;
}

interface Template {
  form: Float64Array;
  weight: number;
  area: number;
  slope: number;
  width: number;
  seen: number;
}

const BEFORE_S = 0.1;
const AFTER_S = 0.16;
const SAME = 0.88;
const MAX_TEMPLATES = 8;
const FADE = 0.995;

export function beatFeatures(samples: Float64Array, fs: number, beats: readonly Beat[]): readonly BeatFeatures[] {
  const filter = bandPass(fs, 1, 25);
  const signal = samples.map((sample) => filter(Number.isFinite(sample) ? sample : 0));
  const templates: Template[] = [];
  const intervals: number[] = [];
  return beats.map((beat, i) => {
    const interval = i > 0 ? (beat.at - beats[i - 1]!.at) / fs : Number.NaN;
    const next = i + 1 < beats.length ? (beats[i + 1]!.at - beat.at) / fs : Number.NaN;
    const usual = median(intervals) ?? 0.8;
    if (interval < 2.5) intervals.push(interval);
    if (intervals.length > 8) intervals.shift();
    const shape = shapeOf(signal, beat.at, fs);
    const own = learn(templates, shape, i, fs);
    const dominant = templates.reduce((best, each) => (each.weight > best.weight ? each : best));
    const total = templates.reduce((sum, each) => sum + each.weight, 0);
    return {
      at: beat.at,
      before: Number.isFinite(interval) ? interval / usual : 1,
      after: Number.isFinite(next) ? next / usual : 1,
      likeness:
        own === dominant
          ? Math.max(SAME, likeness(shape.form, dominant.form, fs))
          : likeness(shape.form, dominant.form, fs),
      share: own.weight / total,
      area: shape.area / (dominant.area || 1),
      slope: shape.slope / (dominant.slope || 1),
      width: shape.width / (dominant.width || 1),
      seconds: shape.width,
    };
  });
}

function shapeOf(signal: Float64Array, at: number, fs: number): Shape {
  const from = at - Math.round(BEFORE_S * fs);
  const length = Math.round((BEFORE_S + AFTER_S) * fs);
  const form = Float64Array.from({ length }, (_, i) => signal[Math.min(signal.length - 1, Math.max(0, from + i))]!);
  let top = 0;
  let area = 0;
  let slope = 0;
  form.forEach((value, i) => {
    top = Math.max(top, Math.abs(value));
    area += Math.abs(value);
    if (i > 0) slope = Math.max(slope, Math.abs(value - form[i - 1]!) * fs);
  });
  const wide = form.reduce((count, value) => count + (Math.abs(value) > top / 3 ? 1 : 0), 0);
  return { form, area, slope, width: wide / fs };
}

function learn(templates: Template[], shape: Shape, i: number, fs: number): Template {
  let best: Template | undefined;
  let closest = SAME;
  for (const template of templates) {
    template.weight *= FADE;
    const same = likeness(shape.form, template.form, fs);
    if (same > closest && shape.area < 2 * template.area && shape.area > template.area / 2) {
      best = template;
      closest = same;
    }
  }
  if (best) {
    const rate = Math.max(0.08, 1 / (1 + best.weight));
    const { form } = best;
    shape.form.forEach((value, k) => (form[k]! += rate * (value - form[k]!)));
    best.area += rate * (shape.area - best.area);
    best.slope += rate * (shape.slope - best.slope);
    best.width += rate * (shape.width - best.width);
    best.weight += 1;
    best.seen = i;
    return best;
  }
  const added = { ...shape, form: shape.form.slice(), weight: 1, seen: i };
  if (templates.length >= MAX_TEMPLATES) {
    const least = templates.reduce((low, each) => (each.weight < low.weight ? each : low));
    templates.splice(templates.indexOf(least), 1);
  }
  templates.push(added);
  return added;
}

/** Largest correlation of two forms when shifted by up to 40 ms. */
function likeness(a: Float64Array, b: Float64Array, fs: number): number {
  const most = Math.round(0.04 * fs);
  const step = Math.max(1, Math.round(fs / 150));
  let best = -1;
  for (let shift = -most; shift <= most; shift += step) {
    let ab = 0;
    let aa = 0;
    let bb = 0;
    const from = Math.max(0, -shift);
    const to = Math.min(a.length, b.length - shift);
    for (let i = from; i < to; i += step) {
      const x = a[i]!;
      const y = b[i + shift]!;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    if (aa > 0 && bb > 0) best = Math.max(best, ab / Math.sqrt(aa * bb));
  }
  return best;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
