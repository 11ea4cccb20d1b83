import { describe, expect, it } from '@jest/globals';
import type { PatientInput } from '#libs/contracts';
import { GLUCOSE, TREND } from '#libs/testing/ward';
import { glucose, LedgerBench } from './ledger.fixture.js';

const DAY = 288;
/** A day that goes to and fro, for which the trend is worse than the newest value. */
const restless = Array.from({ length: DAY }, (_, slot) => glucose(slot - 8 * DAY, 120 + 20 * ((slot >> 1) % 2)));
/** A slow rise and fall, eight days later: the trend is better. */
const slow = (slot: number): number => Math.round(140 + 60 * Math.sin(slot / 40));
const calm = Array.from({ length: DAY }, (_, slot) => glucose(slot, slow(slot)));

/** What the ledger says goes through the log to the twin, as it does in the engine. */
async function judged(bench: LedgerBench): Promise<readonly PatientInput[]> {
  const before = bench.appended.length;
  await bench.score();
  const said = bench.appended.slice(before);
  await bench.take(said);
  return said;
}

async function story(bench: LedgerBench): Promise<readonly PatientInput[]> {
  await bench.take(restless);
  const said = [...(await judged(bench))];
  await bench.take(calm.slice(0, 12));
  said.push(...(await judged(bench)));
  await bench.take(calm.slice(12));
  said.push(...(await judged(bench)));
  await bench.take([glucose(DAY, slow(DAY))]);
  return said;
}

describe('a model that is demoted', () => {
  it('goes on in shadow, comes back by its skill through the log, and does the same again from the same log', async () => {
    const bench = await LedgerBench.open(TREND);
    const other = await LedgerBench.open(TREND);
    try {
      const said = await story(bench);
      expect(said.map((record) => record.kind === 'model-status' && record.status.status)).toEqual([
        'demoted',
        'active',
      ]);
      expect(said[1]).toMatchObject({ status: { model: 'glucose-forecast', code: GLUCOSE } });
      const statuses = [...(await bench.forecasts()).values()]
        .filter(({ points }) => points.length > 0)
        .map(({ status }) => status);
      expect(statuses.slice(-DAY, -1)).toEqual(Array(DAY - 1).fill('demoted'));
      expect(statuses.at(-1)).toBe('active');
      expect(await bench.rows('SELECT status FROM model_statuses ORDER BY version')).toEqual([
        { status: 'demoted' },
        { status: 'active' },
      ]);
      expect(await bench.rows('SELECT act, actor, target FROM audit ORDER BY at')).toEqual([
        { act: 'model-demoted', actor: 'prediction-ledger', target: 'Patient/p1' },
        { act: 'model-active', actor: 'prediction-ledger', target: 'Patient/p1' },
      ]);
      const verdicts = (records: readonly PatientInput[]) =>
        records.map((one) => one.kind === 'model-status' && one.status);
      expect(verdicts(await story(other))).toEqual(verdicts(said));
      expect(await other.rows('SELECT snapshot FROM twins')).toHaveLength(1);
    } finally {
      await bench.close();
      await other.close();
    }
  }, 120_000);
});
