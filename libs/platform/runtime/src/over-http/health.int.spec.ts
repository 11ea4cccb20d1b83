import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ProbedRuntime } from './probed-runtime.fixture.js';

let runtime: ProbedRuntime;

beforeAll(async () => {
  runtime = await ProbedRuntime.start();
}, 60_000);
afterAll(() => runtime.stop());

describe('seen from outside', () => {
  it('is live and ready, and serves metrics', async () => {
    expect((await runtime.call('/health/live')).status).toBe(200);
    const ready = await runtime.call('/health/ready');
    expect([ready.status, ready.body]).toMatchObject([200, { status: 'ready' }]);
    const metrics = await runtime.call('/metrics');
    for (const name of [
      'homeostat_samples_accepted_total',
      'homeostat_samples_rejected_total',
      'homeostat_measurements_applied_total',
      'homeostat_measurements_duplicate_total',
      'homeostat_alert_transitions_total',
      'homeostat_webhook_deliveries_total',
      'homeostat_log_lag_records',
      'homeostat_ingest_to_webhook_seconds',
    ]) {
      expect(metrics.body).toContain(`# TYPE ${name} `);
    }
  });

  it('costs no more queries when many ask than when one does', async () => {
    await untilForgotten();
    const queries = jest.spyOn(runtime.platform.pool, 'query');
    await runtime.call('/metrics');
    const once = queries.mock.calls.length;
    expect(once).toBeGreaterThan(0);
    await untilForgotten();
    queries.mockClear();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => runtime.call(i % 2 === 0 ? '/health/ready' : '/metrics')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // On a busy machine they may take longer than an answer is kept.
    expect(queries.mock.calls.length).toBeLessThanOrEqual(5 * once);
    queries.mockRestore();
  });

  it('is not ready when a consumer is dead or lags', async () => {
    let state: { kind: 'running'; lastProgressAt: number } | { kind: 'failed'; reason: string } = {
      kind: 'running',
      lastProgressAt: 0,
    };
    let applied = 0n;
    await runtime.platform.log.append(
      Array.from({ length: 5 }, () => ({ topic: 'homeostat.dead-letters.v1', key: 'k', value: '{}' })),
    );
    runtime.platform.readiness.addConsumer({
      group: 'probe',
      topic: 'homeostat.dead-letters.v1',
      consumer: { state: () => state, assigned: () => [0] },
      applied: () => Promise.resolve(new Map([[0, applied]])),
      maxLag: 3,
    });
    await untilForgotten();
    const lagging = await runtime.call('/health/ready');
    expect([lagging.status, lagging.body]).toMatchObject([503, { status: 'not-ready' }]);
    expect(JSON.stringify(lagging.body)).toContain('lagging by 5 records');
    expect((await runtime.call('/metrics')).body).toContain(
      'homeostat_log_lag_records{topic="homeostat.dead-letters.v1"} 5',
    );
    applied = 5n;
    await untilForgotten();
    expect((await runtime.call('/health/ready')).status).toBe(200);
    state = { kind: 'failed', reason: 'probe' };
    await untilForgotten();
    expect((await runtime.call('/health/ready')).status).toBe(503);
    state = { kind: 'running', lastProgressAt: 0 };
  });
});

/** Readiness and metrics are answered from what was found out within the last second. */
function untilForgotten(): Promise<void> {
  return sleep(1_050);
}
