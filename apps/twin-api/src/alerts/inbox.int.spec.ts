import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { Alert } from '#libs/contracts';
import { endedPage } from '#libs/platform/storage';
import { alertOf, TwinApi, uuid } from '../twin-api.fixture.js';

const MANY = 10_000;
const STATUSES = ['open', 'acknowledged', 'snoozed'] as const;
const SEVERITIES = ['high', 'medium', 'low'] as const;

interface Stored {
  readonly n: number;
  readonly status: string;
  readonly severity: string;
  readonly patient: string;
  readonly raisedAt: number;
  readonly closed: boolean;
}

const T0 = Date.UTC(2026, 2, 1);
/** Many of one moment, so that the id decides; some that have ended. */
const ALERTS: readonly Stored[] = Array.from({ length: MANY + 500 }, (_, n) => ({
  n,
  status: n >= MANY ? 'resolved' : STATUSES[(n * 7) % 3]!,
  severity: SEVERITIES[((n * 5) % 11) % 3]!,
  patient: n % 100 === 0 ? 'p2' : 'p1',
  raisedAt: T0 + Math.floor(((n * 7_919) % MANY) / 4) * 1_000,
  closed: n >= MANY,
}));

function inOrder(alerts: readonly Stored[]): readonly string[] {
  const rank = (list: readonly string[], one: string) => list.indexOf(one);
  return alerts
    .filter(({ closed }) => !closed)
    .toSorted(
      (a, b) =>
        rank(STATUSES, a.status) - rank(STATUSES, b.status) ||
        rank(SEVERITIES, a.severity) - rank(SEVERITIES, b.severity) ||
        a.raisedAt - b.raisedAt ||
        a.n - b.n,
    )
    .map(({ n }) => uuid(n));
}

