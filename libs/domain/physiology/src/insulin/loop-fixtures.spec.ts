import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Dose } from './doses.js';
import { INSULIN_CURVES } from './exponential-curve.js';
import { insulinEffect, onBoardOf } from './insulin-on-board.js';

/** Fixtures of LoopKit/LoopAlgorithm and LoopKit/LoopKit (MIT); the project stands without them. */
const DATA = process.env['HOMEOSTAT_DATA'] ?? '../shared/data';
const ADULT = INSULIN_CURVES['rapid-acting-adult'];

interface Point {
  readonly t: number;
  readonly value: number;
}

type Row = Readonly<Record<string, unknown>>;

function rowsOf(file: string): readonly Row[] {
  return JSON.parse(readFileSync(join(DATA, file), 'utf8')) as Row[];
}

/** Times carry no zone in some fixtures: all are read as UTC. */
function timeOf(text: unknown): number {
  return Date.parse(String(text).replace(/Z?$/, 'Z'));
}

function pointsOf(file: string): readonly Point[] {
  return rowsOf(file).map((row) => ({
    t: timeOf(row['date'] ?? row['startDate']),
    value: Number(row['amount'] ?? row['value']),
  }));
}

/** The scheduled rate of the upstream tests, [IU]/h: 0.8 from 18:30 to 19:00 and from 20:30 to 21:00, else 1. */
function scheduledUnits(from: number, until: number): number {
  let units = 0;
  for (let t = from; t < until; t += 1000) {
    const clock = new Date(t).toISOString().slice(11, 16);
    const isLow = (clock >= '18:30' && clock < '19:00') || (clock >= '20:30' && clock < '21:00');
    units += (isLow ? 0.8 : 1) / 3600;
  }
  return units;
}

/** Doses of `dose_history.json`, net of the schedule. */
function history(): readonly Dose[] {
  return rowsOf('loop_algorithm/dose_history.json').map((row) => {
    const [from, until] = [timeOf(row['startDate']), timeOf(row['endDate'])];
    const scheduled = row['type'] === 'basal' ? scheduledUnits(from, until) : 0;
    return { from, until, units: Number(row['volume']) - scheduled };
  });
}

/** Doses of `normalized_doses.json`: rates with the scheduled one, boluses. */
function normalized(): readonly Dose[] {
  return rowsOf('loopkit/InsulinKit/normalized_doses.json').map((row) => {
    const [from, until] = [timeOf(row['start_at']), timeOf(row['end_at'])];
    const hours = (until - from) / 3_600_000;
    const amount = Number(row['amount']);
    return { from, until, units: row['unit'] === 'U' ? amount : (amount - Number(row['scheduled'] ?? 0)) * hours };
  });
}

const start = Date.parse('2015-10-15T19:00:00Z');
const bolus: readonly Dose[] = [
  { from: Date.parse('2015-07-13T12:02:37Z'), until: Date.parse('2015-07-13T12:02:37Z'), units: 1.5 },
];
const basal: readonly Dose[] = [
  { from: Date.parse('2015-07-13T12:00:00Z'), until: Date.parse('2015-07-13T13:00:00Z'), units: 1 },
];

const recordings =
  existsSync(join(DATA, 'loop_algorithm')) && existsSync(join(DATA, 'loopkit')) ? describe : describe.skip;

recordings('fixtures of Loop', () => {
  it.each([
    ['loop_algorithm/iob_timeline.json', [{ from: start, until: start + 60_000, units: 2 }], 1e-9],
    ['loopkit/InsulinKit/iob_from_bolus_exponential_output.json', bolus, 1e-9],
  ] as const)('has the insulin on board of %s', (file, doses, tolerance) => {
    const points = pointsOf(file);
    expect(points.length).toBeGreaterThan(50);
    for (const { t, value } of points) expect(Math.abs(onBoardOf(doses, t, ADULT) - value)).toBeLessThan(tolerance);
  });

  it('has the insulin on board of a history of boluses and basal rates while they act', () => {
    // The tail of this fixture falls below zero when all insulin has acted: it is of an older curve, and upstream allows 0.5 [IU].
    const points = pointsOf('loopkit/InsulinKit/iob_from_doses_exponential_output.json').slice(0, 95);
    const doses = normalized();
    for (const { t, value } of points) expect(Math.abs(onBoardOf(doses, t, ADULT) - value)).toBeLessThan(0.04);
  });

  it.each([
    ['loop_algorithm/effect_from_bolus_output.json', bolus],
    ['loop_algorithm/effect_from_basal_output.json', basal],
  ] as const)('has the effect of %s', (file, doses) => {
    const points = pointsOf(file);
    expect(points.length).toBeGreaterThan(50);
    for (const { t, value } of points) expect(Math.abs(insulinEffect(doses, t, 40, ADULT) - value)).toBeLessThan(1e-9);
  });

  it('has the effect of a history of boluses and basal rates', () => {
    // Upstream cuts a dose where the scheduled rate changes, which moves insulin by minutes, and allows 3 mg/dL.
    const points = pointsOf('loop_algorithm/effect_from_history_output.json');
    const doses = history();
    for (const { t, value } of points) expect(Math.abs(insulinEffect(doses, t, 40, ADULT) - value)).toBeLessThan(0.1);
    expect(insulinEffect(doses, points.at(-1)!.t, 40, ADULT)).toBeCloseTo(points.at(-1)!.value, 9);
  });
});
