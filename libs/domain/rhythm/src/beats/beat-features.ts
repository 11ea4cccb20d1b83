/** Each beat as numbers for the trees: its own form and timing, and those of its group, both beside the patient's usual beat. */
import { formAt, formSignal } from './beat-forms.js';
import { likeness, shapeOf, type Likeness } from './beat-likeness.js';
import { learnTemplates, nearest } from './beat-templates.js';
import { timings } from './beat-timing.js';
import { withoutHum } from '../signal/mains-hum.js';
import type { Beat } from './qrs-detector.js';

/** A longer recording is cut in equal stretches, each judged on its own: an hour or so, and bounded memory. */
const MAX_BEATS = 4000;
/** Within so many beats there must be one of the usual form, or the largest group there is the usual one. */
const AROUND = 50;
/** mV. Weaker hum changes a form less than taking it off does. */
const HUM_MV = 0.07;

/** Twenty numbers for each beat. A beat with few neighbours is judged by them alone. */
export function classFeatures(
  samples: Float64Array,
  fs: number,
  beats: readonly Beat[],
): readonly (readonly number[])[] {
  const signal = formSignal(withoutHum(samples, fs, HUM_MV), fs);
  const size = Math.ceil(beats.length / Math.ceil(beats.length / MAX_BEATS));
  const rows: (readonly number[])[] = [];
  for (let from = 0; from < beats.length; from += size)
    rows.push(...stretchFeatures(signal, fs, beats.slice(from, from + size)));
  return rows;
}

function stretchFeatures(signal: Float64Array, fs: number, beats: readonly Beat[]): readonly (readonly number[])[] {
  const forms = beats.map(({ at }) => formAt(signal, fs, at));
  const templates = learnTemplates(forms);
  const groups = forms.map((form) => nearest(templates, form).group);
  const usual = usualGroups(groups, templates.length);
  const shapes = templates.map(({ form }) => shapeOf(form));
  const times = timings(
    beats,
    fs,
    groups.map((group, i) => group === usual[i]),
  );
  const [before, after] = (['before', 'after'] as const).map((side) =>
    groupMeans(
      groups,
      times.map((each) => each[side]),
      templates.length,
    ),
  );
  const known = new Map<number, Likeness>();
  const ofGroup = (group: number, to: number): Likeness => {
    const key = group * templates.length + to;
    const found = known.get(key) ?? likeness(templates[group]!.form, templates[to]!.form, shapes[to]!);
    known.set(key, found);
    return found;
  };
  return beats.map((_, i) => {
    const group = groups[i]!;
    const to = usual[i]!;
    const own = likeness(forms[i]!, templates[to]!.form, shapes[to]!);
    const time = times[i]!;
    return [
      time.before,
      time.after,
      time.before + time.after,
      own.same,
      own.period,
      own.spread,
      ...differences(own),
      before![group]!,
      after![group]!,
      ...differences(ofGroup(group, to)),
    ];
  });
}

/** Features that distinguish a form from the usual one. */
export function differences({ qrs, whole, p, t, spreadRatio, slopeRatio }: Likeness): readonly number[] {
  return [qrs, whole, p, t, spreadRatio, slopeRatio];
}

/** The usual group at each beat: the largest of the stretch, or of the beats around where that one does not occur. */
function usualGroups(groups: readonly number[], count: number): readonly number[] {
  const sizes = new Float64Array(count);
  for (const group of groups) sizes[group]!++;
  const largest = sizes.indexOf(Math.max(...sizes));
  const around = new Float64Array(count);
  for (const group of groups.slice(0, AROUND)) around[group]!++;
  return groups.map((_, i) => {
    if (i + AROUND < groups.length) around[groups[i + AROUND]!]!++;
    if (i > AROUND) around[groups[i - AROUND - 1]!]!--;
    return around[largest]! > 0 ? largest : around.indexOf(Math.max(...around));
  });
}

function groupMeans(groups: readonly number[], values: readonly number[], count: number): Float64Array {
  const sums = new Float64Array(count);
  const sizes = new Float64Array(count);
  for (const [i, group] of groups.entries()) {
    sums[group]! += values[i]!;
    sizes[group]!++;
  }
  return sums.map((sum, group) => sum / sizes[group]!);
}
