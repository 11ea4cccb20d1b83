import { parseArgs } from 'node:util';
import type { AfDesign } from '#libs/domain/rhythm';
import {
  add,
  choose,
  countsAt,
  grid,
  printFigures,
  say,
  scored,
  type Chosen,
  type Counts,
  totals,
  type Totals,
  type Tried,
} from './af-limits.js';
import { madeRecords, readAfRecords, RECORDED, type AfRecord, type Source } from './af-records.js';

/**
 * `node dist/tools/fit/fibrillation/af-designs.js [--data DIR] [--tolerances 10]`: fibrillation from intervals with the window, the length of the runs and the
 * tolerance chosen without each record, together with the limits of the decision, among nine designs for each
 * tolerance. About eight minutes of one core.
 * The figures of docs/clinical/rules/atrial-fibrillation.md.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    tolerances: { type: 'string', default: '10' },
  },
});

const DESIGNS: readonly AfDesign[] = [63, 91, 127].flatMap((window) =>
  [2, 3, 4].flatMap((run) =>
    options.tolerances
      .split(',')
      .map((percent): AfDesign => ({ window, run, tolerance: Number(percent) / 100, compensation: 0.4 })),
  ),
);
const LIMITS = grid(0.04, 0.06);

interface Choice extends Chosen {
  readonly design: number;
}

/** The design and limits of least loss; of equals the first. `tables`: of each design, of each record. */
function chooseDesign(tables: readonly (readonly Tried[])[], sums: readonly Totals[], without?: number): Choice {
  return tables
    .map((each, design) => ({ design, ...choose(sums[design]!, without === undefined ? [] : [each[without]!]) }))
    .reduce((best, each) => (each.loss < best.loss ? each : best));
}

function name({ design, limits }: Choice): string {
  const { window, run, tolerance } = DESIGNS[design]!;
  return `window ${window}, runs of ${run}, ${(100 * tolerance).toFixed(0)} %, limits ${say(LIMITS[limits]!)}`;
}

function main(): void {
  const records: readonly AfRecord[] = [...readAfRecords(options.data, RECORDED), ...madeRecords(1)];
  const tables = DESIGNS.map((design) =>
    records.map((record): Tried => {
      const scores = scored(record, design);
      return { source: record.source, record: record.record, counts: LIMITS.map((each) => countsAt(scores, each)) };
    }),
  );
  const sums = tables.map(totals);
  const best = chooseDesign(tables, sums);
  const all = new Map<Source, Counts>();
  for (const { source, counts } of tables[best.design]!) all.set(source, add(all.get(source), counts[best.limits]!));
  printFigures(`${name(best)}, chosen on all (flatters)`, all);
  const leftOut = new Map<Source, Counts>();
  const chosen = new Map<string, number>();
  for (const [i, { source, truth }] of records.entries()) {
    // Without a made or an uneventful record hardly anything changes: these are not left out one by one.
    const choice = truth.length > 0 || source === 'nsr2db' || source === 'nsrdb' ? chooseDesign(tables, sums, i) : best;
    leftOut.set(source, add(leftOut.get(source), tables[choice.design]![i]!.counts[choice.limits]!));
    chosen.set(name(choice), (chosen.get(name(choice)) ?? 0) + 1);
  }
  printFigures('design and limits chosen without each record', leftOut);
  for (const [choice, count] of chosen) console.log(`  ${choice}: ${count} times`);
}

main();
