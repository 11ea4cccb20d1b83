import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AlarmRule } from '#libs/domain/rhythm';
import { readFirstSignal, readHeader, recordNames, type Stretch } from '../../validate/wfdb.js';
import { markedRuns } from './marked-runs.js';
import { printTable } from '../methods/page-table.js';
import { readAlarms } from './ventricular-run-fit.js';
import { streamWaves, type StreamedFinding } from './wave-stream.js';

/**
 * `node dist/tools/fit/ventricular-runs/streamed-waves.js [--data DIR]`: what the stream raises on the alarms of cinc2015 and in MITDB, channel 0, in chunks of one
 * second; with the records where it is wrong. The figures of asystole.md, extreme-bradycardia.md, extreme-tachycardia.md, ventricular-fibrillation.md
 * and ventricular-tachycardia.md in docs/clinical/rules.
 */
const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });

const RULES: readonly AlarmRule[] = [
  'asystole',
  'extreme-bradycardia',
  'extreme-tachycardia',
  'ventricular-fibrillation',
  'ventricular-tachycardia',
];
/** The cause of an alarm lies in the last seconds of its recording. */
const LAST_S = 16;
/** A marked run counts as found up to this long after its end. */
const LATE_S = 3;

/** Findings of one rule, raised or over. */
type Findings = readonly StreamedFinding[];

/** Raised in this stretch, or standing at its start. */
function raisedIn(findings: Findings, { from, to }: Stretch): Findings {
  const standing = findings.findLast(({ at }) => at < from);
  const inside = findings.filter(({ at }) => at >= from && at <= to);
  return [...(standing ? [standing] : []), ...inside].filter(({ present }) => present);
}

function printAlarms(): void {
  const streamed = readAlarms(options.data).map((alarm) => ({ ...alarm, findings: streamWaves(alarm.signals) }));
  const rows = RULES.map((rule) => {
    const all = streamed.map(({ record, isTrue, signals, findings, rule: own }) => {
      const of = findings.filter((finding) => finding.rule === rule);
      const to = (signals.ecg[0]?.length ?? 0) / signals.fs;
      const raised = own === rule ? raisedIn(of, { from: to - LAST_S, to }) : of.filter(({ present }) => present);
      return {
        record,
        isOwn: own === rule,
        isTrue,
        isRaised: raised.length > 0,
        isSure: raised.some(({ confident }) => confident),
      };
    });
    type One = (typeof all)[number];
    const share = (of: readonly One[]): string => {
      const count = (is: (one: One) => boolean): number => of.filter(is).length;
      return `${count(({ isRaised }) => isRaised)} of ${of.length} (${count(({ isSure }) => isSure)} with confidence)`;
    };
    const wrong = all.filter(({ isOwn, isTrue, isRaised }) => isOwn && isTrue !== isRaised);
    return [
      rule,
      share(all.filter(({ isOwn, isTrue }) => isOwn && isTrue)),
      share(all.filter(({ isOwn, isTrue }) => isOwn && !isTrue)),
      share(all.filter(({ isOwn }) => !isOwn)),
      wrong.map(({ record }) => record).join(' '),
    ];
  });
  printTable(['cinc2015', 'true raised', 'false raised', 'alarms of other kinds', 'missed or falsely raised'], rows);
}

function printMitdb(): void {
  const folder = join(options.data, 'mitdb');
  const all = recordNames(folder).flatMap((record) => {
    const header = readHeader(folder, record);
    const signal = readFirstSignal(folder, header);
    if (signal === undefined) return [];
    const findings = streamWaves({ fs: header.fs, ecg: [signal], pulse: [] });
    return [{ record, findings, runs: markedRuns(folder, record, header.fs) }];
  });
  const rows = RULES.map((rule) => {
    const told = all.map(({ record, findings }) => ({
      record,
      times: findings.filter((finding) => finding.rule === rule && finding.present).length,
    }));
    const where = told.filter(({ times }) => times > 0).map(({ record, times }) => `${record} ${times}`);
    return [rule, String(told.reduce((sum, { times }) => sum + times, 0)), where.join(', ')];
  });
  console.log('');
  printTable(['mitdb, a lead, no pulse', 'told, or told as worse', 'by record'], rows);
  const runs = all.flatMap(({ record, findings, runs: marked }) =>
    marked.map(({ from, to }) => {
      const of = findings.filter(({ rule }) => rule === 'ventricular-tachycardia');
      return { name: `${record} ${from.toFixed(0)} s`, isFound: raisedIn(of, { from, to: to + LATE_S }).length > 0 };
    }),
  );
  const missed = runs.filter(({ isFound }) => !isFound).map(({ name }) => name);
  console.log(`\nmarked ventricular runs over 100/min: ${runs.length}, missed: ${missed.join(', ')}`);
}

printAlarms();
printMitdb();
