import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '#libs/testing';
import { EventReader } from '../support/event-reader.js';
import { WardApi, type Item } from '../support/ward/ward-api.js';

const REDIS = process.env['REDIS_URL'];
const MINUTE = 60_000;

describe.each([
  ['without Redis', ''],
  ['with Redis', REDIS ?? 'redis://REDIS_URL-is-not-set'],
])('the ward, %s', (_, redisUrl) => {
  let ward: WardApi;
  beforeAll(async () => {
    ward = await WardApi.open(redisUrl);
  }, 90_000);
  afterAll(() => ward?.close(), 30_000);

  describe('at once', () => {
    it('shows each patient with name, record number, bed, newest values, NEWS2 and what it misses', async () => {
      const now = Date.now();
      for (let minutes = 25; minutes >= 0; minutes -= 5)
        await ward.send('ada', { 'heart-rate': 80 + 25 - minutes }, now - minutes * MINUTE);
      await ward.send('ada', { 'oxygen-saturation': 93, 'respiratory-rate': 24 }, now);
      await until(async () => (await ward.list('/v1/ward')).items.some(({ news2 }) => news2 !== null));
      const asked = Date.now();
      const { items, asOf } = await ward.list('/v1/ward');
      expect(Date.parse(asOf)).toBeGreaterThanOrEqual(asked);
      expect(Date.parse(asOf)).toBeLessThanOrEqual(Date.now());
      expect(items.map(({ patient }) => patient)).toEqual([ward.id('ada'), ward.id('bob')]);
      expect(items[0]).toMatchObject({
        name: 'Ada Émilie van der Berg',
        identifier: { system: 'urn:mr', value: 'MRN 4711' },
        bed: { reference: `Location/${ward.id('bed10')}`, name: 'Bed 10' },
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
        patient: ward.id('bob'),
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
      const { body } = await ward.other.call<{ readonly items: readonly Item[] }>('GET', '/v1/ward');
      const [heart] = body.items[0]!['vitals'] as Item[];
      expect(heart).toMatchObject({ code: 'heart-rate', value: 105, trend: 'rising' });
    });

    it('comes in pages, and is of one tenant', async () => {
      const first = await ward.list('/v1/ward?limit=1');
      expect(first.items.map(({ patient }) => patient)).toEqual([ward.id('ada')]);
      const second = await ward.list(`/v1/ward?limit=1&cursor=${first.next}`);
      expect([second.items.map(({ patient }) => patient), second.next]).toEqual([[ward.id('bob')], undefined]);
      expect((await ward.list('/v1/ward', ward.south)).items).toEqual([]);
      expect((await ward.list('/v1/patients?search=ada', ward.south)).items).toEqual([]);
      const cursor = encodeURIComponent(String(first.next));
      expect((await ward.api.call('GET', `/v1/ward?cursor=${cursor}`, undefined, { bearer: ward.south })).status).toBe(
        400,
      );
    });

    it('shows alerts and forecasts to those only who may see them', async () => {
      const bearer = await ward.api.tokenOf('ward', 'twins.read');
      const [ada] = (await ward.list('/v1/ward', bearer)).items;
      expect(ada).toMatchObject({ alerts: null, forecast: null, news2: { score: 5 } });
      const none = await ward.api.tokenOf('ward', 'alerts.read');
      expect((await ward.api.call('GET', '/v1/ward', undefined, { bearer: none })).status).toBe(403);
      expect((await ward.api.call('GET', '/v1/stream', undefined, { bearer: none })).status).toBe(403);
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
      const { items } = await ward.list(`/v1/patients?search=${encodeURIComponent(search)}`);
      expect(items.map(({ patient }) => patient)).toEqual(found.map((name) => ward.id(name)));
      if (found[0] === 'ada')
        expect(items[0]).toMatchObject({ type: 'system', name: 'Ada Émilie van der Berg', bed: { name: 'Bed 10' } });
    });

    it('says since when something is known of a patient, whatever comes later of earlier times', async () => {
      const firstOf = async (): Promise<number> =>
        Date.parse(String((await ward.list(`/v1/patients?search=${ward.id('late')}`)).items[0]?.['firstRecordedAt']));
      const known = async () =>
        (await ward.list(`/v1/twins/${ward.id('late')}/measurements`)).items as unknown as { recordedAt: string }[];
      const begun = Date.now();
      await ward.put('Patient', { id: ward.id('late'), name: [{ text: 'Lee' }] });
      await ward.send('late', { 'heart-rate': 70 });
      await until(async () => (await known()).length === 1);
      const first = await firstOf();
      expect(first).toBeGreaterThanOrEqual(begun - 1_000);
      expect(first).toBeLessThanOrEqual(Date.now() + 1_000);
      await ward.send('late', { 'heart-rate': 71 }, begun - 90 * MINUTE);
      await until(async () => (await known()).length === 2);
      expect(await firstOf()).toBe(first);
      for (const { recordedAt } of await known()) expect(Date.parse(recordedAt)).toBeGreaterThanOrEqual(first - 1_000);
    });

    it('is searched by FHIR id, and refuses a search without a word', async () => {
      const { items } = await ward.list(`/v1/patients?search=${ward.id('ada').toUpperCase()}`);
      expect(items.map(({ patient }) => patient)).toEqual([ward.id('ada')]);
      expect((await ward.list('/v1/patients')).items.map(({ patient }) => patient)).toEqual([
        ward.id('ada'),
        ward.id('bob'),
        ward.id('late'),
      ]);
      const refused = await ward.api.call('GET', '/v1/patients?search=%20');
      expect([refused.status, refused.body['code']]).toEqual([400, 'invalid']);
    });
  });

  describe('as it changes', () => {
    it('sends a patient whenever there is something new, to all readers of the tenant only', async () => {
      const [here, there, foreign, blind] = [
        await ward.read(),
        await ward.read(ward.other),
        await ward.read(ward.api, undefined, ward.south),
        await ward.read(ward.api, undefined, await ward.api.tokenOf('ward', 'twins.read')),
      ];
      await ward.send('bob', { 'heart-rate': 71 });
      for (const reader of [here, there, blind]) await reader.until(ward.shows('bob', 71));
      expect(foreign.events.every(({ event }) => event === 'heartbeat')).toBe(true);
      expect(here.of('patient')[0]?.data).toMatchObject({ name: '<b>Bob</b>\u202E', alerts: { high: 0 } });
      expect(blind.of('patient')[0]?.data).toMatchObject({ alerts: null, forecast: null });
      await ward.send('bob', { 'oxygen-saturation': 80 });
      const alert = await here.until(({ event, data }) => event === 'alert' && data['severity'] === 'high');
      expect(alert).toMatchObject({ data: { patient: ward.id('bob'), transition: 'raised' } });
      await here.until(({ data }) => (data['alerts'] as Record<string, number> | undefined)?.['high'] === 1);
      await blind.until(ward.shows('bob', 80, 'oxygen-saturation'));
      expect(blind.of('alert')).toEqual([]);
      await until(() => here.of('heartbeat').length >= 2);
      const [first, second] = here.of('heartbeat').map(({ data }) => Date.parse(String(data['at'])));
      expect(second! - first!).toBeGreaterThan(0);
      expect(here.of('heartbeat')[1]!.at).toBeGreaterThanOrEqual(second!);
      expect(here.of('heartbeat')[1]!.id).toBeUndefined();
      for (const reader of [here, there, foreign, blind]) reader.close();
    }, 30_000);

    it('sends a patient at most twice a second, and the newest state at the end', async () => {
      const reader = await ward.read();
      const begun = Date.now();
      for (let n = 0; n < 60; n += 1) {
        await ward.send('bob', { 'heart-rate': 60 + n });
        await new Promise((done) => setTimeout(done, 30));
      }
      await reader.until(ward.shows('bob', 119));
      const seconds = (Date.now() - begun) / 1000;
      expect(reader.of('patient').length).toBeLessThanOrEqual(2 * seconds + 2);
      reader.close();
    }, 30_000);

    it('sends names and beds that change, new patients, and who is removed', async () => {
      const reader = await ward.read();
      await ward.put('Patient', { id: ward.id('bob'), name: [{ text: 'Robert' }] });
      await reader.until(({ data }) => data['name'] === 'Robert');
      await ward.put('Location', { id: ward.id('bed10'), name: 'Bay 10', status: 'active' });
      await reader.until(({ data }) => (data['bed'] as { name: string } | null)?.name === 'Bay 10');
      await ward.put('Encounter', ward.encounter('now', 'ada', 'finished', '2025-02-01T00:00:00Z', ward.id('bed10')));
      await reader.until(({ data }) => data['patient'] === ward.id('ada') && data['bed'] === null);
      await ward.put('Patient', { id: ward.id('new'), name: [{ text: 'New' }] });
      await reader.until(({ data }) => data['name'] === 'New');
      await ward.api.call('DELETE', `/fhir/r4/Patient/${ward.id('new')}`);
      await reader.until(({ event, data }) => event === 'patient-removed' && data['patient'] === ward.id('new'));
      // Whoever was away meanwhile is shown it, too.
      const [before] = reader.of('patient');
      const later = await ward.read(ward.other, before?.id);
      await later.until(({ event, data }) => event === 'patient-removed' && data['patient'] === ward.id('new'));
      expect(later.events.some(({ data }) => data['name'] === 'New')).toBe(false);
      reader.close();
      later.close();
    }, 30_000);

    it('says nothing of the alerts of a patient who was deleted, and goes on with those of others', async () => {
      await ward.put('Patient', { id: ward.id('first'), name: [{ text: 'First' }] });
      const before = await ward.read();
      await ward.send('first', { 'heart-rate': 72 });
      await before.until(ward.shows('first', 72));
      const { lastId } = before;
      before.close();
      await ward.put('Patient', { id: ward.id('left'), name: [{ text: 'Left' }] });
      await ward.send('left', { 'oxygen-saturation': 78 });
      const isHigh = async (name: string): Promise<boolean> =>
        (await ward.list('/v1/alerts?severity=high')).items.some((one) => one['patient'] === ward.id(name));
      await until(() => isHigh('left'));
      await ward.api.call('DELETE', `/fhir/r4/Patient/${ward.id('left')}`);
      await ward.put('Patient', { id: ward.id('stays'), name: [{ text: 'Stays' }] });
      await ward.send('stays', { 'oxygen-saturation': 78 });
      await until(() => isHigh('stays'));
      const reader = await ward.read(ward.api, lastId);
      await reader.until(({ event, data }) => event === 'alert' && data['patient'] === ward.id('stays'));
      expect(reader.of('alert').filter(({ data }) => data['patient'] === ward.id('left'))).toEqual([]);
      reader.close();
    }, 30_000);

    it('resumes at any process without missing a newest state or an alert transition', async () => {
      await ward.put('Patient', { id: ward.id('cleo') });
      const reader = await ward.read();
      await ward.send('bob', { 'heart-rate': 72 });
      await reader.until(ward.shows('bob', 72));
      const { lastId } = reader;
      reader.close();
      await ward.send('bob', { 'heart-rate': 73 });
      await ward.send('cleo', { 'oxygen-saturation': 79 });
      await until(async () =>
        (await ward.list('/v1/alerts?severity=high')).items.some((one) => one['patient'] === ward.id('cleo')),
      );
      for (const on of [ward.api, ward.other]) {
        const resumed = await ward.read(on, lastId);
        await resumed.until(ward.shows('bob', 73));
        await resumed.until(ward.shows('cleo', 79, 'oxygen-saturation'));
        await resumed.until(({ event, data }) => event === 'alert' && data['patient'] === ward.id('cleo'));
        const ids = resumed.of('alert').map(({ data }) => `${String(data['id'])} ${String(data['sequence'])}`);
        expect(new Set(ids).size).toBe(ids.length);
        resumed.close();
      }
    }, 30_000);

    it('goes on for a reader that took nothing for a while', async () => {
      const reader = await ward.read();
      const begun = Date.now();
      reader.pause();
      for (let n = 0; n < 40; n += 1) {
        await ward.send('bob', { 'heart-rate': 90 + n });
        await new Promise((done) => setTimeout(done, 50));
      }
      reader.resume();
      await reader.until(ward.shows('bob', 129));
      expect(reader.of('patient').length).toBeLessThanOrEqual((2 * (Date.now() - begun)) / 1000 + 2);
      reader.close();
    }, 30_000);

    it('refuses a Last-Event-ID that the stream never gave, or too long ago', async () => {
      const reader = await ward.read();
      await ward.send('bob', { 'heart-rate': 74 });
      await reader.until(ward.shows('bob', 74));
      const mine = reader.lastId ?? '';
      reader.close();
      const foreign = async (): Promise<unknown> =>
        EventReader.open(`${ward.api.server.url}/v1/stream`, ward.south, mine);
      await expect(foreign()).rejects.toThrow('410 cursor-unknown');
      for (const bad of ['x', '1', '-1', '9'.repeat(40), mine.replace(/^\d/, (n) => String((Number(n) + 1) % 10))])
        await expect(EventReader.open(`${ward.api.server.url}/v1/stream`, ward.api.token, bad)).rejects.toThrow(
          '410 cursor-unknown',
        );
    }, 30_000);

    it('ends with the client that opened it', async () => {
      await ward.api.addClient('north', `passing-${ward.run}`);
      const reader = await ward.read(ward.api, undefined, await ward.api.tokenOf(`passing-${ward.run}`));
      await ward.api.platform.pool.query('UPDATE clients SET disabled_at = now() WHERE id = $1', [
        `passing-${ward.run}`,
      ]);
      await until(() => reader.ended);
    }, 30_000);
  });
});
