import type { WireSample } from '#libs/contracts';
import type { Draft } from '../state/draft.js';
import { LATENESS_BOUND } from '../time/grid.js';
import type { ClockState } from '../state/sender-state.js';
import { streamKey } from '../ingest/streams.js';
import { stillBehind } from '../state/behind.js';

/** A series that begins this much after its receipt stays where it is, ms: clocks that agree differ by less, and jitter would tear it. */
const SKEW = 2000;
/** Differences within which two records are taken to come from the same clock, ms. */
const SAME_CLOCK = 5000;
/**
 * What comes with a clock that is ahead is judged this much before its receipt, ms, so that a true value received at the same time is
 * newer; a series, which may not overlap what follows from a clock set right, by more.
 */
const MARGIN = { value: 2000, series: 60_000 } as const;
/** A series goes on where the one before ended, with pauses up to this, ms. */
const GOES_ON = 5000;
/** A clock that is wrong by more is noticed. */
export const NOTICED = 10_000;
/** What looks late by less is delay. */
const DELAY = 60_000;
/** So many records that look late by the same amount, over so long a time (ms), come from a clock that was set back. */
const SET_BACK = { records: 3, over: 20_000 } as const;
/** A fold may go back this far, ms: as long values of a clock that was behind have to be found by their judged time. */
const REACH = LATENESS_BOUND + 7 * 3_600_000;
const CLOCKS_KEPT = 16;

interface Sender {
  readonly source: string;
  readonly device: string;
}

/** Samples of one sender of a record, in the order sent, whose times do not go back. */
interface Run {
  readonly indexes: number[];
  /** Newest effective time, ms. */
  t: number;
  /** Whether its newest value is later than everything of its stream. */
  isBeyond: boolean;
  /** Whether it is a series that goes on where its stream ended. */
  goesOn: boolean;
}

/**
 * How much each sample's clock is ahead of ours (negative: behind), ms, by place in `samples`; undefined where it is as it says, and as a
 * whole when all are. Takes what it learns of the senders' clocks into the draft.
 *
 * A sender's values of one record are moved as a whole, so that they keep their distances, and by the same amount as the last ones
 * while that fits, so that records do. Where times go back in the order sent, a clock may have been set: each part is judged for itself.
 */
export function shiftsOf(
  draft: Draft,
  samples: readonly WireSample[],
  sender: Sender,
): readonly (number | undefined)[] | undefined {
  const { receivedAt } = draft.record;
  // The usual record costs one look at each time.
  const isUsual = samples.every(({ t }) => t <= receivedAt && receivedAt - t <= DELAY);
  if (isUsual && Object.keys(draft.clocks).length === 0) return undefined;
  const shifts: (number | undefined)[] = samples.map(() => undefined);
  for (const [origin, { source, runs }] of runsOf(draft, samples, sender)) {
    for (const run of runs) {
      const off = offOf(draft, origin, source, run);
      if (off === 0) continue;
      for (const index of run.indexes) shifts[index] = shiftOf(samples[index]!, off);
    }
  }
  return shifts;
}

function shiftOf({ s }: WireSample, off: number): number | undefined {
  if (off < 0) return off;
  if (off <= SKEW) return s === undefined ? off : undefined;
  return off + (s === undefined ? MARGIN.value : MARGIN.series);
}

function runsOf(
  draft: Draft,
  samples: readonly WireSample[],
  sender: Sender,
): ReadonlyMap<string, { readonly source: string; readonly runs: readonly Run[] }> {
  const origins = new Map<string, { readonly source: string; readonly runs: Run[] }>();
  samples.forEach((sample, index) => {
    const { t, c, h } = sample;
    const source = sample.f ?? sender.source;
    const device = sample.d ?? sender.device;
    // So far ahead is no clock; what is withdrawn keeps its place.
    if (sample.w !== undefined || !Number.isFinite(t) || t > draft.record.receivedAt + LATENESS_BOUND) return;
    const origin = device === '' ? `f:${source}` : `d:${device}`;
    const stream = draft.streams[streamKey(source, device, c, h)];
    const isBeyond = stream === undefined || t > stream.t;
    const goesOn = stream?.end !== undefined && isBeyond && t - stream.end <= GOES_ON;
    let one = origins.get(origin);
    if (one === undefined) origins.set(origin, (one = { source, runs: [] }));
    const last = one.runs.at(-1);
    if (last === undefined || t < last.t) {
      one.runs.push({ indexes: [index], t, isBeyond, goesOn });
      return;
    }
    last.indexes.push(index);
    last.t = t;
    last.isBeyond = isBeyond;
    last.goesOn ||= goesOn;
  });
  return origins;
}

