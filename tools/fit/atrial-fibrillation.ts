import { parseArgs } from 'node:util';
import { afEpisodes, afVerdicts } from '#libs/domain/rhythm';
import { within } from '../validate/wfdb.js';
import { add, bestLimits, countsAt, exceeding, printFigures, say, type Counts } from './af-limits.js';
import { madeEctopy } from './af-made-ectopy.js';
import { chainedShortEcgs, readAfRecords, scoredBeats, type AfRecord, type Source } from './af-records.js';
import { streamed } from './af-stream.js';

/**
 * `node dist/tools/fit/atrial-fibrillation.js [--data DIR]`: fibrillation from intervals on AFDB, NSRDB and MITDB, by record; what limits
 * chosen without each record say of it; episodes told by the stream; and two checks on which neither limit was chosen: chained short ECGs,
 * and ectopy made at random in NSRDB.
 * The figures of docs/clinical/rules/atrial-fibrillation.md.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

const FALSE_EPISODE_S = 120;

function percent(part: number, rest: number): string {
  return part + rest > 0 ? ((100 * part) / (part + rest)).toFixed(2) : '-';
}

/** Beats in and out of the episodes, as `npm run validate` counts them. */
function judged({ beats, truth }: AfRecord): Counts & { falseEpisodes: number } {
  const episodes = afEpisodes(beats).map(({ from, until }) => ({ from, to: until + 1e-6 }));
  const counts = { hits: 0, missed: 0, falseBeats: 0, quietBeats: 0, falseEpisodes: 0 };
  for (const beat of beats.slice(1)) {
    const said = within(episodes, beat);
    if (within(truth, beat)) counts[said ? 'hits' : 'missed']++;
    else counts[said ? 'falseBeats' : 'quietBeats']++;
  }
  counts.falseEpisodes = episodes.filter(
    ({ from, to }) => to - from >= FALSE_EPISODE_S && !truth.some((each) => each.from < to && each.to > from),
  ).length;
  return counts;
}

function printRecords(records: readonly AfRecord[]): void {
  const total = new Map<Source, Counts>();
  console.log('record: sensitivity, specificity, missed and false beats, episodes of 2 min without any fibrillation');
  for (const record of records) {
    const { falseEpisodes, ...counts } = judged(record);
    add(total, record.source, counts);
    const { hits, missed, falseBeats, quietBeats } = counts;
    console.log(
      `${record.source} ${record.record}: ${percent(hits, missed)} ${percent(quietBeats, falseBeats)} ${missed} ${falseBeats} ${falseEpisodes}`,
    );
  }
  printFigures('as shipped', total);
}

function printLeftOut(records: readonly AfRecord[]): void {
  const tables = records.map((record) => exceeding(record.source, record.record, scoredBeats(record)));
  const best = bestLimits(tables).limits;
  const refitted = new Map<Source, Counts>();
  for (const table of tables) add(refitted, table.source, countsAt(table, best));
  printFigures(`limits ${say(best)} chosen on all (flatters)`, refitted);
  const leftOut = new Map<Source, Counts>();
  const chosen = new Map<string, string[]>();
  for (const table of tables) {
    const { limits } = bestLimits(tables.filter((each) => each !== table));
    add(leftOut, table.source, countsAt(table, limits));
    chosen.set(say(limits), [...(chosen.get(say(limits)) ?? []), table.record]);
  }
  printFigures('limits chosen without each record', leftOut);
  for (const [limits, without] of chosen) console.log(`  ${limits} without ${without.join(' ')}`);
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

const records = [...readAfRecords(options.data)];
printRecords(records);
printLeftOut(records);
printStream(records);
for (const label of ['A', 'N', 'O']) {
  const verdicts = [...afVerdicts(chainedShortEcgs(options.data, label))];
  const af = verdicts.filter((verdict) => verdict.af).length;
  console.log(
    `short ECGs labelled ${label}, chained: ${percent(af, verdicts.length - af)} % of ${verdicts.length} beats`,
  );
}
printMade(records);
