import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RhythmRule } from '#libs/domain/rhythm';
import { annotationsOf, readHeader } from '../../validate/wfdb.js';
import { readAfRecords, type AfRecord } from './af-records.js';
import { streamIntervals } from './interval-stream.js';
import { printTable } from '../methods/page-table.js';

/**
 * `node dist/tools/fit/fibrillation/streamed-intervals.js [--data DIR]`: what the stream reports of the marked beats of AFDB, NSRDB and MITDB, reported again counted, in
 * runs of 30 intervals. There are no labels for these: the load. The figures of pause.md, extreme-bradycardia.md, extreme-tachycardia.md and
 * ectopy-suspected.md in docs/clinical/rules.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

const RULES: readonly RhythmRule[] = ['pause', 'bradycardia', 'tachycardia', 'ectopy-suspected'];
/** `~` and `|`: change of quality, and what looks like a beat and is none. */
const LOST: ReadonlySet<number> = new Set([14, 16]);

/** The beats of a record, broken where a mark of lost signal lies between two. */
function broken({ source, record, beats }: AfRecord): readonly (readonly number[])[] {
  const folder = join(options.data, source);
  const { fs } = readHeader(folder, record);
  const lost = (annotationsOf(folder, record, ['atr']) ?? [])
    .filter(({ code }) => LOST.has(code))
    .map(({ sample }) => sample / fs);
  const stretches: number[][] = [[]];
  let next = 0;
  for (const at of beats) {
    if (next < lost.length && lost[next]! < at) stretches.push([]);
    while (next < lost.length && lost[next]! < at) next++;
    stretches.at(-1)!.push(at);
  }
  return stretches;
}

function row(
  name: string,
  records: readonly AfRecord[],
  stretches: (record: AfRecord) => readonly (readonly number[])[],
): string[] {
  const findings = records
    .flatMap((record) => [...streamIntervals(stretches(record))])
    .filter(({ present }) => present);
  const hours = records.reduce((sum, { beats }) => sum + (beats.at(-1)! - beats[0]!) / 3600, 0);
  return [
    `${name}, ${records.length} records, ${hours.toFixed(0)} h`,
    ...RULES.map((rule) => {
      const told = findings.filter((finding) => finding.rule === rule);
      return `${told.length} (${told.filter(({ confident }) => confident).length} with confidence)`;
    }),
  ];
}

const records = [...readAfRecords(options.data, ['afdb', 'nsrdb', 'mitdb'])];
const rows = [...new Set(records.map(({ source }) => source))].map((source) =>
  row(
    source,
    records.filter((record) => record.source === source),
    ({ beats }) => [beats],
  ),
);
const healthy = records.filter(({ source }) => source === 'nsrdb');
printTable(['told', ...RULES], [...rows, row('nsrdb, broken at marks of lost signal', healthy, broken)]);
