import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProposalSchema, RAILS, TherapySchema } from '#libs/contracts';
import { storeForecasts } from '../../../../test/support/forecasts/stored-forecasts.js';
import { DiabetesApi } from '../simulation/diabetes.fixture.js';

const MINUTE = 60_000;
const THERAPY = {
  carbRatio: 12,
  correctionFactor: 40,
  target: { low: 100, high: 120 },
  maximumBolus: 8,
  maximumInsulinOnBoard: 12,
  dailyMaximum: 90,
  reason: 'visit',
};
const MEAL = { kind: 'insulin-bolus', carbohydrates: 60 };

describe('proposals over HTTP and Postgres', () => {
  let api: DiabetesApi;
  const propose = (patient = 'p1', body: object = MEAL, headers: Record<string, string> = {}) =>
    api.call('POST', `/v1/twins/${patient}/proposals`, body, { headers });
  const decide = (id: string, act: string, body: object = {}, headers: Record<string, string> = {}) =>
    api.call('POST', `/v1/proposals/${id}/${act}`, body, { headers });
  const setTherapy = (patient: string, more: object = {}, headers: Record<string, string> = {}) =>
    api.call('PUT', `/v1/twins/${patient}/therapy`, { ...THERAPY, ...more }, { headers });

  beforeAll(async () => {
    api = await DiabetesApi.open();
    for (const patient of ['p1', 'p2', 'p3', 'p4']) await setTherapy(patient);
  }, 120_000);
  afterAll(() => api?.close(), 20_000);

  describe('therapy settings', () => {
    it('hold at once, version by version, and are acts in the audit and the log', async () => {
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const onBehalfOf = 'Practitioner/7';
      const { status, body } = await setTherapy('p2', { maximumBolus: { value: 5, unit: 'U' }, expiresAt, onBehalfOf });
      expect([status, body['status']]).toEqual([202, 'accepted']);
      const therapy = TherapySchema.parse((await api.call('GET', '/v1/twins/p2/therapy')).body);
      expect(therapy).toMatchObject({ maximumBolus: 5, author: onBehalfOf, version: 2, expiresAt, expired: false });
      const [record] = await api.logged(String(body['act']));
      expect(record).toMatchObject({ onBehalfOf, does: { type: 'set-therapy', therapy: { maximumBolus: 5 } } });
      const audit = await api.platform.pool.query('SELECT act, target FROM audit WHERE id = $1', [body['act']]);
      expect(audit.rows).toEqual([{ act: 'set-therapy', target: 'Patient/p2' }]);
    });

    it('set twice with one key are set once', async () => {
      const key = { 'idempotency-key': 'therapy' };
      const first = await setTherapy('p3', { reason: 'key' }, key);
      expect((await setTherapy('p3', { reason: 'key' }, key)).body).toEqual(first.body);
      expect((await api.call('GET', '/v1/twins/p3/therapy')).body['version']).toBe(2);
      expect((await setTherapy('p3', { reason: 'other' }, key)).status).toBe(422);
    });

    it.each([
      [{ target: 6 }, '/target'],
      [{ carbRatio: { value: 10, unit: 'mg' } }, '/carbRatio/unit'],
      [{ expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
      [{ reason: '' }, '/reason'],
    ])('%j are refused at %s', async (more, pointer) => {
      const { status, body } = await setTherapy('p2', more);
      expect([status, body['errors']]).toMatchObject([400, [{ pointer }]]);
    });
  });

  it('is a draft with every rail judged, its scenario and its end; and is in the log', async () => {
    const { status, body } = await propose();
    expect(status).toBe(201);
    const proposal = ProposalSchema.parse(body);
    expect(proposal).toMatchObject({ status: 'proposed', unit: '[IU]', fhir: { intent: 'proposal', status: 'draft' } });
    expect(proposal.checks.map(({ rail, held }) => [rail, held])).toEqual(RAILS.map((rail) => [rail, true]));
    expect(proposal.value).toBeGreaterThan(0);
    expect(proposal.value).toBeLessThanOrEqual(8);
    expect(Date.parse(proposal.expiresAt)).toBe(api.newest + 15 * MINUTE);
    const scenario = await api.call('GET', `/v1/scenarios/${proposal.scenario}`);
    expect(scenario.body['arms'].map(({ name }: { name: string }) => name)).toEqual(['nothing', 'proposed']);
    const records = await api.logged(proposal.id);
    expect(records.map(({ does }) => does)).toMatchObject([{ type: 'propose', value: proposal.value }]);
    expect((await api.call('GET', `/v1/proposals/${proposal.id}`)).body).toEqual(body);
  });

  it('is decided on once, by a person, in the log; of two at once one is refused', async () => {
    const { body } = await propose();
    const answers = await Promise.all([
      decide(body['id'], 'accept', { onBehalfOf: 'Practitioner/1', reason: 'agreed' }),
      decide(body['id'], 'reject', { onBehalfOf: 'Practitioner/2' }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 409]));
    expect(answers.find(({ status }) => status === 409)!.body['code']).toBe('already-decided');
    const shown = ProposalSchema.parse((await api.call('GET', `/v1/proposals/${body['id']}`)).body);
    const decided = answers.find(({ status }) => status === 202)!.body;
    expect(shown.status).toBe(decided['status']);
    expect(shown.decision).toMatchObject({ act: decided['act'], onBehalfOf: decided['onBehalfOf'] });
    const [record] = await api.logged(String(decided['act']));
    expect(record!['does']).toMatchObject({ type: 'decide-proposal', proposal: body['id'], decision: shown.status });
  });

  it('made before other insulin was accepted is not accepted on top of it; one made after says so', async () => {
    const [first, second] = [(await propose()).body, (await propose()).body];
    const answers = await Promise.all([decide(first['id'], 'accept'), decide(second['id'], 'accept')]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409]);
    expect(answers.find(({ status }) => status === 409)!.body['code']).toBe('expired');
    const after = ProposalSchema.parse((await propose()).body);
    expect(after.basis['insulinNotRecorded']).toBeGreaterThanOrEqual(first['value']);
    expect(after.reasons.join(' ')).toContain('not recorded as given');
    expect((await decide(after.id, 'reject')).status).toBe(202);
  });

  it('is accepted once however often the request comes with one key', async () => {
    const { body } = await propose();
    const key = { 'idempotency-key': 'accept' };
    const first = await decide(body['id'], 'accept', {}, key);
    expect(await decide(body['id'], 'accept', {}, key)).toEqual(first);
    expect((await decide(body['id'], 'accept')).body['code']).toBe('already-decided');
  });

  it('that was overridden shows what was predicted of what was done, beside what was measured', async () => {
    const { body } = await propose();
    expect((await decide(body['id'], 'override')).status).toBe(400);
    const over = { reason: 'less before sport', value: 300, unit: '[IU]' };
    expect((await decide(body['id'], 'override', over)).body['errors']).toMatchObject([{ pointer: '/value' }]);
    expect((await decide(body['id'], 'override', { ...over, value: 1 })).status).toBe(202);
    const shown = ProposalSchema.parse((await api.call('GET', `/v1/proposals/${body['id']}`)).body);
    expect(shown).toMatchObject({
      status: 'overridden',
      decision: { value: 1, unit: '[IU]' },
      effect: { arm: 'instead' },
    });
    expect(shown.effect!.points.map(({ minutes }) => minutes)).toEqual([15, 30, 60, 90, 120, 180, 240]);
  });

  it('that nobody decided on in time has expired, and is shown beside what came', async () => {
    const { body } = await propose();
    await api.platform.pool.query(
      `UPDATE proposals SET expires_at = now() - interval '1 s', created_at = created_at - interval '65 minutes' WHERE id = $1`,
      [body['id']],
    );
    expect((await decide(body['id'], 'accept')).body['code']).toBe('expired');
    const shown = (await api.call('GET', `/v1/proposals/${body['id']}`)).body;
    expect([shown['status'], shown['effect'].arm]).toEqual(['expired', 'nothing']);
  });

  it('is none where the forecast of the stream is low, or was demoted for the person', async () => {
    const { platform, tenant, newest } = api;
    const predicted = async (forecast: object) => {
      await storeForecasts(platform.pool, [{ tenant, issuedAt: newest, ...forecast }]);
      const { body } = await propose();
      await platform.pool.query('DELETE FROM forecasts');
      return [body['status'], body['checks'].find(({ rail }: { rail: string }) => rail === 'predicted-low')];
    };
    const [status, check] = await predicted({ median: 60 });
    expect([status, check]).toMatchObject(['none', { held: false }]);
    expect(check.value).toBeLessThan(70);
    expect(await predicted({ median: 180, version: 2 })).toMatchObject(['proposed', { held: true }]);
    expect(await predicted({ median: 180, version: 3, status: 'demoted' })).toMatchObject([
      'none',
      { held: false, value: null },
    ]);
    // Too old to say anything of now.
    expect(await predicted({ median: 60, version: 4, issuedAt: newest - 30 * MINUTE })).toMatchObject(['proposed', {}]);
  });

  it('is none with its reasons where the state is not safe', async () => {
    const { status, body } = await propose('p1', { kind: 'carbohydrate-intake' });
    expect([status, body['status'], body['value']]).toEqual([201, 'none', undefined]);
    const low = { code: 'glucose' as const, t: api.newest + MINUTE, x: 62 };
    await api.add('p1', [low]);
    const unsafe = await propose();
    expect([unsafe.status, unsafe.body['status'], unsafe.body['scenario']]).toEqual([201, 'none', null]);
    expect(unsafe.body['fhir']).toMatchObject({ doNotPerform: true, intent: 'proposal' });
    const broken = unsafe.body['checks'].filter(({ held }: { held: boolean }) => !held);
    expect(broken.map(({ rail }: { rail: string }) => rail)).toContain('not-low');
    expect((await decide(unsafe.body['id'], 'accept')).body['code']).toBe('nothing-proposed');
  });

  it.each([
    ['p2', 'no-data'],
    ['p3', 'outside-population'],
    ['p4', 'outside-population'],
  ])('is refused for %s: %s', async (patient, reason) => {
    const { status, body } = await propose(patient);
    expect([status, body['code'], body['reason']]).toEqual([422, 'model-refuses', reason]);
  });

  it('is refused without therapy settings that hold', async () => {
    await api.platform.pool.query(`UPDATE therapies SET expires_at = now() - interval '1 s' WHERE twin = $1`, [
      api.keys['p4'],
    ]);
    expect((await propose('p4')).body['reason']).toBe('missing-input');
  });

  it('is for those with the scope, of their own tenant', async () => {
    const runner = { bearer: await api.http.tokenOf('ward', 'scenarios.run') };
    expect((await api.call('POST', '/v1/twins/p1/proposals', MEAL, runner)).status).toBe(403);
    const south = { bearer: await api.http.tokenOf('south') };
    const { body } = await propose();
    for (const path of [`/v1/proposals/${body['id']}`, '/v1/twins/p1/therapy'])
      expect((await api.call('GET', path, undefined, south)).status).toBe(404);
    expect((await api.call('POST', `/v1/proposals/${body['id']}/accept`, {}, south)).status).toBe(404);
  });
});
