import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelParametersRecordSchema, ParametersSchema } from '#libs/contracts';
import { DiabetesApi } from '../simulation/diabetes.fixture.js';
import { Fits } from './fits.js';
import { Refits } from './refits.js';

describe('parameters of a person over HTTP and Postgres', () => {
  let api: DiabetesApi;
  const parameters = async (patient: string, query = '') =>
    ParametersSchema.parse((await api.call('GET', `/v1/twins/${patient}/parameters${query}`)).body);
  const fit = async (patient: string) => {
    const { status, body } = await api.call('POST', `/v1/twins/${patient}/parameters/fit`);
    expect([status, body['url']]).toEqual([202, `/v1/twins/${patient}/parameters/fit/${body['id']}`]);
    return api.done(String(body['url']));
  };

  beforeAll(async () => {
    api = await DiabetesApi.open(3);
  }, 120_000);
  afterAll(() => api?.close(), 20_000);

  it('are those of the population with the reason until some are fitted', async () => {
    const found = await parameters('p1');
    expect(found).toMatchObject({ status: 'population', version: 0, fittedAt: null });
    expect(found.parameters.length).toBeGreaterThan(5);
    for (const { source, reason } of found.parameters)
      expect([source, typeof reason]).toEqual(['population', 'string']);
  });

  it('are fitted by a job, enter the log as a record and count from when it is applied', async () => {
    const before = new Date().toISOString();
    const done = await fit('p1');
    expect(done).toMatchObject({ status: 'completed', version: 1 });
    const [record] = await api.logged('model-parameters');
    const { parameters: fitted } = ModelParametersRecordSchema.parse(record);
    expect(fitted).toMatchObject({ model: 'personal-glucose', version: 1 });
    await api.applyParameters('p1', fitted);
    const found = await parameters('p1');
    expect(found).toMatchObject({ status: 'fitted', version: 1 });
    expect(found.days).toBeCloseTo(3, 0);
    expect(found.fit!.mard).toBeLessThan(15);
    expect(found.parameters.some(({ source }) => source === 'fitted')).toBe(true);
    expect((await parameters('p1', `?at=${before}`)).status).toBe('population');
    const from = new Date(api.newest).toISOString();
    const scenario = await api.call('POST', '/v1/twins/p1/scenarios', { from, minutes: 60, arms: [{ name: 'a' }] });
    expect(scenario.body['parameters']).toMatchObject({ source: 'personal', version: 1 });
  }, 60_000);

  it('are not fitted where the model refuses, which the answer says', async () => {
    expect(await fit('p2')).toMatchObject({ status: 'completed', refused: { reason: 'no-data' } });
    expect(await fit('p3')).toMatchObject({ refused: { reason: 'outside-population' } });
  }, 60_000);

  it('are asked for by themselves where a day of new data is there, once a day', async () => {
    const started: string[] = [];
    const fits = { start: async (_tenant: number, _client: string, patient: string) => void started.push(patient) };
    const refits = new Refits({ pool: api.platform.pool, fits: fits as unknown as Fits, onProblem: () => {} });
    // p1 and p3 were asked for a moment ago, p2 has no data.
    expect(await refits.look()).toBe(1);
    expect(started).toEqual(['p4']);
    await api.platform.pool.query(`UPDATE model_jobs SET created_at = created_at - interval '25 hours'`);
    expect(await refits.look()).toBe(2);
    expect(started).toEqual(['p4', 'p3', 'p4']);
  });

  it('are refused for models that are not fitted to persons, and for strangers', async () => {
    const of = async (path: string) => (await api.call('GET', path)).body['code'];
    expect(await of('/v1/twins/p1/parameters?model=persistence')).toBe('model-refuses');
    expect(await of('/v1/twins/p1/parameters?model=nothing')).toBe('invalid');
    expect(await of('/v1/twins/nobody/parameters')).toBe('not-found');
    expect((await api.call('POST', '/v1/twins/nobody/parameters/fit')).status).toBe(404);
    const reader = { bearer: await api.http.tokenOf('ward', 'twins.read') };
    expect((await api.call('GET', '/v1/twins/p1/parameters', undefined, reader)).status).toBe(403);
  });
});
