import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TELLING_WHEN_KNOWN } from '#libs/domain/deterioration';
import { auroc } from '../../validate/sets/auroc.js';
import { bandsFrom } from './bands.js';
import { crossValidate, interval } from './cross-validation.js';
import { readTrendData, type TrendData } from './trend-data.js';
import { fitTrend, scoreRow } from './trend-fit.js';
import { modelSource } from './model-source.js';

/**
 * `node dist/tools/fit/trend/deterioration-trend.js [--data DIR] [--write]`: fits the deterioration trend on the sepsis2019 stays, prints the
 * cross-validated figures of docs/clinical/rules/deterioration-trend.md and, with --write, writes the model file.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const VITAL = /^(heart|respiratory|body|systolic|mean|oxygen-sat)/;
const MODEL_FILE = 'libs/domain/deterioration/src/models/deterioration-trend.ts';

function print(name: string, value: number): void {
  console.log(`${name.padEnd(44)} ${value.toFixed(4)}`);
}

function pick(data: TrendData, scores: ArrayLike<number>, chosen: (row: number) => boolean): number {
  const rows = data.label.map((_, row) => row).filter(chosen);
  return auroc(
    rows.map((row) => data.label[row]!),
    rows.map((row) => scores[row]!),
  );
}

/** Hours since admission in two pieces, to show what the time term would add. */
function timeColumns(data: TrendData): readonly Float64Array[] {
  return [
    data.hour.map((hour) => Math.min(hour, 24) / 24),
    data.hour.map((hour) => Math.min(24, Math.max(0, hour - 48)) / 24),
  ];
}

/** The columns that say that something was ordered at all, blanked. */
function withoutOrders(data: TrendData): TrendData {
  const columns = data.columns.map((column, j) => (j < TELLING_WHEN_KNOWN.size ? column.map(() => 0) : column));
  return { ...data, columns };
}

function main(): void {
  const data = readTrendData(join(options.data, 'sepsis2019'));
  const inA = (row: number) => data.stays[data.stayOf[row]!]!.record.startsWith('A');
  const all = Int32Array.from(data.label.keys());

  const cv = crossValidate(data);
  print('cross-validated', cv.mean);
  print('  spread of the repeats', cv.spread);
  const [least, most] = interval(data, cv.scores);
  print('  95 % interval over stays, from', least);
  print('  95 % interval over stays, to', most);
  print('  set A', pick(data, cv.scores, inA));
  print(
    '  set B',
    pick(data, cv.scores, (row) => !inA(row)),
  );
  print(
    '  first 48 h',
    pick(data, cv.scores, (row) => data.hour[row]! <= 48),
  );
  print(
    '  after 48 h',
    pick(data, cv.scores, (row) => data.hour[row]! > 48),
  );
  print('vital signs only', crossValidate(data, { hidden: (name) => !VITAL.test(name) }).mean);
  print('without weight for what was ordered', crossValidate(withoutOrders(data)).mean);
  print('with hours since admission', crossValidate(data, { extra: timeColumns(data) }).mean);
  for (const [name, fittedOn] of [
    ['fitted on A, scored on B', inA],
    ['fitted on B, scored on A', (row: number) => !inA(row)],
  ] as const) {
    const model = fitTrend(data, all.filter(fittedOn));
    const scores = data.label.map((_, row) => scoreRow(data, model, row));
    print(
      name,
      pick(data, scores, (row) => !fittedOn(row)),
    );
  }
  const final = fitTrend(data, all);
  const refitted = data.label.map((_, row) => scoreRow(data, final, row));
  print(
    'refitted on all (flatters)',
    pick(data, refitted, () => true),
  );
  const bands = bandsFrom(data, cv.scores, (name, { alerts, events, alertsPerDay, standing, stays }) => {
    console.log(
      `${name}: ${events} events, ${alerts} alerts, ${alertsPerDay.toFixed(3)}/day, standing ${standing.toFixed(3)}, ${stays} stays`,
    );
  });
  if (options.write) writeFileSync(MODEL_FILE, modelSource(final, bands));
}

main();