/** Takes one run into what is known of the clock; answers by how much it is ahead, ms, negative: behind. */
function offOf(draft: Draft, origin: string, source: string, run: Run): number {
  const ahead = run.t - draft.record.receivedAt;
  const known = draft.clocks[origin];
  const off = known?.off ?? 0;
  if (known !== undefined && off > 0 && (run.goesOn || (ahead <= off + MARGIN.value && ahead > off - SAME_CLOCK))) {
    put(draft, origin, { ...known, heard: draft.now, rightSince: rightSince(draft, known, off) });
    return off;
  }
  if (ahead > SKEW && !run.goesOn) {
    put(draft, origin, changed(draft, source, known, ahead));
    return ahead;
  }
  if (known !== undefined && off < 0 && Math.abs(ahead - off) <= SAME_CLOCK) {
    put(draft, origin, { ...known, heard: draft.now, rightSince: null });
    return behind(draft, Math.max(off, ahead));
  }
  if (!run.isBeyond && ahead < -DELAY) return late(draft, origin, source, known, ahead);
  right(draft, origin, known);
  return Math.max(0, run.goesOn ? 0 : ahead);
}

/** A run that looks late: it is, or its clock was set back. */
function late(draft: Draft, origin: string, source: string, known: ClockState | undefined, ahead: number): number {
  const before = known?.late;
  const isSame = before !== undefined && Math.abs(before.by - ahead) <= SAME_CLOCK;
  // A stream that was late all along is slow, not wrong.
  if (before === undefined && !wasInTime(draft, origin, ahead)) return 0;
  const { by, since, records } = isSame ? before : { by: ahead, since: draft.now, records: 0 };
  if (records + 1 < SET_BACK.records || draft.now - since < SET_BACK.over) {
    const clock = known ?? { source, off: 0, since: draft.now, told: 0, rightSince: draft.now };
    put(draft, origin, { ...clock, heard: draft.now, late: { by, since, records: records + 1 } });
    return 0;
  }
  put(draft, origin, changed(draft, source, known, ahead));
  return behind(draft, ahead);
}

/** Whether some stream of this sender had values that were newer, relative to their receipt, than these. */
function wasInTime(draft: Draft, origin: string, ahead: number): boolean {
  for (const key of Object.keys(draft.streams)) {
    const { t, heard } = draft.streams[key]!;
    if (`${key}|`.includes(`|${origin}|`) && t - heard > ahead + DELAY) return true;
  }
  return false;
}

function behind(draft: Draft, off: number): number {
  draft.behind = { ms: Math.max(-off, stillBehind(draft)), until: draft.now + REACH };
  return off;
}

/** How far after its judged time a version may stand in the store, ms, by the clocks that are ahead now. */
export function stillAhead({ clocks }: Pick<Draft, 'clocks'>): number {
  return Object.values(clocks).reduce((most, { off }) => Math.max(most, off + MARGIN.series), 0);
}

/** The clock differs anew, or by another amount. The reported error stays while it is about the same. */
function changed(draft: Draft, source: string, known: ClockState | undefined, off: number): ClockState {
  const emitted = known === undefined ? 0 : known.told;
  const isAlike =
    Math.sign(emitted) === Math.sign(off) && Math.abs(off - emitted) <= Math.max(60_000, Math.abs(emitted) / 2);
  return {
    source,
    off,
    since: draft.now,
    heard: draft.now,
    told: Math.abs(off) <= NOTICED || isAlike ? emitted : off,
    rightSince: rightSince(draft, known, off),
  };
}

function rightSince(draft: Draft, known: ClockState | undefined, off: number): number | null {
  return Math.abs(off) > NOTICED ? null : (known?.rightSince ?? draft.now);
}

function right(draft: Draft, origin: string, known: ClockState | undefined): void {
  if (known === undefined) return;
  if (known.told === 0) {
    delete draft.clocks[origin];
    return;
  }
  const { late: _, ...rest } = known;
  put(draft, origin, { ...rest, off: 0, heard: draft.now, rightSince: known.rightSince ?? draft.now });
}

function put(draft: Draft, origin: string, clock: ClockState): void {
  draft.clocks[origin] = clock;
  const origins = Object.keys(draft.clocks).sort();
  if (origins.length <= CLOCKS_KEPT) return;
  delete draft.clocks[origins.reduce((a, b) => (draft.clocks[b]!.heard < draft.clocks[a]!.heard ? b : a))];
}
