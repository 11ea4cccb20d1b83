import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runTrust, type Model } from '#libs/domain/rhythm';
import { treesSource } from '../methods/boosting.js';
import { printTable } from '../methods/page-table.js';
import { CAUSE_S, COPIES, fitStreamRuns, readRunRecords, streamRunsApart, type RunRecord } from './stream-run-fit.js';

/**
 * `node dist/tools/fit/ventricular-runs/stream-run.js [--data DIR] [--write]`: fits the trees of streamed ventricular tachycardia on the seconds of cinc2015
 * and MITDB at which the stream has a run to judge, prints the cross-validated figures of docs/clinical/rules/ventricular-tachycardia.md
 * (an alarm or a marked run counts by its seconds, not by when the stream reports) and, with --write, writes the model file.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const MODEL_FILE = 'libs/domain/rhythm/src/models/stream-run.ts';
/** A marked run is found up to this long after its end. */
const LATE_S = 3;
/** Seconds without a run after which it is reported anew. */
const GONE_S = 10;
const COPY_NAMES = ['as it came', 'no pulse wave', 'without the first lead', 'the first lead alone'];

/** Times (s) at which the copy is reported as a run, and those with confidence. */
function toldOf(record: RunRecord, model: Model, copy: number): { readonly all: number[]; readonly sure: number[] } {
  const told = record.seconds
    .filter((second) => second.copy === copy)
    .map((second) => ({ at: second.at, trust: runTrust(second, model) }))
    .filter(({ trust }) => trust !== 'none');
  return { all: told.map(({ at }) => at), sure: told.filter(({ trust }) => trust === 'sure').map(({ at }) => at) };
}

function row(records: readonly RunRecord[], name: string, copy: number, modelOf: (i: number) => Model): string[] {
  const told = records.map((record, i) => ({ ...record, ...toldOf(record, modelOf(i), copy) }));
  type One = (typeof told)[number];
  const isRaised = ({ kind, until }: One, times: readonly number[]): boolean =>
    kind === 'other-alarm' ? times.length > 0 : times.some((at) => at >= until - CAUSE_S);
  const share = (kind: RunRecord['kind']): string => {
    const of = told.filter((one) => one.kind === kind);
    const [all, sure] = [of.filter((one) => isRaised(one, one.all)), of.filter((one) => isRaised(one, one.sure))];
    return `${all.length} (${sure.length}) of ${of.length}`;
  };
  const mitdb = told.filter(({ kind }) => kind === 'mitdb');
  const sum = (of: (one: One) => number): number => mitdb.reduce((total, one) => total + of(one), 0);
  const times = (seconds: readonly number[]): number =>
    seconds.filter((at, i) => i === 0 || at - seconds[i - 1]! > GONE_S).length;
  const found = sum(
    ({ marked, all }) => marked.filter(({ from, to }) => all.some((at) => at >= from && at <= to + LATE_S)).length,
  );
  return [
    name,
    share('true-alarm'),
    share('false-alarm'),
    share('other-alarm'),
    ...(copy > 0
      ? ['', '']
      : [
          `${found} of ${sum(({ marked }) => marked.length)}`,
          `${sum(({ all }) => times(all))} (${sum(({ sure }) => times(sure))})`,
        ]),
  ];
}

function main(): void {
  const records = readRunRecords(options.data);
  const apart = streamRunsApart(records);
  const model = fitStreamRuns(records);
  const rows = apart.map(({ name, models }) => row(records, name, 0, (i) => models[i]!));
  const [first] = apart;
  const copies = COPIES.slice(1).map((_, i) =>
    row(records, `${first!.name}, ${COPY_NAMES[i + 1]}`, i + 1, (record) => first!.models[record]!),
  );
  const unjudged = row(records, 'every run, unjudged', 0, () => ({ bias: 9, trees: [] }));
  const refitted = row(records, 'refitted on all (flatters)', 0, () => model);
  printTable(
    ['held apart', 'true raised', 'false raised', 'alarms of other kinds', 'MITDB runs', 'MITDB told'],
    [unjudged, ...rows, ...copies, refitted],
  );
  if (options.write) writeFileSync(MODEL_FILE, source(model));
}

function source(model: Model): string {
  return `/**
 * Trees for a ventricular run as it comes. Written by tools/fit/ventricular-runs/stream-run.ts, fitted on the development alarms of CinC 2015 and the 22
 * development records of MITDB (DS1), both ODC-By 1.0. Figures: docs/clinical/rules/ventricular-tachycardia.md.
 */
import type { Model } from '../signal/boosted-trees.js';

// oxfmt-ignore
export const STREAM_RUN: Model = ${treesSource(model)};
`;
}

main();
