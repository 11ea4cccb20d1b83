import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CATALOGUE } from '../catalogue.js';
import { findTwins } from './find-twins.js';
import { RebuildBench } from './rebuild.fixture.js';
import { act, at, GLUCOSE, minute, OXYGEN, samples } from './stay.fixture.js';

describe('rebuilding a twin from the tables', () => {
  let bench: RebuildBench;

  beforeEach(async () => {
    bench = await RebuildBench.open();
  });
  afterEach(() => bench.close());

  it('gives the twin that the engine had, all fields but its version, and emits nothing', async () => {
    const engine = await bench.startEngine();
    await bench.live();
    await engine.stop();
    const before = await bench.stored();
    const alerts = await bench.emitted();
    expect(alerts.length).toBeGreaterThan(5);
    await bench.lastWritten(before.heard);
    expect(await bench.rebuild()).toEqual({ kind: 'rebuilt', records: expect.any(Number), ended: 0, wasAside: false });
    const after = await bench.stored();
    expect(after).toEqual({ ...before, version: before.version + 1 });
    expect(Object.keys(before.forecasting!)).toEqual(['models', 'statuses', 'parameters']);
    expect(await bench.emitted()).toEqual(alerts);
    expect(bench.problems).toEqual([]);
    // And once more, from what is now there.
    await bench.lastWritten(before.heard);
    await bench.rebuild();
    expect(await bench.stored()).toEqual({ ...before, version: before.version + 2 });

    // The engine goes on with it.
    const again = await bench.startEngine();
    await bench.send([minute(170), minute(171)]);
    await bench.settled();
    await again.stop();
    expect((await bench.stored()).version).toBe(before.version + 4);
    expect(bench.problems).toEqual([]);
  }, 120_000);

  it('mends a twin that could not be read: what waited is applied and its alerts are emitted, none twice', async () => {
    const first = await bench.startEngine();
    await bench.live();
    await first.stop();
    const before = await bench.emitted();
    const open = await bench.openEpisode('glucose-very-low');
    expect(await findTwins(bench.pool, CATALOGUE, { all: false })).toEqual([]);
    await bench.pool.query(`UPDATE twins SET snapshot = left(snapshot, 3000) WHERE patient = 'p1'`);
    expect(await findTwins(bench.pool, CATALOGUE, { tenant: 'other', all: false })).toEqual([]);
    expect(await findTwins(bench.pool, CATALOGUE, { all: false })).toMatchObject([{ patient: 'p1' }]);
    const engine = await bench.startEngine();
    // A low saturation that lasts, and somebody who has seen the low.
    const records = [
      act('00000000-0000-4000-8000-000000000003', at(170) + 2_000, { type: 'acknowledge', episode: open }),
      ...Array.from({ length: 8 }, (_, n) =>
        samples(
          [
            { c: OXYGEN, t: at(171 + n), x: 82 },
            { c: GLUCOSE, t: at(171 + n), x: 110 },
          ],
          at(171 + n) + 1_000,
        ),
      ),
    ];
    await bench.send(records);
    await bench.settled(9);
    expect(await findTwins(bench.pool, CATALOGUE, { all: false })).toHaveLength(1);
    expect((await bench.emitted()).slice(before.length)).toEqual(['twin-unreadable raised']);
    await bench.lastWritten(at(169) + 1_000);
    expect(await bench.rebuild()).toMatchObject({ kind: 'rebuilt', ended: 0, wasAside: true });
    await bench.settled();
    await engine.stop();
    const more = (await bench.emitted()).slice(before.length);
    expect(more.slice(0, 2)).toEqual(['twin-unreadable raised', 'twin-unreadable resolved']);
    expect(more).toContain('glucose-very-low acknowledged');
    expect(more.filter((one) => one === 'oxygen-saturation-low raised')).toHaveLength(1);
    expect(new Set(more).size).toBe(more.length);
    const { rows } = await bench.pool.query(`SELECT 1 FROM dead_letters UNION ALL SELECT 1 FROM quarantined_twins`);
    expect([rows, bench.problems]).toEqual([[], []]);
    expect((await bench.stored()).measures[OXYGEN]?.t).toBe(at(178));
  }, 120_000);

  it('forgets no open alert, and changes nothing of a twin that others move on meanwhile', async () => {
    const engine = await bench.startEngine();
    await bench.live();
    await engine.stop();
    const { heard } = await bench.stored();
    // As if the values behind the alert had been removed by retention.
    await bench.pool.query('DELETE FROM measurements WHERE code = $1', [GLUCOSE]);
    const open = await bench.openEpisode('glucose-very-low');
    await bench.lastWritten(heard);
    expect(await bench.rebuild()).toMatchObject({ kind: 'rebuilt', ended: 0 });
    const { rules } = await bench.stored();
    expect(rules['glucose-very-low']!.episodes).toMatchObject([{ status: 'open', end: null, sequence: 2 }]);
    expect(await bench.openEpisode('glucose-very-low')).toBe(open);

    const client = await bench.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('1/p1', 7307))`);
      const stays = await bench.stored();
      expect(await bench.rebuild()).toEqual({ kind: 'busy' });
      expect(await bench.stored()).toEqual(stays);
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  }, 120_000);
});
