import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { residualTable } from '#libs/domain/forecasting';
import {
  FEATURE_NAMES,
  GLUCOSE_FEATURES,
  HORIZONS,
  MINUTES,
  sumOf,
  type Trees,
  type Weights,
} from '#libs/domain/glucose-forecast';
import { fitBase, OWN_SPREAD, predictBase } from './base-model.js';
import { growTrees } from './grow-trees.js';
import { corrected } from './own-correction.js';
import { readTable, valuesAt } from './table.js';

/**
 * `npm run -s build && nice node dist/tools/fit/glucose-forecast/fit.js [--data DIR] [--out DIR]`: fits the weights of `libs/domain/glucose-forecast` on the rows marked `train` of
 * LOOP, AZT1D and T1D-UOM. Scales, residual tables and the penalty of a person's own correction come from forecasts of people who were not fitted on (two
 * parts by whole person). Prints RMSE on the rows marked `val`, which nothing is fitted on: of people left out, and of the model that is written.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    out: { type: 'string', default: 'libs/domain/glucose-forecast/src/weights' },
  },
});

const PARTS = 2;
const PENALTIES = [300] as const;
const CORRECTION_FEATURES = [
  'level',
  'change-5',
  'change-10',
  'change-15',
  'change-20',
  'change-30',
  'change-60',
  'change-120',
  'insulin-on-board',
  'insulin-past',
  'bolus-60m',
  'fast-carbohydrates',
  'fast-carbohydrates-past',
  'slow-carbohydrates',
];
const MIN_RESIDUAL = 0.5;
const VARIANTS = [
  { name: 'with-doses', constant: 'WITH_DOSES', columns: FEATURE_NAMES.length },
  { name: 'without-doses', constant: 'WITHOUT_DOSES', columns: GLUCOSE_FEATURES },
] as const;

const table = readTable(options.data);
const ownSpread = table.columns[FEATURE_NAMES.indexOf(OWN_SPREAD)]!;
console.log(`${table.rows} moments of ${table.people.length} people`);
for (const variant of VARIANTS) fitVariant(variant);

function fitVariant({ name, constant, columns }: (typeof VARIANTS)[number]): void {
  // Neighbouring rows are nearly the same.
  const fitted = rowsOf((row) => table.isHeldApart[row] === 0 && row % 3 === 0);
  const apart = empty();
  for (let part = 0; part < PARTS; part++) {
    const model = fitBase(
      table,
      fitted.filter((row) => table.person[row]! % PARTS !== part),
      { columns, ownSpread },
    );
    predictBase(model, table, { rows: rowsOf((row) => table.person[row]! % PARTS === part), ownSpread, out: apart });
    console.log(`${name}: part ${part + 1} of ${PARTS}, ${new Date().toISOString()}`);
  }
  const settings = correctionSettings(fitted);
  const tried = PENALTIES.map((penalty) => {
    const own = corrected(table, apart, { ...settings, penalty });
    const loss = MINUTES.reduce(
      (sum, _, h) => sum + Math.log(rmse(own[h]!, h, (row) => table.isHeldApart[row] === 0)),
      0,
    );
    console.log(`${name}: penalty ${penalty}, mean log RMSE ${(loss / HORIZONS).toFixed(4)}`);
    return { penalty, own, loss };
  });
  const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
  const correction = { ...settings, penalty: best.penalty };
  print(`${name}, people left out`, apart);
  print(`${name}, people left out, own correction`, best.own);
  const model = fitBase(table, fitted, { columns, ownSpread });
  const written = empty();
  predictBase(model, table, { rows: rowsOf(() => true), ownSpread, out: written });
  print(`${name}, as written, own correction`, corrected(table, written, correction));
  const weights: Weights = {
    version: '1.0.0',
    provenance: `${fitted.length} rows marked train of ${table.people.length} people: ${table.people.map(({ record }) => record).join(', ')}`,
    ...model,
    ...bandsOf(best.own, fitted, columns),
    correction,
  };
  const text = [
    `/** Weights of the glucose forecast ${name.replace('-', ' ')}. Written by tools/fit/glucose-forecast/fit.ts, fitted on the rows marked train of LOOP (Jaeb public terms), AZT1D and T1D-UOM (CC BY 4.0). Figures: docs/models/glucose-forecast.md. */`,
    "import type { Weights } from '../model/model.js';",
    '',
    '// oxfmt-ignore',
    `export const ${constant}: Weights = ${JSON.stringify(weights)};`,
    '',
  ].join('\n');
  writeFileSync(`${options.out}/${name}.ts`, text);
  console.log(`${name}: ${Math.round(text.length / 1024)} kB`);
}

function empty(): readonly Float64Array[] {
  return MINUTES.map(() => new Float64Array(table.rows));
}

function rowsOf(isIn: (row: number) => boolean): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) if (isIn(row)) rows.push(row);
  return Int32Array.from(rows);
}

function correctionSettings(rows: Int32Array): Omit<Weights['correction'], 'penalty'> {
  const features = CORRECTION_FEATURES.map((feature) => FEATURE_NAMES.indexOf(feature));
  const moments = features.map((j) => {
    const known = [...rows].map((row) => table.columns[j]![row]!).filter((x) => !Number.isNaN(x));
    const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
    const variance = known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length;
    return { mean: short(mean), width: short(Math.sqrt(variance)) };
  });
  return { features, means: moments.map(({ mean }) => mean), widths: moments.map(({ width }) => width) };
}

/** Trees of the scale, fitted on some rows: they have to be plain, for a scale that follows its own rows makes the bands too narrow. */
function fitDispersion(
  logs: readonly Float64Array[],
  dispersionBase: readonly number[],
  rows: Int32Array,
  columns: number,
): Trees {
  return growTrees(
    {
      columns: table.columns.slice(0, columns),
      targets: logs.map((log, h) => log.map((x) => x - dispersionBase[h]!)),
      weights: new Float64Array(table.rows).fill(1),
      rows,
    },
    { trees: 30, depth: 4, rate: 0.1, leastRows: 300, l2: 100, rowShare: 0.4, columnShare: 0.35, unit: 0.001 },
    2,
  );
}

/** Scale and residual tables from forecasts of people left out, on rows marked train; the tables from scales that left the person out too. */
function bandsOf(
  own: readonly Float64Array[],
  rows: Int32Array,
  columns: number,
): Pick<Weights, 'dispersion' | 'dispersionBase' | 'residuals'> {
  const logs = own.map((locations, h) =>
    locations.map((location, row) => Math.log(Math.max(MIN_RESIDUAL, Math.abs(table.actual[h]![row]! - location)))),
  );
  const dispersionBase = logs.map((log) => {
    const known = [...rows].filter((row) => !Number.isNaN(log[row]!));
    return short(known.reduce((sum, row) => sum + log[row]!, 0) / known.length);
  });
  const residuals: number[][] = MINUTES.map(() => []);
  for (let part = 0; part < PARTS; part++) {
    const isIn = (row: number): boolean => table.person[row]! % PARTS === part;
    const apart = fitDispersion(
      logs,
      dispersionBase,
      rows.filter((row) => !isIn(row)),
      columns,
    );
    for (const row of rows.filter(isIn)) {
      const sums = sumOf(apart, valuesAt(table, row));
      for (let h = 0; h < HORIZONS; h++) {
        const residual = (table.actual[h]![row]! - own[h]![row]!) / Math.exp(dispersionBase[h]! + sums[h]!);
        if (!Number.isNaN(residual)) residuals[h]!.push(residual);
      }
    }
  }
  const tables = residuals.map((all) => residualTable(all)!);
  return {
    dispersion: fitDispersion(logs, dispersionBase, rows, columns),
    dispersionBase,
    residuals: tables.map(({ levels, values }) => ({ levels, values: values.map(short) })),
  };
}

function rmse(locations: Float64Array, h: number, isIn: (row: number) => boolean): number {
  let [squares, n] = [0, 0];
  for (let row = 0; row < table.rows; row++) {
    const error = table.actual[h]![row]! - locations[row]!;
    if (Number.isNaN(error) || !isIn(row)) continue;
    squares += error ** 2;
    n++;
  }
  return Math.sqrt(squares / n);
}

function print(what: string, locations: readonly Float64Array[]): void {
  for (const [p, { record }] of table.people.entries()) {
    const held = (row: number): boolean => table.person[row] === p && table.isHeldApart[row] === 1;
    const figures = [30, 60, 120].map((minutes) => {
      const h = MINUTES.indexOf(minutes as (typeof MINUTES)[number]);
      return rmse(locations[h]!, h, held).toFixed(2);
    });
    console.log(`${what}: ${record.padEnd(14)} ${figures.join(' ')}`);
  }
}

function short(x: number): number {
  return Number(x.toPrecision(5));
}
