/** Usual or ventricular: each beat of one lead once, as the ECG comes, about 3 s after the beat. */
import { modelScore } from '../signal/boosted-trees.js';
import { STREAM_VENTRICULAR } from '../models/stream-beat-class.js';
import { takeBeats, type BeatsState, type BeatWindow } from '../stream/waves/stream-beats.js';

export interface StreamBeat {
  /** Time of the beat, ms since 1970. */
  readonly at: number;
  readonly lead: string;
  /** V: ventricular ectopic or escape (EC57). N: any other, atrial ones too. */
  readonly class: 'N' | 'V';
  /** Interval before, s; null after a gap, a pause of more than 3 s, or at the start. */
  readonly interval: number | null;
  /** What the class rests on; the numbers of stream-beats.ts. */
  readonly features: readonly number[];
}

/** What is remembered to class beats: plain JSON under 5 kB. */
export interface BeatClassState {
  /** Of the lead whose beats are classed. */
  readonly beats: BeatsState | null;
  /** Seconds judged since that lead could be used. */
  readonly unused: number;
}

const LIMIT = 0.5;
/** Another lead is taken, and learnt anew, when the one there was could not be used for so long, s. */
const PATIENCE_S = 30;
/** The trees were fitted on lead II. */
const LEAD_II = /(^|[^I])II$/i;

/** The beats not classed before, of the lead that is followed: II where there is one when it begins, else the first by name. `at`: end of the windows, ms. */
export function classBeats(
  before: BeatClassState | null,
  leads: readonly BeatWindow[],
  at: number,
): { readonly state: BeatClassState | null; readonly beats: readonly StreamBeat[] } {
  const known = before?.beats ?? null;
  const unused = (before?.unused ?? 0) + 1;
  const own = leads.find(({ lead }) => lead === known?.lead);
  const window =
    own ??
    (known === null || unused > PATIENCE_S ? leads.toSorted((a, b) => byPreference(a.lead, b.lead))[0] : undefined);
  if (window === undefined) return { state: before && { ...before, unused: Math.min(unused, PATIENCE_S) }, beats: [] };
  const { state, taken } = takeBeats(known, window);
  const beats = taken.map(({ ago, interval, features }) => ({
    at: Math.round(at - 1000 * ago),
    lead: window.lead,
    class: modelScore(STREAM_VENTRICULAR, features) > LIMIT ? ('V' as const) : ('N' as const),
    interval,
    features,
  }));
  return { state: { beats: state, unused: 0 }, beats };
}

/** Of two names of leads: II first, then by name. */
export function byPreference(a: string, b: string): number {
  const [first, second] = [LEAD_II.test(a), LEAD_II.test(b)];
  if (first !== second) return first ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
