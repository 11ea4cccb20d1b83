import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unpackBlock } from '#libs/domain/ledger';
import { findTruths } from '#libs/platform/storage';
import { GLUCOSE, HOUR, MINUTE, TREND } from '#libs/testing/ward';
import { glucose, LedgerBench, smooth, T0 } from './ledger.fixture.js';

describe('the prediction ledger', () => {
  let bench: LedgerBench;
  beforeEach(async () => {
    bench = await LedgerBench.open(TREND);
  }, 30_000);
  afterEach(() => bench.close());

  it('scores each point that is due against what came, as reckoned by hand', async () => {
    await bench.take(Array.from({ length: 40 }, (_, slot) => glucose(slot, smooth(slot))));
    const issued = await bench.forecasts();
    await bench.round();
    // The newest value is of slot 39; the target of 15 min from slot 36 on, of 30 min from slot 33 on, may still be measured.
    let squared = 0;
    for (const { issuedAt, points } of issued.values()) {
      const slot = (issuedAt - T0) / (5 * MINUTE);
      if (slot + 3 < 39) squared += (points[0]!.mean - smooth(slot + 3)) ** 2;
    }
    const [at15, at30] = await bench.sums();
    expect(at15).toMatchObject({ n: 35, unscored: 0 });
    expect(at30).toMatchObject({ n: 32, unscored: 0 });
    expect(at15!.squared).toBeCloseTo(squared, 2);
  });

  it('settles what no late value can change any more: the same values, small, and no row of them is left', async () => {
    await bench.take(Array.from({ length: 288 }, (_, slot) => glucose(slot, smooth(slot))));
    const issued = await bench.forecasts();
    await bench.score();
    expect(bench.looked.reduce((sum, { settled }) => sum + settled, 0)).toBe(0);
    // Two days on.
    await bench.take([glucose(288 + 576, 120)]);
    await bench.score();
    const sums = await bench.sums();
    // Targets after the last value of the day have none.
    expect(sums).toMatchObject([
      { n: 284, unscored: 3 },
      { n: 281, unscored: 6 },
    ]);
    const blocks = await bench.rows<{ block: number; content: Buffer; forecasts: number }>(
      `SELECT (extract(epoch FROM block) * 1000)::float8 AS block, content, forecasts FROM forecast_blocks WHERE due_at IS NULL ORDER BY block`,
    );
    expect(blocks.length).toBe(24);
    const settled = blocks.flatMap(({ block, content }) => [...unpackBlock(block, content)]);
    expect(settled).toHaveLength(issued.size);
    for (const { version, forecast, truths } of settled) {
      expect(forecast).toEqual(issued.get(version));
      expect(truths).toHaveLength(2);
    }
    expect(await bench.rows('SELECT 1 FROM forecasts WHERE content IS NOT NULL')).toHaveLength(1);
    const bytes = blocks.reduce((sum, { content }) => sum + content.length, 0) / settled.length;
    expect(bytes).toBeLessThan(100);
    await bench.score();
    expect(await bench.sums()).toEqual(sums);
  });

  it('reckons anew with late and corrected values as long as they may come', async () => {
    await bench.take(Array.from({ length: 40 }, (_, slot) => glucose(slot, smooth(slot))));
    await bench.score();
    const before = await bench.sums();
    await bench.take([glucose(20, smooth(20) + 8, 2)]);
    const known = await bench.forecasts();
    await bench.score();
    const after = await bench.sums();
    expect(after[0]!.squared).not.toBe(before[0]!.squared);
    // The correction made one forecast more; those of before stay as they are.
    expect(known.size).toBe(40);
  });

  it('says the same after a crash, once', async () => {
    const records = Array.from({ length: 288 }, (_, slot) => glucose(slot, 120 + 20 * ((slot >> 1) % 2)));
    await bench.take(records);
    bench.fault = new Error('the log is away');
    await expect(bench.round()).rejects.toThrow('the log is away');
    expect(await bench.rows('SELECT 1 FROM forecast_blocks WHERE tally IS NOT NULL')).toEqual([]);
    bench.fault = undefined;
    await bench.round();
    const statuses = bench.appended.filter(({ kind }) => kind === 'model-status');
    expect(statuses).toHaveLength(1);
    expect(statuses[0]).toMatchObject({
      patient: 'p1',
      status: { model: 'glucose-forecast', code: GLUCOSE, status: 'demoted' },
    });
    await bench.take(statuses);
    await bench.take([glucose(289, 120)]);
    await bench.score();
    expect(bench.appended).toHaveLength(1);
    expect(await bench.rows('SELECT status FROM model_statuses')).toEqual([{ status: 'demoted' }]);
    expect([...(await bench.forecasts()).values()].at(-1)).toMatchObject({ status: 'demoted' });
  });

  it('takes each block once when several engines score', async () => {
    await bench.take(Array.from({ length: 288 }, (_, slot) => glucose(slot, smooth(slot))));
    await Promise.all([bench.round(), bench.round(), bench.round()]);
    expect(bench.looked.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(24);
    const rows = await bench.rows('SELECT 1 FROM forecast_blocks WHERE tally IS NULL');
    expect(rows).toEqual([]);
  });

  it('finds the same truth in whatever order values arrived', async () => {
    const all = Array.from({ length: 60 }, (_, slot) => glucose(slot, smooth(slot)));
    const shuffled = all.toSorted((a, b) => (a.receivedAt % 7919) - (b.receivedAt % 7919));
    const other = await LedgerBench.open(TREND);
    try {
      await bench.take(all);
      await other.take(shuffled.map((record) => ({ ...record, receivedAt: T0 + 6 * HOUR })));
      const twins = await Promise.all(
        [bench, other].map((one) => one.rows<{ key: string }>('SELECT key::text AS key FROM twins')),
      );
      const targets = (twin: string) =>
        Array.from({ length: 200 }, (_, i) => ({
          tenant: 1,
          twin,
          code: GLUCOSE,
          t: T0 + i * 100_000,
          toleranceMs: 2.5 * MINUTE,
        }));
      const [a, b] = await Promise.all([
        findTruths(bench.pool, targets(twins[0]![0]!.key), undefined),
        findTruths(other.pool, targets(twins[1]![0]!.key), undefined),
      ]);
      expect(b).toEqual(a);
      expect(a.filter((one) => one !== undefined).length).toBeGreaterThan(150);
    } finally {
      await other.close();
    }
  }, 30_000);
});
