import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TABLE_LEVELS } from '#libs/domain/forecasting';
import { distributionAt, VITAL_SIGNS, type Features, type VitalModel } from '#libs/domain/vital-forecast';
import { crpsBeside, figuresOf } from '../../validate/sets/vitals/forecast-figures.js';
import { chartedRows } from './charted-stays.js';
import { modelSource } from './vital-model-source.js';
import { fitSign } from './vital-fit.js';
import { vitalRows, type VitalRow } from './vital-rows.js';

/**
 * `node dist/tools/fit/vital-forecast/vital-forecast.js [--data DIR] [--write]`: fits the vital-sign forecast on four in five stays of sepsis2019 and vitals_hourly,
 * prints its figures on the fifth and on cinc2012, and with --write writes the weights. Which stays those are: `isHeldApart` in tools/validate/sets/vitals/vital-moments.ts.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const SETS = ['sepsis2019', 'vitals_hourly'];
/** Of another hospital, values as charted at any minute; nothing is fitted on it. */
const OUTSIDE = 'cinc2012';
const FILE = 'libs/domain/vital-forecast/src/model/vital-weights.ts';

function main(): void {
  const rows = new Map<number, VitalRow[]>(VITAL_SIGNS.map(({ code }) => [code, []]));
  const records = new Set<string>();
  for (const set of SETS) {
    for (const [code, row] of vitalRows(set, join(options.data, set))) {
      rows.get(code)!.push(row);
      if (!row.isHeldApart) records.add(`${set} ${row.record}`);
    }
  }
  const model: VitalModel = {
    levels: TABLE_LEVELS,
    signs: Object.fromEntries(
      VITAL_SIGNS.map((sign) => [
        sign.code,
        fitSign(
          sign,
          rows.get(sign.code)!.filter(({ isHeldApart }) => !isHeldApart),
        ),
      ]),
    ),
  };
  for (const [code, row] of chartedRows(join(options.data, OUTSIDE))) rows.get(code)!.push(row);
  print(model, rows);
  if (options.write) writeFileSync(FILE, modelSource(model, SETS, records.size));
}

function print(model: VitalModel, rows: ReadonlyMap<number, readonly VitalRow[]>): void {
  for (const sign of VITAL_SIGNS) {
    for (const horizon of model.signs[sign.code]!.horizons) {
      for (const set of [...SETS, OUTSIDE]) {
        const apart = rows.get(sign.code)!.filter((row) => row.isHeldApart && row.set === set);
        const came = apart.flatMap((row) => {
          const actual = row.later.get(horizon.minutes / 60);
          if (actual === undefined) return [];
          return [{ now: row.now, actual, ...distributionAt(model, sign, horizon, row.features as Features) }];
        });
        if (came.length === 0) continue;
        const { n, skill, inside80, inside95, rmse } = figuresOf(came);
        const { crps, persistence } = crpsBeside(came);
        console.log(
          `${sign.name.padEnd(18)} ${String(horizon.minutes).padStart(3)} min ${set.padEnd(14)} n ${String(n).padStart(5)}  RMSE ${rmse.toFixed(3)}  skill ${(100 * skill).toFixed(1)} %  CRPS ${crps.toFixed(3)} of ${persistence.toFixed(3)}  inside ${inside80.toFixed(1)} ${inside95.toFixed(1)} %`,
        );
      }
    }
  }
}

main();
