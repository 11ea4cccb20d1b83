import { join } from 'node:path';
import { ecgQuality, ppgQuality, pressureWaveQuality, type WaveQuality } from '#libs/domain/signal-quality';
import { auroc } from '../../validate/sets/auroc.js';
import { ruleOf } from '../../validate/sets/ecg/cinc2015.js';
import { PackReader, readIndex } from '../../validate/wfdb.js';
import { printTable } from '../methods/page-table.js';
import { readShortEcgs } from '../short-ecg/short-ecg-fit.js';

const KINDS = { ecg: ecgQuality, ppg: ppgQuality, pressure: pressureWaveQuality } as const;
type Kind = keyof typeof KINDS;
const LAST_S = 16;
/** mmHg; a pressure wave whose mean is outside is uncalibrated or off. */
const LEVEL = [20, 200] as const;

interface Channel {
  readonly record: string;
  readonly rule: string;
  readonly isTrue: boolean;
  readonly kind: Kind;
  readonly isFlat: boolean;
  readonly isOffLevel: boolean;
  /** Of the last seconds before the alarm, and of the whole recording. */
  readonly last: WaveQuality;
  readonly whole: WaveQuality;
}

function kindOf(name: string): Kind {
  if (/PLETH|PPG/i.test(name)) return 'ppg';
  return /ABP|ART/i.test(name) ? 'pressure' : 'ecg';
}

function readChannels(folder: string): readonly Channel[] {
  const packs = new PackReader(folder);
  return readIndex(folder).flatMap((entry) =>
    packs.read(entry, entry.pack ?? `${entry.record[0]}.pack`).map(({ name, values }): Channel => {
      const kind = kindOf(name);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return {
        record: entry.record,
        rule: ruleOf(entry),
        isTrue: entry.true === 1,
        kind,
        isFlat: values.every((value) => value === values[0]),
        isOffLevel: kind === 'pressure' && (mean < LEVEL[0] || mean > LEVEL[1]),
        last: KINDS[kind](values.subarray(-LAST_S * entry.fs), entry.fs),
        whole: KINDS[kind](values, entry.fs),
      };
    }),
  );
}

function usable(channels: readonly Channel[]): string {
  return `${channels.filter(({ last }) => last.usable).length} of ${channels.length}`;
}

/** Indices of the short ECGs of cinc2017 by label. */
export function printShortEcgQuality(data: string): void {
  const judged = readShortEcgs(data).map(({ ecg, fs, label }) => ({ label, ...ecgQuality(ecg, fs) }));
  const area = auroc(
    judged.map(({ label }) => label !== '~'),
    judged.map(({ index }) => index),
  );
  console.log(`cinc2017: noisy against the rest, AUROC ${area.toFixed(3)}`);
  for (const wanted of new Set(judged.map(({ label }) => label))) {
    const of = judged.filter(({ label }) => label === wanted);
    console.log(`  ${wanted} usable ${of.filter((each) => each.usable).length} of ${of.length}`);
  }
}

/** Indices of the channels of cinc2015 before true and false alarms. */
export function printAlarmQuality(data: string): void {
  const all = readChannels(join(data, 'cinc2015'));
  const live = all.filter(({ isFlat }) => !isFlat);
  const kinds = (Object.keys(KINDS) as Kind[]).map((wanted) => {
    const of = live.filter(({ kind }) => kind === wanted);
    const area = auroc(
      of.map(({ isTrue }) => isTrue),
      of.map(({ last }) => last.index),
    );
    return [
      wanted,
      usable(of.filter(({ isTrue }) => isTrue)),
      usable(of.filter(({ isTrue }) => !isTrue)),
      area.toFixed(3),
    ];
  });
  printTable(
    ['cinc2015, last 16 s', 'usable under true alarms', 'under false alarms', 'AUROC (true above false)'],
    kinds,
  );
  const rules = [...new Set(live.map(({ rule }) => rule))].map((wanted) => [
    wanted,
    ...[true, false].flatMap((isEcg) =>
      [true, false].map((isTrue) =>
        usable(live.filter((one) => one.rule === wanted && (one.kind === 'ecg') === isEcg && one.isTrue === isTrue)),
      ),
    ),
  ]);
  printTable(['alarm', 'ECG, true', 'ECG, false', 'pulse, true', 'pulse, false'], rules);
  for (const isTrue of [true, false]) {
    const records = Map.groupBy(
      all.filter((one) => one.isTrue === isTrue),
      ({ record }) => record,
    );
    const has = (of: readonly Channel[], isEcg: boolean): boolean =>
      of.some(({ kind, isFlat, last }) => (kind === 'ecg') === isEcg && !isFlat && last.usable);
    const count = (is: (of: readonly Channel[]) => boolean): number => [...records.values()].filter(is).length;
    console.log(
      `${isTrue ? 'true' : 'false'} alarms ${records.size}: no usable channel ${count((of) => !has(of, true) && !has(of, false))}, ` +
        `usable pulse without usable ECG ${count((of) => has(of, false) && !has(of, true))}`,
    );
  }
  const flat = all.filter(({ isFlat }) => isFlat);
  const told = flat.filter(({ last }) => last.reasons.includes('flat')).length;
  console.log(
    `flat throughout: ${flat.length}, told flat ${told}, usable ${flat.filter(({ last }) => last.usable).length}`,
  );
  const pressure = live.filter(({ kind }) => kind === 'pressure');
  for (const wanted of [true, false]) {
    const of = pressure.filter(({ isOffLevel }) => isOffLevel === wanted);
    const whole = of.filter((each) => each.whole.usable).length;
    console.log(`pressure ${wanted ? 'off' : 'on'} level: ${of.length}, usable over the whole recording ${whole}`);
  }
}
