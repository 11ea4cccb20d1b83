import { TARGETS } from '../validate/targets.js';
import type { ScoredBeat, Source } from './af-records.js';

/** Limits tried: both scores from 0.30 in steps of 0.01. */
const FIRST = 30;
const STEPS = 61;
const SIDE = STEPS + 1;

export interface Limits {
  readonly irregularity: number;
  readonly surprise: number;
}

export interface Counts {
  hits: number;
  missed: number;
  falseBeats: number;
  quietBeats: number;
}

/** How many beats of a record exceed each pair of limits. */
export interface Exceeding {
  readonly source: Source;
  readonly record: string;
  readonly marked: Float64Array;
  readonly other: Float64Array;
}

function step(score: number): number {
  return Math.max(0, Math.min(STEPS, Math.ceil(score * 100 - FIRST - 1e-9)));
}

export function exceeding(source: Source, record: string, beats: readonly ScoredBeat[]): Exceeding {
  const tables = { marked: new Float64Array(SIDE * SIDE), other: new Float64Array(SIDE * SIDE) };
  for (const { marked, scores = [0, 0] } of beats)
    tables[marked ? 'marked' : 'other'][step(scores[0]) * SIDE + step(scores[1])]!++;
  for (const table of [tables.marked, tables.other])
    for (let i = STEPS; i >= 0; i--)
      for (let j = STEPS; j >= 0; j--) {
        const up = i < STEPS ? table[(i + 1) * SIDE + j]! : 0;
        const right = j < STEPS ? table[i * SIDE + j + 1]! : 0;
        const both = i < STEPS && j < STEPS ? table[(i + 1) * SIDE + j + 1]! : 0;
        table[i * SIDE + j]! += up + right - both;
      }
  return { source, record, ...tables };
}

export function countsAt({ marked, other }: Exceeding, { irregularity, surprise }: Limits): Counts {
  const cell = (Math.round(irregularity * 100) - FIRST + 1) * SIDE + Math.round(surprise * 100) - FIRST + 1;
  const [hits, falseBeats] = [marked[cell]!, other[cell]!];
  return { hits, missed: marked[0]! - hits, falseBeats, quietBeats: other[0]! - falseBeats };
}

/** Counts of whole sources to the figures of the targets, %. */
function figures(counts: ReadonlyMap<Source, Counts>): Readonly<Record<string, number>> {
  const of = (source: Source): Counts => counts.get(source) ?? { hits: 0, missed: 0, falseBeats: 0, quietBeats: 0 };
  const sensitivity = ({ hits, missed }: Counts): number => (100 * hits) / (hits + missed);
  const specificity = ({ falseBeats, quietBeats }: Counts): number => (100 * quietBeats) / (falseBeats + quietBeats);
  return {
    afdb_sensitivity: sensitivity(of('afdb')),
    afdb_specificity: specificity(of('afdb')),
    nsrdb_specificity: specificity(of('nsrdb')),
    mitdb_af_sensitivity: sensitivity(of('mitdb')),
    mitdb_af_specificity: specificity(of('mitdb')),
  };
}

export function printFigures(name: string, counts: ReadonlyMap<Source, Counts>): void {
  const words = Object.entries(figures(counts)).map(([metric, value]) => `${metric} ${value.toFixed(2)}`);
  console.log(`${name}: ${words.join(', ')}`);
}

export function say({ irregularity, surprise }: Limits): string {
  return `${irregularity.toFixed(2)}/${surprise.toFixed(2)}`;
}

export function add(counts: Map<Source, Counts>, source: Source, more: Counts): void {
  const sum = counts.get(source) ?? { hits: 0, missed: 0, falseBeats: 0, quietBeats: 0 };
  sum.hits += more.hits;
  sum.missed += more.missed;
  sum.falseBeats += more.falseBeats;
  sum.quietBeats += more.quietBeats;
  counts.set(source, sum);
}

/** The largest share of an allowed error that is used up, and a fifth of the sum of the shares to decide among equals. */
function loss(found: Readonly<Record<string, number>>): number {
  const shares = Object.entries(found).map(([metric, value]) => {
    const bar = TARGETS.find((target) => target.metric === metric)?.atLeast ?? 0;
    return (100 - value) / (100 - bar);
  });
  return Math.max(...shares) + 0.2 * shares.reduce((a, b) => a + b, 0);
}

export interface Chosen {
  readonly limits: Limits;
  readonly loss: number;
}

/** The pair of limits of least loss on these records. */
export function bestLimits(records: readonly Exceeding[]): Chosen {
  const sources = [...new Set(records.map(({ source }) => source))].map((source) =>
    summed(
      source,
      records.filter((each) => each.source === source),
    ),
  );
  let best: Limits = { irregularity: 0, surprise: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < STEPS; i++)
    for (let j = 0; j < STEPS; j++) {
      const limits = { irregularity: (FIRST + i) / 100, surprise: (FIRST + j) / 100 };
      const counts = new Map<Source, Counts>();
      for (const each of sources) add(counts, each.source, countsAt(each, limits));
      const value = loss(figures(counts));
      if (value < least) {
        least = value;
        best = limits;
      }
    }
  return { limits: best, loss: least };
}

/** The records of a source as one. */
function summed(source: Source, records: readonly Exceeding[]): Exceeding {
  const [marked, other] = [new Float64Array(SIDE * SIDE), new Float64Array(SIDE * SIDE)];
  for (const record of records) {
    for (let i = 0; i < marked.length; i++) {
      marked[i]! += record.marked[i]!;
      other[i]! += record.other[i]!;
    }
  }
  return { source, record: records.map(({ record }) => record).join(' '), marked, other };
}
