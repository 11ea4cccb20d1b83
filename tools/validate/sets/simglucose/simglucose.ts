import { join } from 'node:path';
import type { Detection, ValidationSet } from '../../set.js';
import { numberOf, rowsOf } from './tables.js';
import { traces } from './traces.js';
import { RECORD, whatIfRows, whatIfs } from './what-if.js';

/** UVA/Padova beside golden traces, and counterfactual days predicted by the model fitted to the person. */
export const simglucose: ValidationSet = {
  name: 'simglucose',
  *detect(folder) {
    yield* traces(folder);
    yield* whatIfs(folder);
  },
  score: (folder, detections) => ({ ...traceFigures(folder, detections), ...whatIfFigures(folder, detections) }),
};

function traceFigures(folder: string, detections: readonly Detection[]): Readonly<Record<string, number>> {
  const simulated = new Map(
    detections.filter(({ kind }) => kind === 'trace').map((each) => [keyOf(each), Number(each.value)]),
  );
  let worst = -1;
  for (const row of rowsOf(join(folder, 'golden_traces.csv.gz'))) {
    const truth = numberOf(row, 'Gsub_mg_dl');
    if (truth === null) continue;
    const key = keyOf({ record: row['patient']!, scenario: row['scenario']!, at: 60 * Number(row['t_min']) });
    worst = Math.max(worst, Math.abs((simulated.get(key) ?? Infinity) - truth));
  }
  return worst < 0 ? {} : { 'simglucose.trace.worst_mg_dl': rounded(worst, 4) };
}

function keyOf({ record, scenario, at }: Pick<Detection, 'record' | 'scenario' | 'at'>): string {
  return `${record} ${scenario} ${at}`;
}

interface Tally {
  n: number;
  /** Sum of |error| / truth. */
  off: number;
  inside: number;
  /** Sum of the width of the 80 % band / truth. */
  width: number;
}

function whatIfFigures(folder: string, detections: readonly Detection[]): Readonly<Record<string, number>> {
  const truths = new Map<string, number>();
  for (const row of whatIfRows(folder)) {
    const truth = numberOf(row, 'true_gsub_mg_dl');
    if (row['scenario'] === RECORD || truth === null) continue;
    truths.set(keyOf({ record: row['patient']!, scenario: row['scenario']!, at: 60 * Number(row['t_min']) }), truth);
  }
  const scenarios = new Map<string, Tally>();
  const people = new Map<string, Tally>();
  for (const each of detections) {
    const truth = truths.get(keyOf(each));
    if (each.kind !== 'what-if' || truth === undefined || each.quantiles === undefined) continue;
    const { '0.1': low = Number.NaN, '0.9': high = Number.NaN } = each.quantiles;
    for (const tally of [tallyOf(scenarios, each.scenario!), tallyOf(people, `${each.record} ${each.scenario}`)]) {
      tally.n += 1;
      tally.off += Math.abs(Number(each.value) - truth) / truth;
      tally.inside += truth >= low && truth <= high ? 1 : 0;
      tally.width += (high - low) / truth;
    }
  }
  if (scenarios.size === 0) return {};
  const figures: Record<string, number> = {};
  const worst = { mard: 0, inside: 100, width: 0 };
  for (const [scenario, { n, off, inside, width }] of scenarios) {
    const found = { mard: (100 * off) / n, inside: (100 * inside) / n, width: (100 * width) / n };
    figures[`simglucose.what-if.${scenario}.mard_percent`] = rounded(found.mard, 2);
    figures[`simglucose.what-if.${scenario}.inside80_percent`] = rounded(found.inside, 1);
    figures[`simglucose.what-if.${scenario}.band80_percent`] = rounded(found.width, 1);
    worst.mard = Math.max(worst.mard, found.mard);
    worst.inside = Math.min(worst.inside, found.inside);
    worst.width = Math.max(worst.width, found.width);
  }
  return {
    ...figures,
    'simglucose.what-if.worst_mard_percent': rounded(worst.mard, 2),
    'simglucose.what-if.least_inside80_percent': rounded(worst.inside, 1),
    'simglucose.what-if.widest_band80_percent': rounded(worst.width, 1),
    'simglucose.what-if.worst_person_mard_percent': rounded(
      Math.max(...[...people.values()].map(({ n, off }) => (100 * off) / n)),
      2,
    ),
  };
}

function tallyOf(tallies: Map<string, Tally>, key: string): Tally {
  const tally = tallies.get(key) ?? { n: 0, off: 0, inside: 0, width: 0 };
  tallies.set(key, tally);
  return tally;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
