import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { initialTwin, writeTwin, type StreamState } from '#libs/domain/twin';
import { alertOf, TwinApi } from '../twin-api.fixture.js';
import { FlowHistory } from './flow-history.js';
import { Operations } from './operations.js';

interface Stage {
  readonly stage: string;
  readonly of: string;
  readonly count: number;
  readonly coveredSeconds: number;
  readonly perSecond: number;
  readonly lag: { readonly records: number; readonly seconds: number } | null;
}

describe('operations over the API', () => {
  let api: TwinApi;
  let call: TwinApi['call'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ call } = api);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  const sql = (text: string, ...values: unknown[]) => api.platform.pool.query(text, values);
  const stageOf = (body: unknown, name: string) =>
    (body as { stages: Stage[] }).stages.find(({ stage }) => stage === name);

  it('gives the rate of each stage of the last minute, and what waits, by positions of the log and rows of the tenant', async () => {
    const { pool, log, metrics } = api.platform;
    let now = Date.now();
    const deps = { pool, log, metrics, now: () => now, onProblem: (error: unknown) => Promise.reject(error) };
    // Each look is a moment later; a history of its own, so that no timer looks in between.
    const history = new FlowHistory(deps);
    const look = async () => {
      history.start();
      await new Promise((resolve) => setTimeout(resolve, 300));
      history.stop();
    };
    const record = { topic: TOPICS.patientInput, key: `${api.tenant}/p1`, value: '{}' };
    const [first] = await log.append([record]);
    const group = (next: bigint) =>
      sql(
        `INSERT INTO consumer_offsets (consumer_group, topic, "partition", next_offset) VALUES ('twin-engine', $1, $2, $3)
         ON CONFLICT (consumer_group, topic, "partition") DO UPDATE SET next_offset = excluded.next_offset`,
        TOPICS.patientInput,
        first!.partition,
        next.toString(),
      );
    await group(first!.offset + 1n);
    await look();
    await log.append(Array.from({ length: 60 }, () => record));
    now += 20_000;
    await look();
    await group(first!.offset + 1n + 45n);
    metrics.samplesAccepted.inc(90);
    now += 10_000;
    const figures = await new Operations(pool, history, true).figures(api.tenant);
    expect(figures).toMatchObject({
      windowSeconds: 60,
      waiting: { deliveries: 0, parkedDeliveries: 0, deadLetters: 0 },
    });
    expect(stageOf(figures, 'log')).toMatchObject({
      of: 'installation',
      count: 60,
      coveredSeconds: 30,
      perSecond: 2,
      lag: null,
    });
    expect(stageOf(figures, 'apply')).toMatchObject({ count: 45, perSecond: 1.5, lag: { records: 15, seconds: 10 } });
    expect(stageOf(figures, 'receive')).toMatchObject({ count: 90, perSecond: 3 });
    expect(figures.stages.map(({ stage }) => stage)).toEqual([
      'receive',
      'reject',
      'log',
      'apply',
      'store',
      'alert',
      'dispatch',
      'deliver',
    ]);
    // The twin API alone does not know what gateways and engines count.
    const alone = await new Operations(pool, history, false).figures(api.tenant);
    expect(alone.stages.map(({ stage }) => stage)).toEqual(['reject', 'log', 'apply', 'alert', 'dispatch', 'deliver']);
    const { body } = await call('GET', '/v1/operations');
    expect(body['asOf']).toEqual(expect.any(String));
    expect(stageOf(body, 'apply')).toMatchObject({ lag: { records: 15 } });
  }, 30_000);

  it('counts rejections, alerts and deliveries of the tenant alone', async () => {
    await sql(
      `INSERT INTO rejections (tenant, at, door, request, code, message)
       SELECT $1, now() - n * interval '25 seconds', 'http', 'r', 'code-unknown', 'x' FROM generate_series(0, 3) AS n`,
      api.tenant,
    );
    await api.transition(1, 1, alertOf(1, 'raised', 'open'));
    await sql(
      `INSERT INTO dead_letters (tenant, id, consumer_group, topic, "partition", "offset", key, value, reason, at, replayed_at)
       SELECT $1, gen_random_uuid(), 'twin-engine', 't', 0, n, 'k', 'v', 'r', now(), CASE n WHEN 0 THEN now() END FROM generate_series(0, 2) AS n`,
      api.tenant,
    );
    await sql(
      `INSERT INTO deliveries (tenant, webhook, message, type, body, status, created_at, next_attempt_at, finished_at)
       SELECT $1, gen_random_uuid(), gen_random_uuid(), 'x', '{}', s, now(), now() + d, CASE s WHEN 'pending' THEN NULL ELSE now() + d END
       FROM (VALUES ('pending', interval '-90 seconds'), ('pending', interval '-1 second'), ('pending', interval '1 hour'), ('parked', interval '-1 day'),
         ('delivered', interval '-5 seconds'), ('delivered', interval '-65 seconds')) AS v (s, d)`,
      api.tenant,
    );
    const { pool, log, metrics } = api.platform;
    const history = new FlowHistory({ pool, log, metrics, now: Date.now, onProblem: () => undefined });
    const figures = await new Operations(pool, history, false).figures(api.tenant);
    expect(figures).toMatchObject({ waiting: { deliveries: 3, parkedDeliveries: 1, deadLetters: 2 } });
    expect(stageOf(figures, 'reject')).toMatchObject({ of: 'tenant', count: 3, perSecond: 0.05 });
    expect(stageOf(figures, 'alert')).toMatchObject({ count: 1 });
    const deliver = stageOf(figures, 'deliver');
    expect(deliver).toMatchObject({ count: 1, lag: { records: 2 } });
    expect(deliver!.lag!.seconds).toBeGreaterThanOrEqual(89);
    expect(deliver!.lag!.seconds).toBeLessThan(120);
    const theirs = await call('GET', '/v1/operations', undefined, { bearer: api.south });
    expect(theirs.body['waiting']).toEqual({ deliveries: 0, parkedDeliveries: 0, deadLetters: 0 });
    expect(stageOf(theirs.body, 'reject')).toMatchObject({ count: 0 });
  });

  describe('sources', () => {
    const stream = (secondsAgo: number, source: string): StreamState => ({
      t: Date.now() - secondsAgo * 1000 - 2_000,
      heard: Date.now() - secondsAgo * 1000,
      n: 2,
      source,
    });

    async function store(patient: string, streams: Readonly<Record<string, StreamState>>): Promise<void> {
      const twin = { ...initialTwin(DEFAULT_CATALOGUE, api.tenant, patient), version: 1, streams };
      await sql(
        `INSERT INTO twins (tenant, patient, version, snapshot) VALUES ($1, $2, 1, $3)
         ON CONFLICT (tenant, patient) DO UPDATE SET snapshot = excluded.snapshot, version = 1`,
        api.tenant,
        patient,
        writeTwin(DEFAULT_CATALOGUE, twin),
      );
    }

    beforeAll(async () => {
      await store('p1', {
        '1|d:monitor': stream(10, 'ward-7'),
        '3|d:monitor': stream(1_200, 'ward-7'),
        '9|d:sensor': stream(3_600, 'phone'),
        '12|f:ward|II': stream(901, 'ward'),
      });
      await sql(`INSERT INTO source_owners (tenant, source, client) VALUES ($1, 'phone', 'app')`, api.tenant);
      await sql(`UPDATE twins SET snapshot = '{"v":' WHERE tenant = $1 AND patient = 'p3'`, api.tenant);
    });

    it('are those of each patient with the measures they send, whoever owns them, and since when nothing came', async () => {
      const { body } = await call('GET', '/v1/sources');
      expect(body.next).toBeUndefined();
      expect(body.items).toHaveLength(3);
      expect(body.items.find((item) => item['source'] === 'ward-7')).toMatchObject({
        device: 'monitor',
        patient: 'p1',
        client: null,
        measures: ['heart-rate', 'oxygen-saturation'],
        silent: false,
      });
      const phone = body.items.find((item) => item['source'] === 'phone')!;
      expect(phone).toMatchObject({ device: 'sensor', client: 'app', measures: ['glucose'], silent: true });
      expect(Math.abs((phone['silentSeconds'] as number) - 3_600)).toBeLessThan(60);
      expect(Date.parse(String(phone['receivedAt'])) - Date.parse(String(phone['newestAt']))).toBe(2_000);
      expect(body.items.find((item) => item['source'] === 'ward')).toMatchObject({
        device: null,
        client: 'ward',
        silent: true,
      });
      const silent = await call('GET', '/v1/sources?silent=true');
      expect(new Set(silent.body.items.map((item) => item['source']))).toEqual(new Set(['phone', 'ward']));
      const others = await call('GET', '/v1/sources?silent=false');
      expect(others.body.items.map((item) => item['source'])).toEqual(['ward-7']);
    });

    it('are paged by patient without missing or doubling one', async () => {
      const patients = Array.from({ length: 250 }, (_, n) => `q${String(n).padStart(3, '0')}`);
      for (const [n, patient] of patients.entries())
        await store(patient, { '1|d:m': stream(n % 2 === 0 ? 5 : 5_000, `s-${n}`) });
      const pages = async (filter: string): Promise<readonly unknown[]> => {
        const seen: unknown[] = [];
        for (let cursor = ''; ;) {
          const { body } = await call('GET', `/v1/sources?limit=37${filter}${cursor}`);
          seen.push(...body.items.map((item) => item['source']));
          if (body.next === undefined) return seen;
          cursor = `&cursor=${body.next}`;
        }
      };
      const all = await pages('');
      expect(all.filter((source) => String(source).startsWith('s-'))).toEqual(patients.map((_, n) => `s-${n}`));
      expect(all).toHaveLength(253);
      expect(await pages('&silent=true')).toHaveLength(127);
    }, 30_000);

    it('are none of another tenant, nor without the scope; what is asked wrongly is refused', async () => {
      expect((await call('GET', '/v1/sources', undefined, { bearer: api.south })).body).toEqual({ items: [] });
      const bearer = await api.http.tokenOf('ward', 'twins.read');
      for (const path of ['/v1/sources', '/v1/operations'])
        expect((await call('GET', path, undefined, { bearer })).body['code']).toBe('insufficient-scope');
      expect((await call('GET', '/v1/sources?silent=maybe')).body['errors']).toMatchObject([{ pointer: '/silent' }]);
      const { next } = (await call('GET', '/v1/sources?limit=1')).body;
      expect((await call('GET', `/v1/sources?silent=true&cursor=${next}`)).body['code']).toBe('cursor-invalid');
    });
  });
});
