import type { SensorFile } from './cgm-loop-files.js';
import type { GlucoseRun, KnownEpisode } from './cgm-loop-replay.js';

const MINUTE = 60;
/** An alert this long before an event, or earlier, was for this event. */
const HORIZON = 60 * MINUTE;
/** What is reported later than this after the start was not reported in time. */
const TOLD_WITHIN = 10 * MINUTE;
/** An event lasts, and has to be gone for, 15 min (Battelino 2019); in readings 5 min apart the third one shows it. */
const LASTS = 10 * MINUTE;
const GONE_FOR = 15 * MINUTE;
/** After a longer pause the readings start anew. */
const PAUSE = 30 * MINUTE;

/** Seconds from the file's first row. */
interface Event {
  readonly from: number;
  readonly last: number;
}

interface Line {
  readonly rules: readonly string[];
  readonly isBeyond: (mgdl: number) => boolean;
  /** An excursion that deserves an alert lasts this long. */
  readonly lasts: number;
}

/** The limits a plain monitor would page at, each crossing once, and the rules here that report the same. */
const LINES: readonly Line[] = [
  { rules: ['glucose-low', 'glucose-low-soon'], isBeyond: isLow, lasts: LASTS },
  { rules: ['glucose-very-low', 'glucose-urgent-low-soon'], isBeyond: (x) => x < 54, lasts: LASTS },
  { rules: ['glucose-high'], isBeyond: (x) => x > 250, lasts: HORIZON },
  { rules: ['glucose-very-high'], isBeyond: (x) => x > 300, lasts: LASTS },
];

export function isLow(mgdl: number): boolean {
  return mgdl < 70;
}

export function isUrgentLow(mgdl: number): boolean {
  return mgdl <= 55;
}

/** Events of a file, seconds from its first row: values beyond for 15 min and more. */
export function eventsOf({ start, readings }: SensorFile, isBeyond: Line['isBeyond']): readonly Event[] {
  const events: Event[] = [];
  let current: { from: number; last: number; back: number | null } | undefined;
  let before = Number.NEGATIVE_INFINITY;
  const end = (): void => {
    if (current !== undefined && current.last - current.from >= LASTS) events.push(current);
    current = undefined;
  };
  for (const { t, mgdl } of readings) {
    const at = (t - start) / 1000;
    if (at - before > PAUSE) end();
    before = at;
    if (isBeyond(mgdl)) current = { from: current?.from ?? at, last: at, back: null };
    else if (current !== undefined) {
      current.back ??= at;
      if (at - current.back >= GONE_FOR) end();
    }
  }
  end();
  return events;
}

function crossings({ start, readings }: SensorFile, isBeyond: Line['isBeyond']): readonly number[] {
  let was = false;
  return readings.flatMap(({ t, mgdl }) => {
    const is = isBeyond(mgdl);
    const crossed = is && !was;
    was = is;
    return crossed ? [(t - start) / 1000] : [];
  });
}

/** Days with readings: pauses count 15 min at most. */
function daysOf({ readings }: SensorFile): number {
  let seconds = 0;
  for (let i = 1; i < readings.length; i++) {
    seconds += Math.min(GONE_FOR, Math.max(0, (readings[i]!.t - readings[i - 1]!.t) / 1000));
  }
  return seconds / 86_400;
}

export interface Watched {
  readonly file: SensorFile;
  readonly run: GlucoseRun;
}

/** What a rule reported of the events of some files. */
export interface Telling {
  readonly days: number;
  readonly events: number;
  /** Of each event reported in time: by how many minutes its first alert came before the start; ascending. */
  readonly leads: readonly number[];
  readonly alerts: number;
  /** Alerts without an event that starts within an hour. */
  readonly idle: number;
  /** Alerts without a single reading beyond in the hour that follows. */
  readonly untouched: number;
}

export function tellingOf(all: readonly Watched[], rule: string, isBeyond: Line['isBeyond']): Telling {
  const leads: number[] = [];
  let [events, idle, untouched, alerts] = [0, 0, 0, 0];
  for (const { file, run } of all) {
    const found = eventsOf(file, isBeyond);
    const times = timesOf(run.episodes, [rule]);
    const beyond = file.readings.filter(({ mgdl }) => isBeyond(mgdl)).map(({ t }) => (t - file.start) / 1000);
    events += found.length;
    alerts += times.length;
    for (const { from } of found) {
      const first = times.find((at) => at >= from - HORIZON && at <= from + TOLD_WITHIN);
      if (first !== undefined) leads.push((from - first) / MINUTE);
    }
    for (const at of times) {
      if (!found.some(({ from, last }) => at >= from - HORIZON && at <= last)) idle++;
      if (!beyond.some((low) => low >= at && low <= at + HORIZON)) untouched++;
    }
  }
  leads.sort((a, b) => a - b);
  return { days: all.reduce((sum, { file }) => sum + daysOf(file), 0), events, leads, alerts, idle, untouched };
}

