import { parseArgs } from 'node:util';
import { afVerdicts } from '#libs/domain/rhythm';
import { afLines, countAf } from '../../validate/sets/ecg/af-scoring.js';
import {
  add,
  choose,
  countsAt,
  grid,
  printFigures,
  say,
  scored,
  totals,
  type Counts,
  type Tried,
} from './af-limits.js';
import { madeEctopy } from './af-made-ectopy.js';
import {
  chainedShortEcgs,
  madeRecords,
  readAfRecords,
  RECORDED,
  withMissed,
  type AfRecord,
  type Source,
} from './af-records.js';
import { streamed } from './af-stream.js';

/**
 * `node dist/tools/fit/fibrillation/atrial-fibrillation.js [--data DIR]`: fibrillation from intervals on all recordings with marked beats and on made sinus
 * rhythm, by record; what limits chosen without each record, and without each set, say of it; episodes reported by the stream; and two checks on
 * which no limit was chosen: chained short ECGs, and ectopy made at random in NSRDB. Some minutes of one core.
 * The figures of docs/clinical/rules/atrial-fibrillation.md.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

/** Made people other than those of the choice (seed 1): nothing was chosen on them. */
const SEED_OF_CHOICE = 1;
const SEED_APART = 600_011;

function percent(part: number, rest: number): string {
  return part + rest > 0 ? ((100 * part) / (part + rest)).toFixed(2) : '-';
}

/** Beats in and out of the episodes, as `npm run validate` counts them. */
function judged(record: AfRecord): Counts {
  const counts = countAf(record, afLines(record.record, record.beats));
  return {
    hits: counts.truePositive,
    missed: counts.falseNegative,
    falseBeats: counts.falsePositive,
    quietBeats: counts.trueNegative,
    falseEpisodes: counts.falseEpisodes,
    days: counts.seconds / 86_400,
  };
}

function printRecords(name: string, records: readonly AfRecord[]): void {
  const total = new Map<Source, Counts>();
  console.log(
    `${name}, record: sensitivity, specificity, missed and false beats, episodes of 2 min without any fibrillation; spotless ones left out`,
  );
  for (const record of records) {
    const counts = judged(record);
    total.set(record.source, add(total.get(record.source), counts));
    const { hits, missed, falseBeats, quietBeats, falseEpisodes } = counts;
    if (missed + falseBeats > 0)
      console.log(
        `${record.source} ${record.record}: ${percent(hits, missed)} ${percent(quietBeats, falseBeats)} ${missed} ${falseBeats} ${falseEpisodes}`,
      );
  }
  printFigures(name, total);
}

function printLeftOut(records: readonly AfRecord[]): void {
  const limits = grid(0.02, 0.03);
  const tried = records.map((record): Tried => {
    const scores = scored(record);
    return { source: record.source, record: record.record, counts: limits.map((each) => countsAt(scores, each)) };
  });
  const sums = totals(tried);
  const figures = (choice: (record: Tried) => number): ReadonlyMap<Source, Counts> => {
    const sum = new Map<Source, Counts>();
    for (const record of tried) sum.set(record.source, add(sum.get(record.source), record.counts[choice(record)]!));
    return sum;
  };
  const best = choose(sums).limits;
  printFigures(
    `weight/lower/upper ${say(limits[best]!)} chosen on all (flatters)`,
    figures(() => best),
  );
  const counted = new Map<string, string[]>();
  const note = (chosen: number, name: string): number => {
    const said = say(limits[chosen]!);
    counted.set(said, [...(counted.get(said) ?? []), name]);
    return chosen;
  };
  printFigures(
    'chosen without each record',
    figures((left) => note(choose(sums, [left]).limits, `${left.source} ${left.record}`)),
  );
  for (const [said, without] of counted)
    console.log(`  ${said} without ${without.length > 12 ? `each of ${without.length} records` : without.join(', ')}`);
  const bySet = new Map<Source, number>();
  for (const source of new Set(records.map((record) => record.source)))
    bySet.set(
      source,
      choose(
        sums,
        tried.filter((each) => each.source === source),
      ).limits,
    );
  printFigures(
    'chosen without each set',
    figures(({ source }) => bySet.get(source)!),
  );
  for (const [source, chosen] of bySet) console.log(`  ${say(limits[chosen]!)} without ${source}`);
}

function printStream(records: readonly AfRecord[]): void {
  for (const source of new Set(records.map((record) => record.source))) {
    const each = records
      .filter((record) => record.source === source)
      .map((record) => ({ record, ...streamed(record) }));
    const sum = (count: (of: (typeof each)[number]) => number): number => each.reduce((all, of) => all + count(of), 0);
    const delays = each.flatMap((of) => of.delays).sort((a, b) => a - b);
    const wrong = each.filter((of) => of.falselyTold > 0).map((of) => `${of.record.record} ${of.falselyTold}`);
    const missed = each.filter((of) => of.told < of.episodes).map((of) => of.record.record);
    console.log(
      `stream ${source}: told ${sum((of) => of.told)} of ${sum((of) => of.episodes)} episodes of 6 min, missed in [${missed.join(', ')}], ` +
        `half within ${delays[delays.length >> 1]?.toFixed(0) ?? '-'} s, all within ${delays.at(-1)?.toFixed(0) ?? '-'} s, falsely told [${wrong.join(', ')}]`,
    );
  }
}

/** Beats 20,000 to 26,000 of each healthy heart, with ectopy in them. */
function printMade(records: readonly AfRecord[]): void {
  const shares = new Map<string, [af: number, not: number]>();
  records
    .filter(({ source }) => source === 'nsrdb')
    .forEach(({ beats }, i) => {
      const part = beats.slice(20_000, 26_001);
      const intervals = part.slice(1).map((at, k) => at - part[k]!);
      for (const { kind, share, beats: made } of madeEctopy(intervals, 100 + i)) {
        const name = `${kind}, ${100 * share} %`;
        const sum = shares.get(name) ?? [0, 0];
        for (const { af } of afVerdicts(made)) sum[af ? 0 : 1]++;
        shares.set(name, sum);
      }
    });
  for (const [name, [af, not]] of shares)
    console.log(`made ectopy, ${name} of beats: ${percent(af, not)} % called fibrillation`);
}

const records = [...readAfRecords(options.data, RECORDED)];
printRecords('as shipped', records);
const apart = [...madeRecords(SEED_APART)];
printRecords('as shipped, made people apart from those of the choice', apart);
for (const share of [0.01, 0.03])
  printRecords(
    `as shipped, those with ${100 * share} % of the beats missed`,
    apart.map((record) => withMissed(record, share)),
  );
printLeftOut([...records, ...madeRecords(SEED_OF_CHOICE)]);
printStream(records);
for (const label of ['A', 'N', 'O']) {
  const verdicts = [...afVerdicts(chainedShortEcgs(options.data, label))];
  const af = verdicts.filter((verdict) => verdict.af).length;
  console.log(
    `short ECGs labelled ${label}, chained: ${percent(af, verdicts.length - af)} % of ${verdicts.length} beats`,
  );
}
printMade(records);
