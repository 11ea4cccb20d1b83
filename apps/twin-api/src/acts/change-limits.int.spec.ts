import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RunningApi, type ApiAnswer } from '../../../../test/support/running-api.js';
import { TwinApiModule } from '../twin-api.module.js';

const RULE = 'heart-rate-high';
const OTHER = { author: 'dr-a', reason: 'fever' };

describe('limits that are changed one at a time', () => {
  let api: RunningApi;
  let patients = 0;
  let patient: string;

  beforeAll(async () => {
    api = await RunningApi.open((on) => [TwinApiModule.forRoot(on)]);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);
  beforeEach(async () => {
    patients += 1;
    patient = `p${patients}`;
    const { pool } = api.platform;
    await pool.query(`INSERT INTO twins (tenant, key, patient) VALUES ($1, $2, $3)`, [api.tenant, patients, patient]);
  });

  const change = (limits: object, more: object = {}): Promise<ApiAnswer> =>
    api.call('PATCH', `/v1/twins/${patient}/thresholds`, {
      thresholds: [{ rule: RULE, limits, reason: 'athlete', ...more }],
    });

  /** What the engine writes once it has applied an act. */
  async function apply(act: unknown, version: number, limits: object, kept: object | null = null): Promise<void> {
    await api.platform.pool.query(
      `INSERT INTO thresholds (tenant, twin, rule, version, limits, author, reason, kept, act, recorded_at)
       VALUES ($1, $2, $3, $4, $5, 'dr-a', 'fever', $6, $7, now())`,
      [api.tenant, patients, RULE, version, limits, kept && JSON.stringify(kept), act],
    );
  }

  it('are recorded as that limit alone, to be kept with the others', async () => {
    const { status, body } = await change({ limit: 130 }, { version: 0, expiresAt: '2999-01-01T00:00:00Z' });
    expect([status, body['status']]).toEqual([202, 'accepted']);
    const { rows } = await api.platform.pool.query<{ value: string }>(
      `SELECT value FROM log_records WHERE value LIKE '%' || $1 || '%'`,
      [body['act']],
    );
    expect(rows.map(({ value }) => (JSON.parse(value) as { does: unknown }).does)).toEqual([
      {
        type: 'set-thresholds',
        thresholds: [
          {
            rule: RULE,
            limits: { limit: 130 },
            reason: 'athlete',
            expiresAt: Date.parse('2999-01-01T00:00:00Z'),
            keep: true,
          },
        ],
      },
    ]);
  });

  it('are refused where somebody has set others since they were seen', async () => {
    await apply(null, 1, { limit: 125 });
    expect(await change({ limit: 130 }, { version: 0 })).toMatchObject({
      status: 409,
      body: { code: 'thresholds-changed', rules: [RULE] },
    });
    expect((await change({ limit: 130 }, { version: 1 })).status).toBe(202);
  });

  it('are refused where the act of somebody else is not applied yet, also when both are sent at once', async () => {
    const both = await Promise.all([change({ limit: 130 }, { version: 0 }), change({ limit: 128 }, { version: 0 })]);
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([202, 409]);
    const accepted = both.find(({ status }) => status === 202)!;
    await apply(accepted.body['act'], 1, { limit: 130 });
    expect((await change({ limit: 131 }, { version: 1 })).status).toBe(202);
  });

  it('are refused next to the limit at fault where they do not fit those that stay', async () => {
    await apply(null, 1, { limit: 110, severeLimit: 125 }, { severeLimit: OTHER });
    expect(await change({ limit: 130 }, { version: 1 })).toMatchObject({
      status: 400,
      body: {
        code: 'thresholds-invalid',
        errors: [{ pointer: '/thresholds/0/limits/severeLimit', code: 'limits-crossed' }],
      },
    });
    expect((await change({ limit: 120 }, { version: 1 })).status).toBe(202);
  });

  it('are shown with whose each is', async () => {
    await apply(
      null,
      1,
      { limit: 130, severeLimit: 170 },
      { severeLimit: { ...OTHER, author: 'dr-b', expiresAt: 32472144000000 } },
    );
    const thresholds = await api.call<{ items: object[] }>('GET', `/v1/twins/${patient}/thresholds`);
    expect(thresholds.body.items[0]).toMatchObject({
      limits: { limit: 130, severeLimit: 170 },
      kept: { severeLimit: { author: 'dr-b', reason: 'fever', expiresAt: '2999-01-01T00:00:00.000Z' } },
      version: 1,
    });
    const { body } = await api.call<{ items: { rule: string }[] }>('GET', `/v1/twins/${patient}/limits`);
    const items = body.items.filter(({ rule }) => rule === RULE);
    expect(items).toMatchObject([
      { limit: 'limit', value: 130, author: 'dr-a', version: 1 },
      { limit: 'severeLimit', value: 170, author: 'dr-b', version: 1, expiresAt: '2999-01-01T00:00:00.000Z' },
    ]);
  });
});
