import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Forecaster } from '#libs/domain/forecasting';
import { FORECASTERS } from '#libs/domain/models';
import { DEFAULT_CATALOGUE, PACKS } from '#libs/domain/packs';
import { catalogueOf } from '#libs/domain/twin';
import { TREND } from '#libs/testing/ward';
import { recordingsAt } from '../recording.js';
import { replayRecording } from '../replay-recording.js';
import { summarise } from '../summarise.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const T0 = Date.UTC(2026, 2, 1);
const EVERY_FIVE = Array.from({ length: 37 }, (_, i) => i * 5);

interface Sent {
  readonly minute: number;
  readonly value: number;
  readonly code?: string;
  readonly unit?: string;
  /** Sender's own identifier: another value under it is a correction. */
  readonly id?: string;
}

function sample({ minute, value, code = 'glucose', unit = 'mg/dL', id }: Sent): object {
  const effectiveAt = new Date(T0 + minute * 60_000).toISOString();
  return { patient: 'p1', code, value, unit, effectiveAt, source: 'cgm', ...(id === undefined ? {} : { id }) };
}

async function report(name: string, sent: readonly Sent[], forecasters: readonly Forecaster[] = [TREND]) {
  const path = join(folder, `${name}.ndjson`);
  writeFileSync(path, sent.map((one) => JSON.stringify(sample(one))).join('\n'));
  const bad: unknown[] = [];
  const patients = [];
  const options = { catalogue: DEFAULT_CATALOGUE, rules: undefined, limits: [], shadow: undefined };
  const models = new Set<string>(forecasters.map(({ card }) => card.id));
  const forecasting = { catalogue: catalogueOf(PACKS, forecasters), models };
  for (const file of recordingsAt(path)!)
    patients.push(...(await replayRecording(file, { ...options, forecasting, onBad: (one) => bad.push(one) })));
  expect(bad).toEqual([]);
  return { patients, ...summarise(1, patients, undefined, { count: 0, listed: [] }, forecasters).forecasts! };
}

const rising = (minute: number): Sent => ({ minute, value: 100 + 0.4 * minute });

describe('a replay with forecasters', () => {
  it('scores each forecast with what came at its time, and leaves out what lies behind the end', async () => {
    const { issued, scored, scores, refusals } = await report('rising', EVERY_FIVE.map(rising));
    expect([issued, scored]).toEqual([36, 36]);
    expect(refusals).toEqual([{ model: 'glucose-forecast', code: 'glucose', reason: 'too-little-data', times: 1 }]);
    expect(scores.map(({ minutes, n, unscored, rmse }) => [minutes, n, unscored, rmse?.toFixed(6)])).toEqual([
      [15, 32, 0, '0.000000'],
      [30, 29, 0, '0.000000'],
    ]);
    expect(scores[0]).toMatchObject({ bias: 0, coverage80: 1, coverage95: 1, skillPersistence: 1 });
  });

  it('counts what nothing was measured for', async () => {
    const withGap = EVERY_FIVE.filter((minute) => minute < 60 || minute > 80).map(rising);
    const { scores } = await report('gap', withGap);
    // For 60 to 80: from 45 to 55 of those 15 min ahead, from 30 to 50 of those 30 min ahead.
    expect(scores.map(({ minutes, unscored }) => [minutes, unscored])).toEqual([
      [15, 3],
      [30, 5],
    ]);
  });

  it('takes a value as it was corrected soon after', async () => {
    const sent = EVERY_FIVE.map((minute) => ({ ...rising(minute), id: `g${minute}` }));
    const wrong = sent.flatMap((one) => {
      if (one.minute === 100) return [{ ...one, value: 170 }];
      return one.minute === 105 ? [sent[20]!, one] : [one];
    });
    const { scores } = await report('corrected', wrong);
    const { scores: plain } = await report('plain', sent);
    // What was forecast from the wrong value was wrong; what was forecast for its time was not.
    expect(scores.map(({ n }) => n)).toEqual(plain.map(({ n }) => n));
    expect(scores[0]!.mae! * scores[0]!.n).toBeCloseTo(30 + (30 / 30) * 15, -1);
  });

  it('runs all models of the registry, and says which refuse', async () => {
    const sent = Array.from({ length: 30 * 12 }, (_, i) => i * 5).flatMap((minute): readonly Sent[] => [
      { minute, value: 140 + 30 * Math.sin(minute / 60) },
      { minute, code: 'heart-rate', value: 80 + 5 * Math.sin(minute / 100), unit: '/min' },
      { minute, code: 'respiratory-rate', value: 16, unit: '/min' },
      { minute, code: 'oxygen-saturation', value: 97, unit: '%' },
    ]);
    const { scores, scored, issued, patients } = await report('all', sent, FORECASTERS);
    const met = new Set(scores.map(({ model, code }) => `${model} ${code}`));
    expect([...met]).toEqual(
      expect.arrayContaining([
        'glucose-forecast glucose',
        'vital-forecast heart-rate',
        'deterioration-risk deterioration-risk',
      ]),
    );
    expect(scores.every(({ n }) => n > 0)).toBe(true);
    expect(scores.find(({ model }) => model === 'deterioration-risk')).toMatchObject({ minutes: 720, unscored: 0 });
    expect(scored).toBeLessThan(issued);
    expect(patients[0]!.live.episodes.length).toBe((await report('none', sent, [])).patients[0]!.live.episodes.length);
  }, 60_000);
});
