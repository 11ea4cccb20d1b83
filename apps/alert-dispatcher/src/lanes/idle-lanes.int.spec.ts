import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { pair, raised, sleep, TestLanes, until } from './lanes.fixture.js';

describe('a lane that has nothing to send asks the database less than once a second', () => {
  let lanes: TestLanes;

  beforeAll(async () => {
    lanes = await TestLanes.open();
  }, 60_000);
  afterEach(() => lanes.reset(), 30_000);
  afterAll(() => lanes.close());

  it('while the head of an episode waits and another message behind it', async () => {
    const { endpoint } = await lanes.subscribe();
    endpoint.answer = () => ({ status: 503, headers: { 'retry-after': '3600' } });
    await lanes.serve();
    await lanes.enqueue(...pair('p1'));
    await until(() => endpoint.got.length === 1);
    await sleep(300);
    expect(await lanes.queriesDuring(5000)).toBeLessThan(5);
    expect(endpoint.got).toHaveLength(1);
  }, 30_000);

  it('while an endpoint is down, tries included: raised and resolved queued ten minutes ago', async () => {
    const { endpoint } = await lanes.subscribe();
    endpoint.answer = () => ({ status: 503 });
    await lanes.enqueue(...pair('p1'));
    await lanes.pool.query(`UPDATE deliveries SET created_at = now() - interval '10 min', tries = 12, attempts = 12,
      next_attempt_at = now() WHERE type = 'alert.raised'`);
    await lanes.serve();
    await until(() => endpoint.got.length === 1);
    expect(await lanes.queriesDuring(5000)).toBeLessThan(5);
  }, 30_000);

  it('while idle, and while many endpoints wait', async () => {
    const many = await Promise.all(Array.from({ length: 30 }, () => lanes.subscribe()));
    many.slice(15).forEach(({ endpoint }) => {
      endpoint.answer = () => ({ status: 429, headers: { 'retry-after': '600' } });
    });
    await lanes.serve();
    await lanes.enqueue(...pair('p1'), ...pair('p2'));
    await until(() => many.every(({ endpoint }) => endpoint.got.length >= 2));
    await sleep(1000);
    expect(await lanes.queriesDuring(5000)).toBeLessThan(5);
  }, 40_000);

  it('while a dead endpoint has hundreds of messages of as many patients: rounds, not queries for each', async () => {
    const { endpoint } = await lanes.subscribe();
    endpoint.answer = () => ({ status: 500 });
    await lanes.serve();
    await lanes.enqueue(...Array.from({ length: 400 }, (_, i) => raised({ patient: `p${i}` })));
    await until(() => endpoint.got.length >= 400);
    // Each second: one look, and what came of its tries noted in a few rounds.
    expect(await lanes.queriesDuring(5000)).toBeLessThan(5 * 12);
  }, 40_000);
});
