/** Limits of the decision on fibrillation, tried on scored records, and the choice among them. */
import {
  AfDecision,
  afScores,
  NO_AF_DECISION,
  type AfDesign,
  type AfLimits,
  type AfVerdict,
} from '#libs/domain/rhythm';
import { within } from '../../validate/wfdb.js';
import type { AfRecord, Source } from './af-records.js';

export interface Counts {
  hits: number;
  missed: number;
  falseBeats: number;
  quietBeats: number;
  /** Found episodes of two minutes and more without a beat marked as fibrillation. */
  falseEpisodes: number;
  days: number;
}

/** Scores under this decide against fibrillation in all limits tried. */
const LEAST = 0.5;
const FALSE_EPISODE_S = 120;
const GAP_S = 30;

export function grid(upperStep: number, lowerStep: number): readonly AfLimits[] {
  const out: AfLimits[] = [];
  for (const repetition of [0.6, 0.8, 1])
    for (let upper = 1.1; upper < 1.441; upper += upperStep)
      for (let lower = 0.56; lower < 0.761; lower += lowerStep)
        out.push({ repetition, upper: Number(upper.toFixed(2)), lower: Number(lower.toFixed(2)) });
  return out;
}

interface Beat {
  readonly at: number;
  readonly irregularity: number;
  readonly surprise: number;
  readonly repetition: number;
  /** Undefined: not counted. */
  readonly marked: boolean | undefined;
}

/** Of a record the runs of beats that can be fibrillation at all; the others are counted only. */
export interface ScoredRecord {
  readonly source: Source;
  readonly record: string;
  readonly runs: readonly (readonly Beat[])[];
  readonly restMarked: number;
  readonly restOther: number;
  readonly days: number;
}

export function scored(record: AfRecord, design?: AfDesign): ScoredRecord {
  const { source, beats, truth, notCounted = [] } = record;
  const runs: Beat[][] = [];
  const rest = { marked: 0, other: 0 };
  let isOpen = false;
  for (const beat of afScores(beats, design)) {
    const marked = within(notCounted, beat.at) ? undefined : within(truth, beat.at);
    if (beat.irregularity + beat.surprise <= LEAST) {
      if (marked !== undefined) rest[marked ? 'marked' : 'other']++;
      isOpen = false;
      continue;
    }
    if (!isOpen) runs.push([]);
    isOpen = true;
    runs.at(-1)!.push({ ...beat, marked });
  }
  const days = ((beats.at(-1) ?? 0) - (beats[0] ?? 0)) / 86_400;
  return { source, record: record.record, runs, restMarked: rest.marked, restOther: rest.other, days };
}

export function countsAt(record: ScoredRecord, limits: AfLimits): Counts {
  const counts = {
    hits: 0,
    missed: record.restMarked,
    falseBeats: 0,
    quietBeats: record.restOther,
    falseEpisodes: 0,
    days: record.days,
  };
  for (const run of record.runs) {
    const decision = new AfDecision(NO_AF_DECISION, limits);
    let i = 0;
    let open: { from: number; until: number; hasMarked: boolean } | null = null;
    const close = (): void => {
      if (open && !open.hasMarked && open.until - open.from >= FALSE_EPISODE_S) counts.falseEpisodes++;
      open = null;
    };
    const take = ({ at, af }: AfVerdict): void => {
      const { marked } = run[i++]!;
      if (marked !== undefined) counts[marked ? (af ? 'hits' : 'missed') : af ? 'falseBeats' : 'quietBeats']++;
      if (open && (!af || at - open.until > GAP_S)) close();
      if (af) open = { from: open?.from ?? at, until: at, hasMarked: marked === true || (open?.hasMarked ?? false) };
    };
    for (const beat of run) for (const verdict of decision.take(beat)) take(verdict);
    for (const verdict of decision.finish()) take(verdict);
    close();
  }
  return counts;
}

/** `more` put on `sum`, which is changed; subtracted with `times` -1. */
export function add(sum: Counts | undefined, more: Counts, times = 1): Counts {
  const to = sum ?? { hits: 0, missed: 0, falseBeats: 0, quietBeats: 0, falseEpisodes: 0, days: 0 };
  to.hits += times * more.hits;
  to.missed += times * more.missed;
  to.falseBeats += times * more.falseBeats;
  to.quietBeats += times * more.quietBeats;
  to.falseEpisodes += times * more.falseEpisodes;
  to.days += times * more.days;
  return to;
}