/** What is reported before readings under the limit last 15 min, how early, and how often for nothing. */
export function foresight(
  all: readonly Watched[],
  rule: string,
  isBeyond: Line['isBeyond'],
  part = '',
): Readonly<Record<string, number>> {
  const { days, events, leads, alerts, idle, untouched } = tellingOf(all, rule, isBeyond);
  const name = `cgm_loop.${part}${rule}`;
  return {
    [`${name}.events`]: events,
    [`${name}.told_in_time_percent`]: (100 * leads.length) / events,
    [`${name}.foreseen_percent`]: (100 * leads.filter((lead) => lead > 0).length) / events,
    [`${name}.median_lead_minutes`]: leads[leads.length >> 1] ?? Number.NaN,
    [`${name}.false_per_day`]: idle / days,
    [`${name}.no_reading_beyond_in_1h_per_day`]: untouched / days,
    [`${name}.alerts_per_day`]: alerts / days,
  };
}

function timesOf(episodes: readonly KnownEpisode[], rules: readonly string[]): readonly number[] {
  return episodes.filter(({ rule }) => rules.includes(rule)).map(({ at }) => at);
}

/**
 * Pages of the alarm policy beside those of plain limits: one that pages at every reading beyond them (a subscription with a value
 * criterion), and one that pages at every crossing.
 */
function load(all: readonly Watched[]): Readonly<Record<string, number>> {
  const days = all.reduce((sum, { file }) => sum + daysOf(file), 0);
  let [readings, crossed, pages, events, told] = [0, 0, 0, 0, 0];
  for (const { file, run } of all) {
    pages += run.pages.length;
    for (const { rules, isBeyond, lasts } of LINES) {
      readings += file.readings.filter(({ mgdl }) => isBeyond(mgdl)).length;
      crossed += crossings(file, isBeyond).length;
      const found = eventsOf(file, isBeyond).filter(({ from, last }) => last - from >= lasts);
      const times = timesOf(run.episodes, rules);
      events += found.length;
      told += found.filter(({ from, last }) => times.some((at) => at >= from - HORIZON && at <= last)).length;
    }
  }
  return {
    'cgm_loop.pages_per_day': pages / days,
    'cgm_loop.plain_readings_per_day': readings / days,
    'cgm_loop.load_ratio_to_readings': pages / readings,
    'cgm_loop.plain_crossings_per_day': crossed / days,
    'cgm_loop.load_ratio_to_crossings': pages / crossed,
    'cgm_loop.lasting_events_per_day': events / days,
    'cgm_loop.lasting_events_told_percent': (100 * told) / events,
    'cgm_loop.load_ratio_at_equal_foresight': foresightRatio(all),
  };
}

/** Alerts of `glucose-low-soon` to those of the lowest plain limit whose crossings predict as many lows; NaN: none does. */
function foresightRatio(all: readonly Watched[]): number {
  const foreseen = (file: SensorFile, times: readonly number[]): number =>
    eventsOf(file, isLow).filter(({ from }) => times.some((at) => at >= from - HORIZON && at < from)).length;
  const sum = (of: (one: Watched) => number): number => all.reduce((total, one) => total + of(one), 0);
  const own = ({ run }: Watched): readonly number[] => timesOf(run.episodes, ['glucose-low-soon']);
  const wanted = sum((one) => foreseen(one.file, own(one)));
  for (let limit = 71; limit <= 140; limit++) {
    const crossed = ({ file }: Watched): readonly number[] => crossings(file, (x) => x < limit);
    if (sum((one) => foreseen(one.file, crossed(one))) < wanted) continue;
    return sum((one) => own(one).length) / sum((one) => crossed(one).length);
  }
  return Number.NaN;
}

/** The rows marked `val`, on which no weight was fitted, as files of their own. */
export function heldApart(all: readonly Watched[]): readonly Watched[] {
  return part(all, (t, heldApartFrom) => t >= heldApartFrom);
}

/** The rows before those. */
export function fittedOn(all: readonly Watched[]): readonly Watched[] {
  return part(all, (t, heldApartFrom) => t < heldApartFrom);
}

function part(all: readonly Watched[], isIn: (t: number, heldApartFrom: number) => boolean): readonly Watched[] {
  return all.flatMap(({ file, run }) => {
    const { start, heldApartFrom } = file;
    if (Number.isNaN(heldApartFrom)) return [];
    const readings = file.readings.filter(({ t }) => isIn(t, heldApartFrom));
    const episodes = run.episodes.filter(({ at }) => isIn(start + at * 1000, heldApartFrom));
    return [{ file: { ...file, readings }, run: { ...run, episodes } }];
  });
}

export function scoreGlucose(all: readonly Watched[]): Readonly<Record<string, number>> {
  return {
    ...foresight(all, 'glucose-low-soon', isLow),
    ...foresight(heldApart(all), 'glucose-low-soon', isLow, 'held_apart.'),
    ...foresight(all, 'glucose-low-soon-early', isLow),
    ...foresight(all, 'glucose-urgent-low-soon', isUrgentLow),
    ...load(all),
  };
}
