/**
 * Every beat of one lead once, as numbers for the trees, as the ECG comes: the twenty of beat-features.ts, from what has come so far. A
 * beat is taken when 3 s have come after it, so that its form and the next interval are known.
 */
import { formAt, formSignal } from '../../beats/beat-forms.js';
import { differences } from '../../beats/beat-features.js';
import { likeness, shapeOf } from '../../beats/beat-likeness.js';
import type { Beat } from '../../beats/qrs-detector.js';
import { keepGroups, readGroups, takeBeat, type Group, type KeptGroup } from '../../ectopy/stream-beat-groups.js';
import {
  causalTiming,
  usualGroup,
  withBeat,
  type CausalTiming,
  type RecentBeats,
} from '../../ectopy/stream-beat-timing.js';
import { ECG_RATE } from './stream-channel.js';

/** What is remembered of the beats of a lead: plain JSON under 5 kB. */
export interface BeatsState {
  readonly lead: string;
  /** When the channel began, ms: there is no interval across that. */
  readonly began: number;
  /** Position of the newest beat taken, samples at ECG_RATE since 1970; null: none yet. */
  readonly last: number | null;
  readonly groups: readonly KeptGroup[];
  readonly recent: RecentBeats;
  /** Running median of how alike beats are to their groups. */
  readonly usualSame: number;
}

/** What is looked at of a lead: `samples` at ECG_RATE without NaN, the beats in them, and where they end, samples since 1970. */
export interface BeatWindow {
  readonly lead: string;
  readonly began: number;
  readonly end: number;
  readonly samples: Float64Array;
  readonly beats: readonly Beat[];
}

export interface TakenBeat {
  /** Seconds before the end of the window. */
  readonly ago: number;
  /** Interval before, s; null where none is known. */
  readonly interval: number | null;
  readonly features: readonly number[];
}

const DELAY = 3 * ECG_RATE;
/** A beat nearer to the last one than this is the same, found a little later when more had come. */
const SAME_BEAT = 0.18 * ECG_RATE;
/** A longer interval is a gap or a pause. */
const LONGEST = 3 * ECG_RATE;
/** The filter of the forms has settled after 4 s; a form ends 0.6 s after its beat. */
const SETTLED = 4 * ECG_RATE;
const BEHIND = ECG_RATE;
const FIRST_SAME = 0.97;
const SAME_STEP = 0.002;

/** The beats of the window that were not taken before, in order. Another lead begins anew. */
export function takeBeats(
  before: BeatsState | null,
  { lead, began, end, samples, beats }: BeatWindow,
): { readonly state: BeatsState; readonly taken: readonly TakenBeat[] } {
  const known: BeatsState =
    before?.lead === lead
      ? { ...before, began }
      : { lead, began, last: null, groups: [], recent: [], usualSame: FIRST_SAME };
  const from = end - samples.length;
  const joins = before?.lead === lead && before.began === began;
  let { last, recent, usualSame } = known;
  const isNew = ({ at }: Beat): boolean =>
    at <= samples.length - DELAY && (last === null || from + at > last + SAME_BEAT);
  const first = beats.findIndex(isNew);
  if (first < 0) return { state: known, taken: [] };
  const start = Math.max(0, beats[first]!.at - SETTLED);
  const signal = formSignal(samples.subarray(start, samples.length - DELAY + BEHIND), ECG_RATE);
  const groups = readGroups(known.groups);
  const taken: TakenBeat[] = [];
  for (let i = first; i < beats.length && isNew(beats[i]!); i++) {
    const { at } = beats[i]!;
    const earlier = i > 0 ? from + beats[i - 1]!.at : joins ? last : null;
    const interval = earlier === null || from + at - earlier > LONGEST ? 0 : from + at - earlier;
    const next = (beats[i + 1]?.at ?? samples.length) - at;
    const form = formAt(signal, ECG_RATE, at - start);
    const time = causalTiming(recent, usualGroup(groups, recent), interval, next);
    const into = takeBeat(groups, form, time, usualSame);
    recent = withBeat(recent, into, interval);
    usualSame = rounded(usualSame + (into.same > usualSame ? SAME_STEP : -SAME_STEP));
    taken.push({
      ago: (samples.length - at) / ECG_RATE,
      interval: interval > 0 ? interval / ECG_RATE : null,
      features: featuresOf(form, time, groups[into.group]!, groups[usualGroup(groups, recent)]!),
    });
    last = from + at;
  }
  return { state: { ...known, last, groups: keepGroups(groups), recent, usualSame }, taken };
}

function featuresOf(
  form: Float64Array,
  { before, after }: CausalTiming,
  group: Group,
  usual: Group,
): readonly number[] {
  const shape = shapeOf(usual.form);
  const own = likeness(form, usual.form, shape);
  return [
    before,
    after,
    before + after,
    own.same,
    own.period,
    own.spread,
    ...differences(own),
    group.before,
    group.after,
    ...differences(likeness(group.form, usual.form, shape)),
  ];
}

/** Three digits, 0..1: as it is kept. */
function rounded(same: number): number {
  return Math.round(1000 * Math.min(1, Math.max(0, same))) / 1000;
}
