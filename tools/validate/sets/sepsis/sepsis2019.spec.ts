import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { auroc } from '../auroc.js';
import { loadAtEqualEvents, plainLoad, trendLoad, type ScoredStay } from './sepsis2019-load.js';
import { sepsis2019 } from './sepsis2019.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sepsis2019-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Two stays of 8 hours; the second turns ill and is labelled from hour 5. */
function write(columns: readonly string[], labelled = true, hours = 8): void {
  const rows = ['A', 'B'].flatMap((set, ill) =>
    Array.from({ length: hours }, (_, i): Record<string, number | string> => {
      const worse = ill * i;
      const signs = { HR: 70 + 8 * worse, Resp: 14 + 2 * worse, Temp: i % 2 === 0 ? 36.8 + 0.4 * worse : '' };
      const rest = { SBP: 128 - 6 * worse, O2Sat: 98 - worse, FiO2: worse > 2 ? 0.5 : '', Age: 61 };
      return { set, patient: '7', ...signs, ...rest, ICULOS: i + 1, SepsisLabel: ill === 1 && i >= 4 ? 1 : 0 };
    }),
  );
  const kept = columns.filter((column) => labelled || column !== 'SepsisLabel');
  const text = [kept.join(','), ...rows.map((row) => kept.map((column) => row[column] ?? '').join(','))].join('\r\n');
  writeFileSync(join(folder, 'patients.csv.gz'), gzipSync(text));
}

const COLUMNS = ['set', 'patient', 'HR', 'O2Sat', 'Temp', 'SBP', 'Resp', 'FiO2', 'WBC', 'Age', 'ICULOS', 'SepsisLabel'];

describe('sepsis2019', () => {
  it('gives one line per stay, row and rule, whatever the order of the columns, and never reads the label', () => {
    write(COLUMNS);
    const all = [...sepsis2019.detect(folder)];
    const lines = all.filter(({ kind }) => kind === 'score');
    const rules = new Set(lines.map(({ rule }) => rule));
    expect(new Set(lines.map(({ record, at, rule }) => `${record} ${at} ${rule}`)).size).toBe(lines.length);
    expect(lines).toHaveLength(2 * 8 * rules.size);
    expect(lines.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(lines.filter(({ record, at }) => record === 'B7' && at === 8 * 3600)).toHaveLength(rules.size);
    write([...COLUMNS].reverse(), false);
    expect([...sepsis2019.detect(folder)]).toEqual(all);
  });

  it('forecasts four vital signs 1, 3 and 6 h ahead at each hour with a value', () => {
    write(COLUMNS);
    const lines = [...sepsis2019.detect(folder)].filter(({ kind }) => kind === 'forecast');
    // Heart rate, breaths and saturation of two stays; there is no mean pressure.
    expect(lines).toHaveLength(2 * 8 * 3 * 3);
    expect(lines.find(({ record, at }) => record === 'B7' && at === 2 * 3600)).toEqual({
      record: 'B7',
      kind: 'forecast',
      code: 'heart-rate',
      at: 7200,
      minutes: 60,
      value: expect.any(Number),
      quantiles: Object.fromEntries(
        ['0.025', '0.1', '0.5', '0.9', '0.975'].map((level) => [level, expect.any(Number)]),
      ),
    });
  });

  it('says at a row what it says when the later rows are not there', () => {
    write(COLUMNS);
    const whole = [...sepsis2019.detect(folder)];
    write(COLUMNS, true, 4);
    expect([...sepsis2019.detect(folder)]).toEqual(whole.filter(({ at }) => at <= 4 * 3600));
  });

  it('scores only where there are labels, and ranks the patient who turns ill higher', () => {
    write(COLUMNS, false);
    expect(Object.keys(sepsis2019.score(folder, [...sepsis2019.detect(folder)]))).not.toContain('sepsis2019.events');
    write(COLUMNS);
    const metrics = sepsis2019.score(folder, [...sepsis2019.detect(folder)]);
    expect(metrics['sepsis2019.deterioration-trend.auroc']).toBeGreaterThan(0.9);
    expect(metrics['sepsis2019.events']).toBe(1);
  });
});

describe('area under the curve', () => {
  it('is the share of pairs in the right order, ties half', () => {
    expect(auroc([false, true], [1, 2])).toBe(1);
    expect(auroc([true, false], [1, 2])).toBe(0);
    expect(auroc([true, false, false, true], [1, 1, 0, 2])).toBe(3.5 / 4);
    expect(auroc([true, true], [1, 2])).toBeNaN();
  });
});

describe('alarm load', () => {
  const stay = (pulses: readonly number[], labels: readonly boolean[], scores: readonly number[]): ScoredStay => ({
    stay: { record: 'A1', rows: pulses.map((pulse, i) => ({ hour: i + 1, values: new Map([['HR', pulse]]) })) },
    labels,
    scores,
  });
  const never = Array.from({ length: 8 }, () => false);

  it('counts every crossing of a plain limit, and one alert of the trend while it stands or soon returns', () => {
    const stays = [stay([121, 80, 121, 122, 80, 39, 39, 80], never, [0, 2, 2, 1.5, 0, 2, 0, 0])];
    expect(plainLoad(stays)).toMatchObject({ alerts: 3, events: 0, stays: 1, alertsPerDay: 9, standing: 5 / 8 });
    expect(trendLoad(stays, { raise: 2, clear: 1 })).toMatchObject({ alerts: 1, standing: 4 / 8 });
  });

  it('catches an event by an alert that stands from 6 h before the label to its end, not by an older one', () => {
    const label = Array.from({ length: 12 }, (_, i) => i >= 9);
    const pulse = (at: number) => Array.from({ length: 12 }, (_, i) => (i === at ? 130 : 80));
    expect(plainLoad([stay(pulse(2), label, [])]).events).toBe(0);
    expect(plainLoad([stay(pulse(3), label, [])]).events).toBe(1);
    expect(plainLoad([stay(pulse(11), label, [])]).events).toBe(1);
  });

  it('compares at the highest limit that catches as much', () => {
    const label = Array.from({ length: 8 }, (_, i) => i >= 6);
    const ill = stay([80, 130, 80, 130, 80, 130, 130, 130], label, [0, 0, 1, 1, 3, 3, 4, 4]);
    const well = stay([130, 80, 130, 80, 130, 80, 130, 80], never, [0, 1, 0, 1, 0, 1, 0, 1]);
    expect(plainLoad([ill, well])).toMatchObject({ alerts: 7, events: 1 });
    expect(loadAtEqualEvents([ill, well], 0.5)).toMatchObject({ alerts: 1, events: 1, stays: 1 });
  });
});
