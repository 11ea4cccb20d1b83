import { parseArgs } from 'node:util';
import type { AfDesign } from '#libs/domain/rhythm';
import {
  add,
  bestLimits,
  countsAt,
  exceeding,
  printFigures,
  say,
  type Chosen,
  type Counts,
  type Exceeding,
} from './af-limits.js';
import { readAfRecords, scoredBeats, type AfRecord, type Source } from './af-records.js';

/**
 * `node dist/tools/fit/af-designs.js [--data DIR] [--tolerances 5,6,7,8,9,10,11,12]`: fibrillation from intervals with the window, the length of the runs, the tolerance and the
 * compensation chosen without each record of AFDB, NSRDB and MITDB, together with the two limits, among 144 designs. About six minutes of one core.
 * The figures of docs/clinical/rules/atrial-fibrillation.md.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    tolerances: { type: 'string', default: '5,6,7,8,9,10,11,12' },
  },
});

const DESIGNS: readonly AfDesign[] = [63, 91, 127].flatMap((window) =>
  [2, 3, 4].flatMap((run) =>
    options.tolerances
      .split(',')
      .flatMap((percent) =>
        [0.2, 0.4].map((compensation): AfDesign => ({ window, run, tolerance: Number(percent) / 100, compensation })),
      ),
  ),
);

interface Choice extends Chosen {
  readonly design: number;
}

/** The design and limits of least loss; of equals the first. `tables`: of each design, of each record. */
function choose(tables: readonly (readonly Exceeding[])[], without?: number): Choice {
  return tables
    .map((each, design) => ({ design, ...bestLimits(each.filter((_, record) => record !== without)) }))
    .reduce((best, each) => (each.loss < best.loss ? each : best));
}

function name({ design, limits }: Choice): string {
  const { window, run, tolerance, compensation } = DESIGNS[design]!;
  return `window ${window}, runs of ${run}, ${(100 * tolerance).toFixed(0)} %, ${(100 * compensation).toFixed(0)} %, limits ${say(limits)}`;
}

function main(): void {
  const records: readonly AfRecord[] = [...readAfRecords(options.data)];
  const tables = DESIGNS.map((design) =>
    records.map((record) => exceeding(record.source, record.record, scoredBeats(record, design))),
  );
  const best = choose(tables);
  const all = new Map<Source, Counts>();
  for (const table of tables[best.design]!) add(all, table.source, countsAt(table, best.limits));
  printFigures(`${name(best)}, chosen on all (flatters)`, all);
  const leftOut = new Map<Source, Counts>();
  const chosen = new Map<string, string[]>();
  for (const [i, { source, record }] of records.entries()) {
    const choice = choose(tables, i);
    const counts = countsAt(tables[choice.design]![i]!, choice.limits);
    add(leftOut, source, counts);
    console.log(`${source} ${record} left out: ${counts.missed} beats missed, ${counts.falseBeats} false`);
    chosen.set(name(choice), [...(chosen.get(name(choice)) ?? []), record]);
  }
  printFigures('design and limits chosen without each record', leftOut);
  for (const [choice, without] of chosen) console.log(`  ${choice}, without ${without.join(' ')}`);
}

main();
