import type { WireSample } from '#libs/contracts';
import { NO_CHANGES, type Changes } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import { LATENESS_BOUND } from '../time/grid.js';
import type { ClockState } from '../state/sender-state.js';
import { stillBehind } from '../state/behind.js';
import { runsOf, SKEW, type Basis, type Run, type Sender } from './runs.js';

/** Differences within which two records are taken to come from the same clock, ms. */
const SAME_CLOCK = 5000;
/**
 * What comes with a clock that is ahead is judged this much before its receipt, ms, so that a true value received at the same time is
 * newer; a series, which may not overlap what follows from a clock set right, by more.
 */
const MARGIN = { value: 2000, series: 60_000 } as const;
/** A clock that is wrong by more is noticed. */
export const NOTICED = 10_000;
/** What looks late by less is delay. */
const DELAY = 60_000;
/** So many records that are late (or doses ahead) by the same amount, over so long a time (ms), come from a clock that was set back (or is ahead). */
const SET_BACK = { records: 3, over: 20_000 } as const;
/** A fold may go back this far, ms: as long values of a clock that was behind have to be found by their judged time. */
const REACH = LATENESS_BOUND + 7 * 3_600_000;
const CLOCKS_KEPT = 16;

/** A copy that a record's runs are taken into, one after the other. */
interface Learned extends Omit<Basis, 'clocks' | 'behind'> {
  readonly clocks: Record<string, ClockState>;
  behind: Basis['behind'];
}

export interface Shifts {
  readonly shifts: readonly (number | undefined)[] | undefined;
  readonly changes: Changes;
}

const UNMOVED: Shifts = { shifts: undefined, changes: NO_CHANGES };

/**
 * How much each sample's clock is ahead of ours (negative: behind), ms, by place in `samples`; undefined where it is as it says, and as a
 * whole when all are; and what is learned of the senders' clocks.
 *
 * A sender's values of one record are moved as a whole, so that they keep their distances, and by the same amount as the last ones
 * while that fits, so that records do. Where times go back in the order sent, a clock may have been set: each part is judged for itself. What is planned says nothing of
 * a clock, and counts at its own time, later than its receipt.
 */
export function shiftsOf(twin: Basis, samples: readonly WireSample[], sender: Sender): Shifts {
  const { receivedAt } = twin.record;
  // The usual record costs one look at each time.
  const isUsual = samples.every(({ t }) => t <= receivedAt && receivedAt - t <= DELAY);
  if (isUsual && Object.keys(twin.clocks).length === 0) return UNMOVED;
  const { behind: before, clocks, now, record, streams } = twin;
  const learned: Learned = { behind: before, clocks: { ...clocks }, now, record, streams };
  const shifts: (number | undefined)[] = samples.map(() => undefined);
  for (const [origin, { source, runs }] of runsOf(twin, samples, sender)) {
    for (const run of runs) {
      const off = offOf(learned, origin, source, run);
      if (off === 0) continue;
      for (const index of run.indexes) shifts[index] = shiftOf(samples[index]!, off);
    }
  }
  return { shifts, changes: { state: { clocks: learned.clocks, behind: learned.behind } } };
}

function shiftOf({ s }: WireSample, off: number): number | undefined {
  if (off < 0) return off;
  if (off <= SKEW) return s === undefined ? off : undefined;
  return off + (s === undefined ? MARGIN.value : MARGIN.series);
}

/** Takes one run into what is known of the clock; answers by how much it is ahead, ms, negative: behind. */
function offOf(learned: Learned, origin: string, source: string, run: Run): number {
  const ahead = run.t - learned.record.receivedAt;
  const known = learned.clocks[origin];
  const off = known?.off ?? 0;
  if (known !== undefined && off > 0 && (run.goesOn || (ahead <= off + MARGIN.value && ahead > off - SAME_CLOCK))) {
    put(learned, origin, { ...known, heard: learned.now, rightSince: rightSince(learned, known, off) });
    return off;
  }
  if (run.isPlanned) return planned(learned, origin, source, known, ahead);
  if (ahead > SKEW && !run.goesOn) {
    put(learned, origin, changed(learned, source, known, ahead));
    return ahead;
  }
  if (known !== undefined && off < 0 && Math.abs(ahead - off) <= SAME_CLOCK) {
    put(learned, origin, { ...known, heard: learned.now, rightSince: null });
    return behind(learned, Math.max(off, ahead));
  }
  if (!run.isBeyond && ahead < -DELAY) return late(learned, origin, source, known, ahead);
  right(learned, origin, known);
  return Math.max(0, run.goesOn ? 0 : ahead);
}

