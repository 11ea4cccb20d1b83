import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScenarioBatchSchema, ScenarioListSchema, ScenarioSchema } from '#libs/contracts';
import { DiabetesApi } from '../simulation/diabetes.fixture.js';

const MINUTE = 60_000;
const lessBolus = { kind: 'scale', of: 'insulin-bolus', by: 0.7 };

describe('scenarios over HTTP and Postgres', () => {
  let api: DiabetesApi;
  const iso = (minutes: number): string => new Date(api.newest + minutes * MINUTE).toISOString();
  const at = (patient: string): string => `/v1/twins/${patient}/scenarios`;
  /** From before the newest meal, so that its bolus can be changed. */
  const request = (more: object = {}): object => ({
    from: iso(-70),
    minutes: 180,
    stepMinutes: 15,
    draws: 20,
    arms: [{ name: 'recorded' }, { name: '30 % less', changes: [lessBolus] }],
    ...more,
  });

  beforeAll(async () => {
    api = await DiabetesApi.open();
  }, 120_000);
  afterAll(() => api?.close(), 20_000);

  it('answers as documented, and the difference is that of the change', async () => {
    const { status, body } = await api.call('POST', at('p1'), request());
    expect(status).toBe(200);
    const scenario = ScenarioSchema.strict().parse(body);
    expect(scenario.arms.map(({ points }) => points.length)).toEqual([13, 13]);
    expect(scenario.differences[0]!.points.at(-1)!.mean).toBeGreaterThan(0);
    expect(scenario.arms[0]!.summary.insulin - scenario.arms[1]!.summary.insulin).toBeCloseTo(0.6, 1);
    expect(scenario.disclaimer).toContain('not a cleared medical device');
  });

  it('is derived again as the same bytes, also after late data; the same request with `knownAt` is the same scenario', async () => {
    const first = await api.call('POST', at('p1'), request());
    const id = String(first.body['id']);
    const bytes = await api.bytes(`/v1/scenarios/${id}`);
    expect(JSON.parse(bytes)).toEqual(first.body);
    await api.add('p1', [{ code: 'carbohydrate-intake', t: api.newest - 30 * MINUTE, x: 40 }], Date.now());
    expect(await api.bytes(`/v1/scenarios/${id}`)).toBe(bytes);
    const again = await api.call('POST', at('p1'), request({ knownAt: first.body['knownAt'] }));
    expect(again.body).toEqual(first.body);
    const later = await api.call('POST', at('p1'), request());
    expect(later.body['id']).not.toBe(id);
    expect(later.body['arms'][0].summary.carbohydrates).toBe(first.body['arms'][0].summary.carbohydrates + 40);
  });

  it('is not shown where it cannot be derived any more', async () => {
    const { body } = await api.call('POST', at('p1'), request({ seed: 9 }));
    const change = (column: string, value: string): Promise<unknown> =>
      api.platform.pool.query(`UPDATE scenarios SET ${column} = $2 WHERE id = $1`, [body['id'], value]);
    await change('digest', 'another');
    expect(await api.call('GET', `/v1/scenarios/${body['id']}`)).toMatchObject({
      status: 410,
      body: { code: 'not-derivable' },
    });
    await change('model_version', '0.0.0');
    expect(await api.call('GET', `/v1/scenarios/${body['id']}`)).toMatchObject({
      status: 410,
      body: { code: 'model-changed' },
    });
  });

  it.each<{ patient: string; more: () => object; reason: string }>([
    { patient: 'p2', more: () => ({}), reason: 'no-data' },
    { patient: 'p1', more: () => ({ from: iso(-6 * 1440) }), reason: 'no-data' },
    { patient: 'p3', more: () => ({}), reason: 'outside-population' },
    { patient: 'p4', more: () => ({}), reason: 'outside-population' },
    { patient: 'p1', more: () => ({ model: 'uva-padova' }), reason: 'outside-domain' },
    {
      patient: 'p1',
      more: () => ({
        arms: [{ name: 'a', changes: [{ kind: 'insulin-bolus', at: iso(-60), value: 300, unit: '[IU]' }] }],
      }),
      reason: 'outside-domain',
    },
  ])('is refused for $patient: $reason', async ({ patient, more, reason }) => {
    const { status, body } = await api.call('POST', at(patient), request(more()));
    expect([status, body['code'], body['reason']]).toEqual([422, 'model-refuses', reason]);
  });

  it.each<{ more: () => object; pointer: string }>([
    { more: () => ({ from: new Date(Date.now() + 60_000).toISOString() }), pointer: '/from' },
    { more: () => ({ model: 'nothing' }), pointer: '/model' },
    { more: () => ({ draws: 1001 }), pointer: '/draws' },
    { more: () => ({ minutes: 1441 }), pointer: '/minutes' },
    { more: () => ({ arms: [{ name: 'a' }, { name: 'a' }] }), pointer: '/arms/1/name' },
    { more: () => ({ arms: [{ name: 'a', changes: [{ kind: 'sleep' }] }] }), pointer: '/arms/0/changes/0/kind' },
  ])('is refused at $pointer', async ({ more, pointer }) => {
    const { status, body } = await api.call('POST', at('p1'), request(more()));
    expect([status, body['errors']]).toMatchObject([400, [{ pointer }]]);
  });

  it('is listed with those asked before, newest first, also for those who may only read', async () => {
    const reader = { bearer: await api.http.tokenOf('ward', 'scenarios.read') };
    const first = await api.call('POST', at('p1'), request({ seed: 41 }));
    const second = await api.call('POST', at('p1'), request({ seed: 42 }));
    const page = await api.call('GET', `${at('p1')}?limit=1`, undefined, reader);
    expect(page.status).toBe(200);
    const { items, next } = ScenarioListSchema.parse(page.body);
    expect(items).toMatchObject([
      {
        id: second.body['id'],
        from: iso(-70),
        minutes: 180,
        arms: ['recorded', '30 % less'],
        askedBy: expect.any(String),
      },
    ]);
    const rest = await api.call('GET', `${at('p1')}?limit=1&cursor=${next}`, undefined, reader);
    expect(rest.body['items'][0].id).toBe(first.body['id']);
    expect((await api.call('GET', `/v1/scenarios/${items[0]!.id}`, undefined, reader)).body).toEqual(second.body);
    expect((await api.call('POST', at('p1'), request(), reader)).status).toBe(403);
    expect((await api.call('GET', at('nobody'), undefined, reader)).status).toBe(404);
    expect((await api.call('GET', at('p2'), undefined, reader)).body).toEqual({ items: [] });
  });

  it('is for those with the scope, of their own tenant', async () => {
    const reader = { bearer: await api.http.tokenOf('ward', 'twins.read') };
    expect((await api.call('POST', at('p1'), request(), reader)).status).toBe(403);
    const { body } = await api.call('POST', at('p1'), request());
    const south = { bearer: await api.http.tokenOf('south') };
    expect((await api.call('GET', `/v1/scenarios/${body['id']}`, undefined, south)).status).toBe(404);
    expect((await api.call('POST', at('p1'), request(), south)).status).toBe(404);
  });

  it('changes nothing of the twin and writes nothing to the log', async () => {
    const state = async (): Promise<unknown> => {
      const twins = await api.platform.pool.query('SELECT * FROM twins ORDER BY key');
      const log = await api.platform.pool.query('SELECT count(*) FROM log_records');
      return [twins.rows, log.rows];
    };
    const before = await state();
    await api.call('POST', at('p1'), request({ seed: 77 }));
    expect(await state()).toEqual(before);
  });

  it('answers for many patients by a job, each with its scenario or its refusal', async () => {
    const started = await api.call('POST', '/v1/scenarios/batch', { patients: ['p1', 'p2', 'nobody'], ...request() });
    expect(started.status).toBe(202);
    const body = ScenarioBatchSchema.parse(await api.done(String(started.body['url'])));
    expect(body.items!.map(({ patient, refused }) => [patient, refused?.reason])).toEqual([
      ['p1', undefined],
      ['p2', 'no-data'],
      ['nobody', 'no-data'],
    ]);
    const { scenario } = body.items![0]!;
    expect(scenario?.arms).toHaveLength(2);
    expect((await api.call('GET', `/v1/scenarios/${scenario?.id}`)).body).toEqual(scenario);
    await api.platform.pool.query(
      `INSERT INTO model_jobs (tenant, id, kind, client, request, lease_until)
       SELECT $1, gen_random_uuid(), 'scenario-batch', 'x', '{}', now() + interval '1 hour' FROM generate_series(1, 20)`,
      [api.tenant],
    );
    const full = await api.call('POST', '/v1/scenarios/batch', { patients: ['p1'], ...request() });
    expect([full.status, full.body['code']]).toEqual([429, 'too-many-jobs']);
    const many = Array.from({ length: 501 }, (_, i) => `p${i}`);
    expect((await api.call('POST', '/v1/scenarios/batch', { patients: many, ...request() })).status).toBe(400);
  }, 30_000);
});
