import { describe, expect, it } from '@jest/globals';
import type { PatientInput } from '#libs/contracts';
import { unpackForecast, unpackTally } from '#libs/domain/ledger';
import { RISK_FORECAST, VITAL_FORECAST } from '#libs/domain/vital-forecast';
import { HOUR } from '#libs/testing/ward';
import { LedgerBench, T0 } from './ledger.fixture.js';

const HOURS = 40;
/** Pressure falls and is under 90 mmHg from here on. */
const LOW_FROM = 20;
const LOW_UNTIL = 24;

/** A set of vital signs at each hour; of some hours there is none. */
function setAt(hour: number): PatientInput {
  const t = T0 + hour * HOUR;
  const systolic = hour >= LOW_FROM && hour < LOW_UNTIL ? 84 : 126 - (hour % 3);
  const signs = [
    [1, 78 + (hour % 4)],
    [4, 16 + (hour % 2)],
    [3, 97],
    [5, systolic],
    [8, 36.9],
  ] as const;
  const head = { v: 1, tenant: 1, patient: 'p1', kind: 'samples', source: 'ward', device: '' } as const;
  return { ...head, receivedAt: t + 1000, samples: signs.map(([c, x]) => ({ c, t, x, i: `${c}-${hour}` })) };
}

describe('a forecast of what nobody measures', () => {
  it('is stored at issue and scored by what measurements of its time come to', async () => {
    const bench = await LedgerBench.open(VITAL_FORECAST, RISK_FORECAST);
    try {
      await bench.take(Array.from({ length: HOURS }, (_, hour) => setAt(hour)));
      const rows = await bench.rows<{ content: Buffer; issued: number; words: string }>(
        `SELECT content, words, (extract(epoch FROM issued_at) * 1000)::float8 AS issued FROM forecasts
         WHERE model = 'deterioration-risk' AND content IS NOT NULL ORDER BY version`,
      );
      expect(rows).toHaveLength(HOURS);
      expect(rows[0]!.words).toContain('that vital signs become unstable within 12 h');
      await bench.score();
      let [n, squared, events] = [0, 0, 0];
      for (const { content, issued } of rows) {
        const hour = (issued - T0) / HOUR;
        // Newer data than the end of its 12 h are there.
        if (hour + 12 >= HOURS - 1) continue;
        let low = 0;
        for (let h = hour + 1; h <= hour + 12; h++) low += h >= LOW_FROM && h < LOW_UNTIL ? 1 : 0;
        const came = low >= 2 ? 1 : 0;
        n++;
        events += came;
        squared += (unpackForecast(content, issued).points[0]!.mean - came) ** 2;
      }
      expect(events).toBeGreaterThan(5);
      expect(events).toBeLessThan(n);
      const tallies = await bench.rows<{ tally: Buffer }>(
        `SELECT tally FROM forecast_blocks WHERE model = 'deterioration-risk' AND tally IS NOT NULL`,
      );
      const sums = tallies.flatMap(({ tally }) => unpackTally(tally));
      expect(sums.reduce((sum, one) => sum + one.sums.n, 0)).toBe(n);
      expect(sums.reduce((sum, one) => sum + one.sums.squared, 0)).toBeCloseTo(squared, 3);
    } finally {
      await bench.close();
    }
  }, 60_000);
});
