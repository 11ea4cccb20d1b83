import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LOW_SOON, stepLowSoon, URGENT_LOW_SOON } from '#libs/domain/glucose';
import { readSensorFiles, type SensorFile } from '../../validate/sets/cgm/cgm-loop-files.js';
import {
  fittedOn,
  foresight,
  heldApart,
  isLow,
  isUrgentLow,
  type Watched,
} from '../../validate/sets/cgm/cgm-loop-scoring.js';
import { fitForecast } from './low-forecast-fit.js';
import type { LogisticFit } from '../methods/penalised-logistic.js';

/**
 * `node dist/tools/fit/glucose/glucose-low.js [--data DIR] [--write]`: fits the forecasts of lows on the rows of cgm_loop that are not marked `val`, prints how far
 * they lie from the shipped weights and what other limits would give (docs/clinical/rules/glucose-low-soon.md); with --write writes the weights.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const MINUTE = 60_000;
const FILE = 'libs/domain/glucose/src/models/low-soon.ts';

/** Whether a low follows within `ahead` minutes. */
function fit(files: readonly SensorFile[], isDown: (mgdl: number) => boolean, ahead: number): LogisticFit {
  return fitForecast(files, isDown, ({ readings }) => (i) => {
    const until = readings[i]!.t + ahead * MINUTE;
    for (let j = i + 1; j < readings.length && readings[j]!.t <= until; j++) if (isDown(readings[j]!.mgdl)) return true;
    return false;
  });
}

/** The shipped rule at another limit, over each file. */
function runAt(files: readonly SensorFile[], raise: number): readonly Watched[] {
  return files.map((file) => {
    let state: Parameters<typeof stepLowSoon>[0] = null;
    let was = false;
    const limits = { low: { raise, clear: raise * 0.7 }, urgentLow: URGENT_LOW_SOON.limits };
    const episodes = file.readings.flatMap(({ t, mgdl }) => {
      const step = stepLowSoon(state, t, mgdl, limits);
      state = step.state;
      const begins = step.on.low && !was;
      was = step.on.low;
      return begins ? [{ rule: 'glucose-low-soon', at: (t - file.start) / 1000 }] : [];
    });
    return { file, run: { episodes, pages: [] } };
  });
}

function rounded({ intercept, weights }: LogisticFit): LogisticFit {
  const four = (value: number): number => Math.round(value * 1e4) / 1e4;
  return { intercept: four(intercept), weights: weights.map(four) };
}

function farthest(fitted: LogisticFit, shipped: LogisticFit): number {
  return Math.max(
    Math.abs(fitted.intercept - shipped.intercept),
    ...fitted.weights.map((weight, j) => Math.abs(weight - (shipped.weights[j] ?? 0))),
  );
}

function main(): void {
  const files = [...readSensorFiles(join(options.data, 'cgm_loop'))];
  const low = rounded(fit(files, isLow, 30));
  const urgentLow = rounded(fit(files, isUrgentLow, 20));
  console.log(`farthest from the shipped weights: ${farthest(low, LOW_SOON)}, ${farthest(urgentLow, URGENT_LOW_SOON)}`);
  for (const raise of [0.5, 0.42, 0.38, 0.35, 0.3, 0.25, 0.2, 0.17, 0.14, 0.1]) {
    const all = runAt(files, raise);
    for (const [part, runs] of [
      ['all rows', all],
      ['marked train', fittedOn(all)],
      ['marked val', heldApart(all)],
    ] as const) {
      const found = Object.values(foresight(runs, 'glucose-low-soon', isLow));
      const [, told, foreseen, lead, idle] = found.map((value) => value.toFixed(2));
      console.log(
        `limit ${raise} ${part}: told ${told} %, foreseen ${foreseen} %, lead ${lead} min, false ${idle} a day`,
      );
    }
  }
  if (options.write) writeFileSync(FILE, source(low, urgentLow));
}

function source(low: LogisticFit, urgentLow: LogisticFit): string {
  const text = ({ intercept, weights }: LogisticFit): string =>
    `{ intercept: ${intercept}, weights: [${weights.join(', ')}] }`;
  return [
    '/** Weights of two logistic regressions, written by tools/fit/glucose/glucose-low.ts from the rows of cgm_loop that are not marked `val`. */',
    'interface Weights {',
    '  readonly intercept: number;',
    '  readonly weights: readonly number[];',
    '}',
    '',
    '// oxfmt-ignore',
    `export const LOW: Weights = ${text(low)};`,
    '// oxfmt-ignore',
    `export const URGENT_LOW: Weights = ${text(urgentLow)};`,
    '',
  ].join('\n');
}

main();
