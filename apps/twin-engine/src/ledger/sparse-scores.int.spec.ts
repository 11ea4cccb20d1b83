import { describe, expect, it } from '@jest/globals';
import { isScored, unpackBlock, type LedgerForecast } from '#libs/domain/ledger';
import type { BlockWrite, DueBlock } from '#libs/platform/storage';
import { MINUTE, TREND } from '#libs/testing/ward';
import { glucose, LedgerBench, smooth, T0 } from './ledger.fixture.js';
import { withUnscored } from './score-block.js';

describe('forecasts that follow each other closely', () => {
  it('scores one forecast in a quarter of an hour where the model says so, and settles all', async () => {
    const quarters = { ...TREND, outputs: [{ ...TREND.outputs[0]!, scoredEveryMs: 15 * MINUTE }] };
    const sparse = await LedgerBench.open(quarters);
    try {
      await sparse.take(Array.from({ length: 288 }, (_, slot) => glucose(slot, smooth(slot))));
      const rows = await sparse.rows<{ n: number; scored: number }>(
        'SELECT count(content)::int AS n, count(content) FILTER (WHERE scored)::int AS scored FROM forecasts',
      );
      expect(rows).toEqual([{ n: 287, scored: 96 }]);
      await sparse.score();
      // Of slots 1, 4, … 286 the last has no target that is due.
      expect(await sparse.sums()).toMatchObject([{ n: 95 }, { n: 94 }]);
      await sparse.take([glucose(288 + 576, 120)]);
      await sparse.score();
      expect((await sparse.sums()).map(({ n, unscored }) => n + unscored)).toEqual([96, 96]);
      expect(await sparse.rows('SELECT 1 FROM forecasts WHERE content IS NOT NULL')).toHaveLength(1);
      const blocks = await sparse.rows<{ block: number; content: Buffer }>(
        'SELECT (extract(epoch FROM block) * 1000)::float8 AS block, content FROM forecast_blocks WHERE due_at IS NULL',
      );
      const settled = blocks.flatMap(({ block, content }) => [...unpackBlock(block, content)]);
      expect(settled.map(({ version }) => version).sort((a, b) => a - b)).toHaveLength(287);
      expect(new Set(settled.map(({ version }) => version)).size).toBe(287);
      expect(settled.filter(isScored)).toHaveLength(96);
    } finally {
      await sparse.close();
    }
  }, 30_000);
});

describe('a settled block', () => {
  it('takes over in parts what is too much at once, and is looked at again until it has all', () => {
    const place = { block: T0, content: null } as DueBlock;
    const settled: BlockWrite = { place, forecasts: 0, tally: new Uint8Array(), content: null, taken: [], dueAt: null };
    const head = { issuedAt: T0, dataUntil: T0, points: [], inputs: [], decimals: 1, modelVersion: '1' } as const;
    const forecast: LedgerForecast = { ...head, parameters: 'population', status: 'active' };
    const others = [1, 2, 3].map((version) => ({ version, recordedAt: T0, forecast }));
    const first = withUnscored(settled, others.slice(0, 2), false, 99);
    expect(first).toMatchObject({ taken: [1, 2], dueAt: 99 });
    const second = { ...settled, place: { ...place, content: first.content }, content: first.content, taken: [7] };
    const last = withUnscored(second, others.slice(2), true, 99);
    expect(last).toMatchObject({ taken: [7, 3], dueAt: null });
    expect(unpackBlock(T0, last.content!).map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(withUnscored(second, [], true, 99)).toBe(second);
  });
});
