import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LOW_SOON } from '#libs/domain/glucose';
import { readSensorFiles, type SensorFile } from '../../validate/sets/cgm/cgm-loop-files.js';
import { eventsOf, isLow, tellingOf, type Telling } from '../../validate/sets/cgm/cgm-loop-scoring.js';
import { alertsOf, type AlertLimits, type Forecasts } from './early-low-alerts.js';
import { featureRows, fitForecast, probability } from './low-forecast-fit.js';
import type { LogisticFit } from '../methods/penalised-logistic.js';

/**
 * `node dist/tools/fit/glucose/early-low.js [--data DIR]`: how early lows could be reported at half a false alert a day, if a second forecast of the same kind
 * (same features, rows not marked `val`) were fitted to "a low of 15 min and more starts A to B minutes from now" and given all of the
 * budget. Its limit is chosen on all rows, so the figures flatter: docs/clinical/rules/glucose-low-soon.md.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

const AHEAD = [
  [0, 30],
  [0, 60],
  [10, 30],
  [14, 40],
  [15, 60],
] as const;
const BUDGET = 0.5;
const EARLY = 15;
/** From 0.9 down in steps of 4 %, to 0.02. */
const LIMITS = Array.from({ length: 94 }, (_, i) => 0.9 * 0.96 ** i);
const OFF = 2;
/** Limits of the shipped forecast beside it: its own, a higher one that leaves more of the budget, and none. */
const IMMINENT = [LOW_SOON.limits.raise, 0.5, OFF];
/** Two or three readings of a sensor of 5 min. */
const LOW_FOR = { '5 min': 4.5 * 60, '10 min': 9.5 * 60 } as const;
const RULE = 'early';

function fit(files: readonly SensorFile[], after: number, until: number): LogisticFit {
  return fitForecast(files, isLow, (known) => {
    const starts = eventsOf(known, isLow).map(({ from }) => known.start + from * 1000);
    return (i) => {
      const { t } = known.readings[i]!;
      return starts.some((start) => start > t + after * 60_000 && start <= t + until * 60_000);
    };
  });
}

function early({ leads }: Telling): number {
  return leads.filter((lead) => lead >= EARLY).length;
}

function print(name: string, telling: Telling): void {
  const { days, events, leads, idle } = telling;
  const earlyOnes = early(telling);
  const share = ((100 * earlyOnes) / leads.length).toFixed(0);
  console.log(
    `${name}: told ${((100 * leads.length) / events).toFixed(1)} %, median lead ${leads[leads.length >> 1]?.toFixed(0)} min, ` +
      `${EARLY} min and more of ${share} % (${earlyOnes} of ${leads.length}), false ${(idle / days).toFixed(2)} a day`,
  );
}

function main(): void {
  const files = [...readSensorFiles(join(options.data, 'cgm_loop'))];
  const rows = files.map(featureRows);
  const forecasts = (model: LogisticFit): readonly Forecasts[] =>
    rows.map((each) => each.map((features) => features && probability(model, features)));
  const imminent = forecasts(LOW_SOON);

  function tellingAt(ahead: readonly Forecasts[], limits: AlertLimits): Telling {
    const all = files.map((file, i) => ({
      file,
      run: { episodes: alertsOf(file, { early: ahead[i]!, imminent: imminent[i]! }, limits, RULE), pages: [] },
    }));
    return tellingOf(all, RULE, isLow);
  }

  /** Of the limits that keep the budget the one that reports most lows early. */
  function best(ahead: readonly Forecasts[], others: Omit<AlertLimits, 'early'>): [number, Telling] | undefined {
    return LIMITS.map((limit): [number, Telling] => [limit, tellingAt(ahead, { ...others, early: limit })])
      .filter(([, { idle, days }]) => idle <= BUDGET * days)
      .reduce<[number, Telling] | undefined>((a, b) => (a && early(a[1]) >= early(b[1]) ? a : b), undefined);
  }

  const alone = { early: OFF, imminent: LOW_SOON.limits.raise, lowFor: LOW_FOR['5 min'] };
  print('shipped forecast alone', tellingAt(imminent, alone));
  for (const [after, until] of AHEAD) {
    const ahead = forecasts(fit(files, after, until));
    for (const limit of IMMINENT) {
      for (const [told, lowFor] of Object.entries(LOW_FOR)) {
        const found = best(ahead, { imminent: limit, lowFor });
        const name = `low in ${after} to ${until} min, shipped forecast ${limit > 1 ? 'off' : `at ${limit}`}, unforeseen lows after ${told}`;
        if (found === undefined) console.log(`${name}: over the budget at every limit`);
        else print(`${name}, limit ${found[0].toFixed(3)}`, found[1]);
      }
    }
  }
}

main();