/** A run that looks late: it is, or its clock was set back. */
function late(learned: Learned, origin: string, source: string, known: ClockState | undefined, ahead: number): number {
  // What was noted of doses that are ahead says nothing of this.
  const before = known?.late !== undefined && known.late.by < 0 ? known.late : undefined;
  // A stream that was late all along is slow, not wrong.
  if (before === undefined && !wasInTime(learned, origin, ahead)) return 0;
  return isClock(learned, origin, { source, known, before, ahead }) ? behind(learned, ahead) : 0;
}

/**
 * Doses that are ahead: they are planned, or come from the clock of a pump that measures nothing. Several records that are ahead by the same amount over a time are a clock:
 * what is planned comes nearer, a wrong clock goes on as the right one does.
 */
function planned(
  learned: Learned,
  origin: string,
  source: string,
  known: ClockState | undefined,
  ahead: number,
): number {
  return isClock(learned, origin, { source, known, before: known?.late, ahead }) ? ahead : 0;
}

/** A run that is off by `ahead`, and what was noted of those before it. */
interface Noted {
  readonly source: string;
  readonly known: ClockState | undefined;
  readonly before: ClockState['late'];
  readonly ahead: number;
}

/** Whether so many records were off by the same amount for so long that it is the clock, which is noted then; else the run is. */
function isClock(learned: Learned, origin: string, { source, known, before, ahead }: Noted): boolean {
  const isSame = before !== undefined && Math.abs(before.by - ahead) <= SAME_CLOCK;
  const { by, since, records } = isSame ? before : { by: ahead, since: learned.now, records: 0 };
  if (records + 1 < SET_BACK.records || learned.now - since < SET_BACK.over) {
    const clock = known ?? { source, off: 0, since: learned.now, told: 0, rightSince: learned.now };
    put(learned, origin, { ...clock, heard: learned.now, late: { by, since, records: records + 1 } });
    return false;
  }
  put(learned, origin, changed(learned, source, known, ahead));
  return true;
}

/** Whether some stream of this sender had values that were newer, relative to their receipt, than these. */
function wasInTime(learned: Learned, origin: string, ahead: number): boolean {
  for (const key of Object.keys(learned.streams)) {
    const { t, heard } = learned.streams[key]!;
    if (`${key}|`.includes(`|${origin}|`) && t - heard > ahead + DELAY) return true;
  }
  return false;
}

function behind(learned: Learned, off: number): number {
  learned.behind = { ms: Math.max(-off, stillBehind(learned)), until: learned.now + REACH };
  return off;
}

/** How far after its judged time a version may stand in the store, ms, by the clocks that are ahead now. */
export function stillAhead({ clocks }: Pick<Draft, 'clocks'>): number {
  return Object.values(clocks).reduce((most, { off }) => Math.max(most, off + MARGIN.series), 0);
}

/** The clock differs anew, or by another amount. The reported error stays while it is about the same. */
function changed(learned: Learned, source: string, known: ClockState | undefined, off: number): ClockState {
  const emitted = known === undefined ? 0 : known.told;
  const isAlike =
    Math.sign(emitted) === Math.sign(off) && Math.abs(off - emitted) <= Math.max(60_000, Math.abs(emitted) / 2);
  return {
    source,
    off,
    since: learned.now,
    heard: learned.now,
    told: Math.abs(off) <= NOTICED || isAlike ? emitted : off,
    rightSince: rightSince(learned, known, off),
  };
}

function rightSince(learned: Learned, known: ClockState | undefined, off: number): number | null {
  return Math.abs(off) > NOTICED ? null : (known?.rightSince ?? learned.now);
}

function right(learned: Learned, origin: string, known: ClockState | undefined): void {
  if (known === undefined) return;
  if (known.told === 0) {
    delete learned.clocks[origin];
    return;
  }
  const { late: _, ...rest } = known;
  put(learned, origin, { ...rest, off: 0, heard: learned.now, rightSince: known.rightSince ?? learned.now });
}

function put(learned: Learned, origin: string, clock: ClockState): void {
  learned.clocks[origin] = clock;
  const origins = Object.keys(learned.clocks).sort();
  if (origins.length <= CLOCKS_KEPT) return;
  delete learned.clocks[origins.reduce((a, b) => (learned.clocks[b]!.heard < learned.clocks[a]!.heard ? b : a))];
}
