import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allModules } from '../../apps/all-in-one/src/all-in-one.module.js';
import { TwinApiModule } from '../../apps/twin-api/src/twin-api.module.js';
import { EventReader, type ReadEvent } from '../support/event-reader.js';
import { RunningApi } from '../support/running-api.js';

type Item = Record<string, unknown> & { patient: string };
interface List {
  readonly asOf: string;
  readonly items: readonly Item[];
  readonly next?: string;
}

const REDIS = process.env['REDIS_URL'];
const MINUTE = 60_000;

describe.each([
  ['without Redis', ''],
  ['with Redis', REDIS ?? 'redis://REDIS_URL-is-not-set'],
])('the ward, %s', (_, redisUrl) => {
  /** Views of other runs are in the same Redis. */
  const run = randomUUID().slice(0, 8);
  const id = (name: string): string => `${name}-${run}`;
  const env = { MQTT_PORT: '0', ...(redisUrl === '' ? {} : { REDIS_URL: redisUrl }) };
  let api: RunningApi;
  /** Another process on the same database, which reads only. */
  let other: RunningApi;
  let south: string;
  const readers: EventReader[] = [];

  beforeAll(async () => {
    api = await RunningApi.open(allModules, { env });
    other = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)], {
      env: { ...env, DATABASE_URL: api.platform.databaseUrl },
    });
    await api.addClient('south', 'south');
    south = await api.tokenOf('south');
    await put('Location', { id: id('bed10'), name: 'Bed 10', status: 'active' });
    await put('Patient', {
      id: id('ada'),
      name: [
        { use: 'nickname', text: 'Addie' },
        { use: 'official', given: ['Ada', 'Émilie'], family: 'van der Berg' },
      ],
      identifier: [
        { system: 'urn:x', value: 'X-1' },
        { type: { coding: [{ code: 'MR' }] }, system: 'urn:mr', value: 'MRN 4711' },
      ],
    });
    await put('Encounter', encounter('old', 'ada', 'finished', '2025-01-01T00:00:00Z', id('bed2')));
    await put('Encounter', encounter('now', 'ada', 'in-progress', '2025-02-01T00:00:00Z', id('bed10')));
    await put('Patient', { id: id('bob'), name: [{ text: '<b>Bob</b>\u202E' }] });
    await put('Patient', { id: id('gone'), name: [{ text: 'Gone' }] });
    await put('Patient', { id: id('twice'), name: [{ text: 'Ada Twice' }] });
    await put('Patient', {
      id: id('twice'),
      name: [{ text: 'Ada Twice' }],
      active: false,
      link: [{ other: { reference: `Patient/${id('ada')}` }, type: 'replaced-by' }],
    });
    expect((await api.call('DELETE', `/fhir/r4/Patient/${id('gone')}`)).status).toBeLessThan(300);
  }, 90_000);

  afterAll(async () => {
    for (const reader of readers) reader.close();
    await other?.close();
    await api?.close();
  }, 30_000);

  const encounter = (name: string, patient: string, status: string, start: string, location: string): object => ({
    id: id(name),
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: `Patient/${id(patient)}` },
    period: { start },
    location: [{ location: { reference: `Location/${location}` }, status: 'active' }],
  });

  async function put(resourceType: string, resource: object): Promise<void> {
    const answer = await api.call('PUT', `/fhir/r4/${resourceType}/${(resource as { id: string }).id}`, {
      resourceType,
      ...resource,
    });
    if (answer.status >= 300) throw new Error(`${resourceType}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async function send(patient: string, values: Readonly<Record<string, number>>, at = Date.now()): Promise<void> {
    const units: Readonly<Record<string, string>> = { 'heart-rate': '/min', 'respiratory-rate': '/min' };
    const samples = Object.entries(values).map(([code, value]) => ({
      patient: id(patient),
      code,
      value,
      unit: units[code] ?? '%',
      effectiveAt: new Date(at).toISOString(),
    }));
    expect((await api.call('POST', '/v1/samples', samples)).status).toBe(202);
  }

  async function list(path: string, bearer?: string): Promise<List> {
    const answer = await api.call<List & Record<string, unknown>>(
      'GET',
      path,
      undefined,
      bearer === undefined ? {} : { bearer },
    );
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.body;
  }

  async function open(on = api, lastId?: string, bearer = api.token): Promise<EventReader> {
    const reader = await EventReader.open(`${on.server.url}/v1/stream`, bearer, lastId);
    readers.push(reader);
    await reader.until(({ event }) => event === 'heartbeat');
    return reader;
  }

  const shows =
    (patient: string, value: number, code = 'heart-rate') =>
    ({ event, data }: ReadEvent): boolean =>
      event === 'patient' &&
      data['patient'] === id(patient) &&
      (data['vitals'] as Item[]).some((vital) => vital['code'] === code && vital['value'] === value);

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 10_000; !(await isSo()); await new Promise((done) => setTimeout(done, 50)))
      if (Date.now() > deadline) throw new Error('it did not come about');
  }

  describe('at once', () => {
    it('shows each patient with name, record number, bed, newest values, NEWS2 and what it misses', async () => {
      const now = Date.now();
      for (let minutes = 25; minutes >= 0; minutes -= 5)
        await send('ada', { 'heart-rate': 80 + 25 - minutes }, now - minutes * MINUTE);
      await send('ada', { 'oxygen-saturation': 93, 'respiratory-rate': 24 }, now);
      await until(async () => (await list('/v1/ward')).items.some(({ news2 }) => news2 !== null));
      const { items, asOf } = await list('/v1/ward');
      expect(Math.abs(Date.parse(asOf) - Date.now())).toBeLessThan(5_000);
      expect(items.map(({ patient }) => patient)).toEqual([id('ada'), id('bob')]);
      expect(items[0]).toMatchObject({
        name: 'Ada Émilie van der Berg',
        identifier: { system: 'urn:mr', value: 'MRN 4711' },
        bed: { reference: `Location/${id('bed10')}`, name: 'Bed 10' },
        asOf: new Date(now).toISOString(),
        news2: {
          score: 5,
          effectiveAt: new Date(now).toISOString(),
          missing: ['oxygen-flow', 'systolic-pressure', 'glasgow-coma-score', 'body-temperature'],
        },
        alerts: { high: 0, low: 0 },
        monitoring: 'on',
      });
      expect((items[0]!['alerts'] as Record<string, number>)['medium']).toBeGreaterThan(0);
      const [heart, oxygen] = items[0]!['vitals'] as Item[];
      expect(heart).toMatchObject({
        code: 'heart-rate',
        title: 'Heart rate',
        value: 105,
        unit: '/min',
        effectiveAt: new Date(now).toISOString(),
        quality: 'good',
        stale: false,
        freshSeconds: 900,
      });
      expect(oxygen).toMatchObject({ code: 'oxygen-saturation', value: 93, trend: null });
      expect(items[1]).toEqual({
        patient: id('bob'),
        version: 1,
        name: '<b>Bob</b>\u202E',
        identifier: null,
        bed: null,
        asOf: null,
        vitals: [],
        news2: null,
        alerts: { high: 0, medium: 0, low: 0 },
        forecast: null,
        monitoring: 'on',
      });
    });

    it('shows where a value is going once there are enough', async () => {
      // Trends are held for a while: the other process has none yet.
      const { body } = await other.call<List & Record<string, unknown>>('GET', '/v1/ward');
      const [heart] = body.items[0]!['vitals'] as Item[];
      expect(heart).toMatchObject({ code: 'heart-rate', value: 105, trend: 'rising' });
    });

    it('comes in pages, and is of one tenant', async () => {
      const first = await list('/v1/ward?limit=1');
      expect(first.items.map(({ patient }) => patient)).toEqual([id('ada')]);
      const second = await list(`/v1/ward?limit=1&cursor=${first.next}`);
      expect([second.items.map(({ patient }) => patient), second.next]).toEqual([[id('bob')], undefined]);
      expect((await list('/v1/ward', south)).items).toEqual([]);
      expect((await list('/v1/patients?search=ada', south)).items).toEqual([]);
      const cursor = encodeURIComponent(String(first.next));
      expect((await api.call('GET', `/v1/ward?cursor=${cursor}`, undefined, { bearer: south })).status).toBe(400);
    });

    it('shows alerts and forecasts to those only who may see them', async () => {
      const bearer = await api.tokenOf('ward', 'twins.read');
      const [ada] = (await list('/v1/ward', bearer)).items;
      expect(ada).toMatchObject({ alerts: null, forecast: null, news2: { score: 5 } });
      const none = await api.tokenOf('ward', 'alerts.read');
      expect((await api.call('GET', '/v1/ward', undefined, { bearer: none })).status).toBe(403);
      expect((await api.call('GET', '/v1/stream', undefined, { bearer: none })).status).toBe(403);
    });

    it.each([
      ['the start of a name', 'ad', ['ada']],
      ['another case, without accents', 'EMILIE', ['ada']],
      ['a later word of a family name', 'berg', ['ada']],
      ['several words in any order', 'berg ada', ['ada']],
      ['words of which one is another', 'berg bob', []],
      ['the middle of a word', 'da', []],
      ['an identifier', 'mrn', ['ada']],
      ['a later word of an identifier', '4711 van', ['ada']],
      ['another identifier', 'x-1', ['ada']],
      ['a name with markup', '<b>bob', ['bob']],
      ['a pattern of SQL', '%', []],
      ['a deleted patient', 'gone', []],
      ['a replaced patient', 'twice', []],
    ])('is searched by %s', async (_title, search, found) => {
      const { items } = await list(`/v1/patients?search=${encodeURIComponent(search)}`);
      expect(items.map(({ patient }) => patient)).toEqual(found.map(id));
      if (found[0] === 'ada')
        expect(items[0]).toMatchObject({ type: 'system', name: 'Ada Émilie van der Berg', bed: { name: 'Bed 10' } });
    });

    it('is searched by FHIR id, and refuses a search without a word', async () => {
      const { items } = await list(`/v1/patients?search=${id('ada').toUpperCase()}`);
      expect(items.map(({ patient }) => patient)).toEqual([id('ada')]);
      expect((await list('/v1/patients')).items.map(({ patient }) => patient)).toEqual([id('ada'), id('bob')]);
      const refused = await api.call('GET', '/v1/patients?search=%20');
      expect([refused.status, refused.body['code']]).toEqual([400, 'invalid']);
    });
  });

  describe('as it changes', () => {
    it('sends a patient whenever there is something new, to all readers of the tenant only', async () => {
      const [here, there, foreign, blind] = [
        await open(),
        await open(other),
        await open(api, undefined, south),
        await open(api, undefined, await api.tokenOf('ward', 'twins.read')),
      ];
      await send('bob', { 'heart-rate': 71 });
      for (const reader of [here, there, blind]) await reader.until(shows('bob', 71));
      expect(foreign.events.every(({ event }) => event === 'heartbeat')).toBe(true);
      expect(here.of('patient')[0]?.data).toMatchObject({ name: '<b>Bob</b>\u202E', alerts: { high: 0 } });
      expect(blind.of('patient')[0]?.data).toMatchObject({ alerts: null, forecast: null });
      await send('bob', { 'oxygen-saturation': 80 });
      const alert = await here.until(({ event, data }) => event === 'alert' && data['severity'] === 'high');
      expect(alert).toMatchObject({ data: { patient: id('bob'), transition: 'raised' } });
      await here.until(({ data }) => (data['alerts'] as Record<string, number> | undefined)?.['high'] === 1);
      await blind.until(shows('bob', 80, 'oxygen-saturation'));
      expect(blind.of('alert')).toEqual([]);
      const beats = await until(async () => Promise.resolve(here.of('heartbeat').length >= 2)).then(() =>
        here.of('heartbeat'),
      );
      expect(beats[1]!.at - beats[0]!.at).toBeLessThan(3_000);
      expect(Math.abs(Date.parse(String(beats[1]!.data['at'])) - beats[1]!.at)).toBeLessThan(1_000);
      expect(beats[1]!.id).toBeUndefined();
      for (const reader of [here, there, foreign, blind]) reader.close();
    }, 30_000);

    it('sends a patient at most twice a second, and the newest state at the end', async () => {
      const reader = await open();
      const begun = Date.now();
      for (let n = 0; n < 60; n += 1) {
        await send('bob', { 'heart-rate': 60 + n });
        await new Promise((done) => setTimeout(done, 30));
      }
      await reader.until(shows('bob', 119));
      const seconds = (Date.now() - begun) / 1000;
      expect(reader.of('patient').length).toBeLessThanOrEqual(2 * seconds + 2);
      reader.close();
    }, 30_000);

    it('sends names and beds that change, new patients, and who is removed', async () => {
      const reader = await open();
      await put('Patient', { id: id('bob'), name: [{ text: 'Robert' }] });
      await reader.until(({ data }) => data['name'] === 'Robert');
      await put('Location', { id: id('bed10'), name: 'Bay 10', status: 'active' });
      await reader.until(({ data }) => (data['bed'] as { name: string } | null)?.name === 'Bay 10');
      await put('Encounter', encounter('now', 'ada', 'finished', '2025-02-01T00:00:00Z', id('bed10')));
      await reader.until(({ data }) => data['patient'] === id('ada') && data['bed'] === null);
      await put('Patient', { id: id('new'), name: [{ text: 'New' }] });
      await reader.until(({ data }) => data['name'] === 'New');
      await api.call('DELETE', `/fhir/r4/Patient/${id('new')}`);
      await reader.until(({ event, data }) => event === 'patient-removed' && data['patient'] === id('new'));
      // Whoever was away meanwhile is shown it, too.
      const [before] = reader.of('patient');
      const later = await open(other, before?.id);
      await later.until(({ event, data }) => event === 'patient-removed' && data['patient'] === id('new'));
      expect(later.events.some(({ data }) => data['name'] === 'New')).toBe(false);
      reader.close();
      later.close();
    }, 30_000);

    it('resumes at any process without missing a newest state or an alert transition', async () => {
      await put('Patient', { id: id('cleo') });
      const reader = await open();
      await send('bob', { 'heart-rate': 72 });
      await reader.until(shows('bob', 72));
      const { lastId } = reader;
      reader.close();
      await send('bob', { 'heart-rate': 73 });
      await send('cleo', { 'oxygen-saturation': 79 });
      await until(async () =>
        (await list('/v1/alerts?severity=high')).items.some((one) => one['patient'] === id('cleo')),
      );
      for (const on of [api, other]) {
        const resumed = await open(on, lastId);
        await resumed.until(shows('bob', 73));
        await resumed.until(shows('cleo', 79, 'oxygen-saturation'));
        await resumed.until(({ event, data }) => event === 'alert' && data['patient'] === id('cleo'));
        const ids = resumed.of('alert').map(({ data }) => `${String(data['id'])} ${String(data['sequence'])}`);
        expect(new Set(ids).size).toBe(ids.length);
        resumed.close();
      }
    }, 30_000);

    it('goes on for a reader that took nothing for a while', async () => {
      const reader = await open();
      const begun = Date.now();
      reader.pause();
      for (let n = 0; n < 40; n += 1) {
        await send('bob', { 'heart-rate': 90 + n });
        await new Promise((done) => setTimeout(done, 50));
      }
      reader.resume();
      await reader.until(shows('bob', 129));
      expect(reader.of('patient').length).toBeLessThanOrEqual((2 * (Date.now() - begun)) / 1000 + 2);
      reader.close();
    }, 30_000);

    it('refuses a Last-Event-ID that the stream never gave, or too long ago', async () => {
      const reader = await open();
      await send('bob', { 'heart-rate': 74 });
      await reader.until(shows('bob', 74));
      const mine = reader.lastId ?? '';
      reader.close();
      const foreign = async (): Promise<unknown> => EventReader.open(`${api.server.url}/v1/stream`, south, mine);
      await expect(foreign()).rejects.toThrow('410 cursor-unknown');
      for (const bad of ['x', '1', '-1', '9'.repeat(40), mine.replace(/^\d/, (n) => String((Number(n) + 1) % 10))])
        await expect(EventReader.open(`${api.server.url}/v1/stream`, api.token, bad)).rejects.toThrow(
          '410 cursor-unknown',
        );
    }, 30_000);

    it('ends with the client that opened it', async () => {
      await api.addClient('north', `passing-${run}`);
      const reader = await open(api, undefined, await api.tokenOf(`passing-${run}`));
      await api.platform.pool.query('UPDATE clients SET disabled_at = now() WHERE id = $1', [`passing-${run}`]);
      await until(() => Promise.resolve(reader.ended));
    }, 30_000);
  });
});