export function sensitivity({ hits, missed }: Counts): number {
  return (100 * hits) / (hits + missed);
}

export function specificity({ falseBeats, quietBeats }: Counts): number {
  return (100 * quietBeats) / (falseBeats + quietBeats);
}

/** Bars of specificity by source, %: of the issue, those of the like sets where it has none. */
const SPECIFIC: Partial<Record<Source, number>> = {
  afdb: 98.5,
  ltafdb: 98.5,
  mitdb: 92,
  vitaldb_arr: 92,
  nsrdb: 99.7,
  nsr2db: 99.7,
  rr_healthy: 99.7,
  breathing: 99.7,
  'irregular breathing': 99.7,
  apnea: 99.7,
};
const HEALTHY: readonly Source[] = ['nsrdb', 'nsr2db', 'rr_healthy'];
const FALSE_PER_DAY = 0.2;

/** What the detector before this one found of the marked fibrillation of each source (irregularity over 0.58 and surprise over 0.35), %. */
const FOUND_BEFORE: Partial<Record<Source, number>> = {
  afdb: 98.36,
  ltafdb: 97.38,
  mitdb: 100,
  vitaldb_arr: 95.69,
  mimic_perform_af: 100,
};
/** What may be lost of their mean, in points: set by hand, after a look at what 0.2 to 0.7 buy. */
const MAY_LOSE = 0.3;

/** Share used up of the errors that the bars allow, summed; only where the sensitivity is kept. Elsewhere over 1000, more the more is lost. */
function loss(counts: ReadonlyMap<Source, Counts>): number {
  let kept = 0;
  let sources = 0;
  let used = 0;
  let [episodes, days] = [0, 0];
  for (const [source, each] of counts) {
    const before = FOUND_BEFORE[source];
    if (before !== undefined && each.hits + each.missed > 0) {
      kept += sensitivity(each) - before;
      sources++;
    }
    const bar = SPECIFIC[source];
    if (bar !== undefined && each.falseBeats + each.quietBeats > 0) used += (100 - specificity(each)) / (100 - bar);
    if (!HEALTHY.includes(source)) continue;
    episodes += each.falseEpisodes;
    days += each.days;
  }
  const lost = sources > 0 ? -kept / sources : 0;
  if (lost > MAY_LOSE) return 1000 + lost;
  return used + (days > 0 ? episodes / days / FALSE_PER_DAY : 0);
}

/** Counts of a record at each of the limits tried. */
export interface Tried {
  readonly source: Source;
  readonly record: string;
  readonly counts: readonly Counts[];
}

export interface Chosen {
  readonly limits: number;
  readonly loss: number;
}

/** Counts of all records of a source at each of the limits tried. */
export type Totals = readonly ReadonlyMap<Source, Counts>[];

export function totals(records: readonly Tried[]): Totals {
  const sums: Array<Map<Source, Counts>> = [];
  for (const { source, counts } of records)
    counts.forEach((each, i) => {
      const sum = (sums[i] ??= new Map<Source, Counts>());
      sum.set(source, add(sum.get(source), each));
    });
  return sums;
}

/** The limits (their index) of least loss over the records but those left out (of one source); of equals the first. */
export function choose(sums: Totals, leftOut: readonly Tried[] = []): Chosen {
  const source = leftOut[0]?.source;
  return sums
    .map((all, limits) => {
      const kept = new Map(all);
      if (source !== undefined) {
        const rest = leftOut.reduce((sum, each) => add(sum, each.counts[limits]!, -1), { ...all.get(source)! });
        if (rest.hits + rest.missed + rest.quietBeats + rest.falseBeats > 0) kept.set(source, rest);
        else kept.delete(source);
      }
      return { limits, loss: loss(kept) };
    })
    .reduce((best, each) => (each.loss < best.loss ? each : best));
}

export function say({ repetition, lower, upper }: AfLimits): string {
  return `${repetition.toFixed(1)}/${lower.toFixed(2)}/${upper.toFixed(2)}`;
}

export function printFigures(name: string, counts: ReadonlyMap<Source, Counts>): void {
  console.log(name);
  for (const [source, each] of counts) {
    const found = each.hits + each.missed > 0 ? `sensitivity ${sensitivity(each).toFixed(2)}, ` : '';
    console.log(
      `  ${source}: ${found}specificity ${specificity(each).toFixed(3)}, false episodes of 2 min ${each.falseEpisodes} (${(each.falseEpisodes / each.days).toFixed(2)} in 24 h)`,
    );
  }
}