describe('the inbox of alerts', () => {
  let api: TwinApi;
  let call: TwinApi['call'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ call } = api);
    await store(ALERTS);
    await api.platform.pool.query('ANALYZE alert_episodes');
  }, 90_000);
  afterAll(() => api?.close(), 20_000);

  async function store(alerts: readonly Stored[]): Promise<void> {
    const alert = (one: Stored): string =>
      JSON.stringify(
        alertOf(one.n, 'raised', one.status as Alert['status'], {
          severity: one.severity as Alert['severity'],
          patient: one.patient,
          raisedAt: new Date(one.raisedAt).toISOString(),
        }),
      );
    await api.platform.pool.query(
      `INSERT INTO alert_episodes (tenant, id, twin, patient, rule, severity, status, closed, effective_at, raised_at, updated_at, sequence, alert)
       SELECT $1, u.id, t.key, u.patient, 'rule-' || u.id, u.severity, u.status, u.closed, to_timestamp(u.raised / 1000), to_timestamp(u.raised / 1000),
         now(), 1, u.alert::jsonb
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::float8[], $8::text[])
         AS u (id, patient, severity, status, closed, raised, alert)
       JOIN twins t ON t.tenant = $1 AND t.patient = u.patient`,
      [
        api.tenant,
        alerts.map(({ n }) => uuid(n)),
        alerts.map(({ patient }) => patient),
        alerts.map(({ severity }) => severity),
        alerts.map(({ status }) => status),
        alerts.map(({ closed }) => closed),
        alerts.map(({ raisedAt }) => raisedAt),
        alerts.map(alert),
      ],
    );
  }

  async function pages(
    filter: string,
    between: (page: number) => Promise<void> = async () => undefined,
    sort: 'inbox' | 'ended' = 'inbox',
  ) {
    const ids: string[] = [];
    const totals = new Set<unknown>();
    let cursor = '';
    for (let page = 0; ; page += 1) {
      const { status, body } = await call('GET', `/v1/alerts?sort=${sort}${filter}${cursor}`);
      expect(status).toBe(200);
      ids.push(...body.items.map((item) => String(item['id'])));
      totals.add(body['total']);
      if (body.next === undefined) return { ids, totals: [...totals] };
      cursor = `&cursor=${body.next}`;
      await between(page);
    }
  }

  it('pages 10,000 alerts without missing or doubling one: open first, high first, the longest waiting first', async () => {
    const { ids, totals } = await pages('&limit=613');
    expect(totals).toEqual([MANY]);
    expect(ids).toEqual(inOrder(ALERTS));
  }, 60_000);

  it.each([
    ['&status=acknowledged', ({ status }: Stored) => status === 'acknowledged'],
    ['&severity=high', ({ severity }: Stored) => severity === 'high'],
    ['&patient=p2', ({ patient }: Stored) => patient === 'p2'],
    [
      '&patient=p2&severity=low&status=open',
      (one: Stored) => one.patient === 'p2' && one.severity === 'low' && one.status === 'open',
    ],
  ])('takes the filter %s, and counts by it', async (filter, takes) => {
    const expected = inOrder(ALERTS.filter(takes));
    expect(expected.length).toBeGreaterThan(5);
    const { ids, totals } = await pages(`${filter}&limit=1000`);
    expect([ids, totals]).toEqual([expected, [expected.length]]);
  });

  it('is not disturbed by alerts that come between two pages', async () => {
    const before = inOrder(ALERTS.filter(({ patient }) => patient === 'p2'));
    let n = MANY + 1_000;
    const seen = await pages('&patient=p2&limit=10', async () => {
      for (const severity of SEVERITIES) {
        const raisedAt = T0 + n;
        await store([{ n: (n += 1), status: 'open', severity, patient: 'p2', raisedAt, closed: false }]);
      }
    });
    expect(new Set(seen.ids).size).toBe(seen.ids.length);
    expect(seen.ids.filter((id) => before.includes(id))).toEqual(before);
    await api.platform.pool.query('DELETE FROM alert_episodes WHERE id::text = ANY ($1)', [
      Array.from({ length: n - MANY - 1_000 }, (_, i) => uuid(MANY + 1_001 + i)),
    ]);
  });

  it('reads a page along its index, however many alerts there are', async () => {
    const { rows } = await api.platform.pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM alert_episodes WHERE tenant = ${api.tenant} AND NOT closed AND status = 'open' AND severity = 'high'
       ORDER BY raised_at, id LIMIT 101`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/alert_episodes_inbox_idx/);
  });

  it.each([
    ['all', {}],
    ['of one severity', { severity: 'high' }],
    ['of one status, on a later page', { status: 'resolved' }],
  ] as const)('reads a page of what has ended along its index: %s', async (_, filter) => {
    const { pool } = api.platform;
    const planner = { query: (text: string, values: unknown[]) => pool.query(`EXPLAIN ${text}`, values) };
    const after = 'status' in filter ? { raisedAt: T0 + 1_000_000, id: uuid(1) } : undefined;
    const plan = await endedPage(planner as unknown as Pool, api.tenant, filter, { after, limit: 101 });
    expect(JSON.stringify(plan)).toMatch(/Index Scan using alert_episodes_ended_idx/);
    expect(JSON.stringify(plan)).not.toMatch(/Seq Scan on alert_episodes/);
  });

  it('holds nothing that has ended, and refuses a cursor of another filter', async () => {
    const ended = await call('GET', '/v1/alerts?sort=inbox&status=resolved');
    expect([ended.status, ended.body['errors']]).toMatchObject([
      400,
      [{ pointer: '/status', code: 'not-in-the-inbox' }],
    ]);
    const { next } = (await call('GET', '/v1/alerts?sort=inbox&limit=1')).body;
    for (const other of ['sort=inbox&severity=low', 'sort=inbox&patient=p2', 'sort=newest'])
      expect((await call('GET', `/v1/alerts?${other}&cursor=${next}`)).body['code']).toBe('cursor-invalid');
    expect((await call('GET', '/v1/alerts?sort=loudest')).body['errors']).toMatchObject([{ pointer: '/sort' }]);
    expect((await call('GET', '/v1/alerts?limit=1')).body).not.toHaveProperty('total');
  });

  it.each([
    ['', () => true],
    ['&status=resolved&patient=p2', ({ patient }: Stored) => patient === 'p2'],
    ['&severity=low', ({ severity }: Stored) => severity === 'low'],
    ['&status=retracted', () => false],
  ])('has what has ended in a list of its own, the newest first, and counts it: %s', async (filter, takes) => {
    const expected = ALERTS.filter((one) => one.closed && takes(one))
      .toSorted((a, b) => b.raisedAt - a.raisedAt || a.n - b.n)
      .map(({ n }) => uuid(n));
    const { ids, totals } = await pages(`${filter}&limit=61`, undefined, 'ended');
    expect([ids, totals]).toEqual([expected, [expected.length]]);
  });

  it('does not mix what has ended with what has not', async () => {
    const open = await call('GET', '/v1/alerts?sort=ended&status=open');
    expect([open.status, open.body['errors']]).toMatchObject([400, [{ pointer: '/status', code: 'has-not-ended' }]]);
    const { next } = (await call('GET', '/v1/alerts?sort=ended&limit=1')).body;
    expect((await call('GET', `/v1/alerts?sort=inbox&cursor=${next}`)).body['code']).toBe('cursor-invalid');
  });

  it.each([
    ['deleted', true, '{}'],
    ['merged into another', false, '{"link":[{"type":"replaced-by","other":{"reference":"Patient/p1"}}]}'],
  ])('holds nothing of a patient who was %s, and counts none of it', async (_, deleted, content) => {
    await api.platform.pool.query(
      `INSERT INTO fhir_resources (tenant, type, id, version, deleted, content, last_updated) VALUES ($1, 'Patient', 'p2', 2, $2, $3, now())`,
      [api.tenant, deleted, content],
    );
    try {
      const others = ALERTS.filter(({ patient }) => patient !== 'p2');
      expect(await pages('&limit=1000')).toEqual({ ids: inOrder(others), totals: [inOrder(others).length] });
      expect((await call('GET', '/v1/alerts?sort=inbox&patient=p2')).body).toEqual({ items: [], total: 0 });
      const ended = (await call('GET', '/v1/alerts?sort=ended&limit=1')).body;
      expect(ended['total']).toBe(others.filter(({ closed }) => closed).length);
      // A system that keeps the alerts still reads them.
      expect((await call('GET', '/v1/alerts?patient=p2&limit=1')).body.items).toHaveLength(1);
    } finally {
      await api.platform.pool.query(`DELETE FROM fhir_resources WHERE tenant = $1 AND id = 'p2'`, [api.tenant]);
    }
  });

  it('is empty for another tenant', async () => {
    for (const sort of ['inbox', 'ended']) {
      const { body } = await call('GET', `/v1/alerts?sort=${sort}`, undefined, { bearer: api.south });
      expect(body).toEqual({ items: [], total: 0 });
    }
  });
});
