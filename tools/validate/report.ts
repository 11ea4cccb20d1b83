import { AHEAD, aheadTable } from './ahead-table.js';
import { LOW_COST, lowCostTable } from './low-cost-table.js';
import type { RecordRow } from './set.js';
import { FORECAST_TARGETS } from './forecast-targets.js';
import { TARGETS as OTHER_TARGETS, type Target } from './targets.js';

const TARGETS: readonly Target[] = [...OTHER_TARGETS, ...FORECAST_TARGETS];

/** What a record has to reach to be left out of the table, %. */
const FOUND = 95;
const QUIET = 99.5;

/** `docs/clinical/validation.md`: every figure beside its bar, failures included, and what each number was fitted on. */
export function report(
  metrics: Readonly<Record<string, number>>,
  records: ReadonlyMap<string, readonly RecordRow[]>,
): string {
  const judged = TARGETS.map((target) => ({ target, value: metrics[target.metric] }));
  const missed = judged.filter(({ target, value }) => value !== undefined && !meets(target, value));
  const rows = judged.map(
    ({ target, value }) =>
      `| ${target.what} | ${bar(target)} | ${figure(value)} | ${verdict(target, value)} | ${target.heldApart} |`,
  );
  const named = new Set(TARGETS.map(({ metric }) => metric));
  const isInTable = (name: string): boolean => [LOW_COST, AHEAD].some((beginning) => name.startsWith(beginning));
  const others = Object.entries(metrics).filter(([name]) => !named.has(name) && !isInTable(name));
  return [
    '# Validation on the development recordings',
    '',
    '> Research software, not a cleared medical device. For clinicians and researchers; it advises no treatment.',
    '',
    'Written by `npm run validate`. The figures are of **development data**: where a number was fitted on the records it is scored on, the',
    'figure flatters, and the column "held apart" is the one to believe. How each was fitted stands on the page of its rule in `rules/`.',
    '',
    `Bars missed by this run: ${missed.length === 0 ? 'none' : missed.map(({ target }) => target.what).join('; ')}.`,
    `Bars missed or not shown held apart: ${doubted()}.`,
    '',
    '| what | bar | this run | meets it | held apart |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Other figures of this run',
    '',
    '| figure | value |',
    '| --- | --- |',
    ...others.map(([name, value]) => `| \`${name}\` | ${figure(value)} |`),
    '',
    ...lowCostTable(metrics),
    ...aheadTable(metrics),
    ...byRecord(records),
    'Data: AFDB, LTAFDB, NSRDB, NSR2DB, CHF2DB, MITDB, Challenges 2015 and 2017 from PhysioNet (ODC-By 1.0; Goldberger et al. 2000, Circulation 101:e215),',
    'RR interval time series from healthy subjects (Irurzun et al. 2021, doi 10.13026/51yd-d219), VitalDB arrhythmia database (Eun et al. 2026, doi',
    '10.13026/axd6-wm13; CC BY 4.0), MIMIC PERform AF (Charlton et al. 2022; ODbL 1.0), Challenge 2019 from PhysioNet (CC BY 4.0), LOOP study from',
    'the Jaeb Center for Health Research (public terms; the analyses are ours, not theirs), AZT1D (Khamesian et al. 2025, arXiv 2506.14789; CC BY 4.0), T1D-UOM (Alsuhaymi et al.',
    '2025, Sci Data 12, 1379; CC BY 4.0).',
    '',
  ].join('\n');
}

/** Records in which anything was missed or false; of the others how many there are. */
function byRecord(records: ReadonlyMap<string, readonly RecordRow[]>): readonly string[] {
  const lines: string[] = [];
  const spotless: string[] = [];
  for (const [set, rows] of records) {
    const isSpotless = ({ sensitivity, specificity, falseEpisodes }: RecordRow): boolean =>
      (sensitivity ?? 100) >= FOUND && (specificity ?? 100) >= QUIET && falseEpisodes === 0;
    const rest = rows.filter(isSpotless);
    spotless.push(
      `${set} ${rest.length} of ${rows.length} (${Math.round(rest.reduce((h, { hours }) => h + hours, 0))} h)`,
    );
    for (const row of rows.filter((each) => !isSpotless(each)))
      lines.push(
        `| ${set} ${row.record} | ${row.hours.toFixed(1)} | ${percent(row.sensitivity)} | ${percent(row.specificity)} | ${row.falseEpisodes} |`,
      );
  }
  if (records.size === 0) return [];
  return [
    '## Fibrillation from intervals by record',
    '',
    `Records with under ${FOUND} % of the fibrillation found, over ${(100 - QUIET).toFixed(1)} % of the other beats called fibrillation, or a false episode of two minutes.`,
    `The others: ${spotless.join(', ')}. In chf2db nobody promised that there is no fibrillation: "false" there means "to be looked at".`,
    '',
    '| record | h | sensitivity, % | specificity, % | false episodes of 2 min |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ];
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(2);
}

function doubted(): string {
  const all = TARGETS.filter(({ doubt }) => doubt === true).map(({ what }) => what);
  return all.length === 0 ? 'none' : all.join('; ');
}

function meets({ atLeast, atMost }: Target, value: number): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

function verdict(target: Target, value: number | undefined): string {
  if (value === undefined) return 'not run';
  return meets(target, value) ? 'yes' : '**no**';
}

function bar({ atLeast, atMost }: Target): string {
  return atLeast === undefined ? `≤ ${figure(atMost)}` : `≥ ${figure(atLeast)}`;
}

function figure(value: number | undefined): string {
  return value === undefined ? '–' : String(Math.round(value * 1000) / 1000);
}
