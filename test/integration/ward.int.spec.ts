import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '#libs/testing';
import { WardApi, type Item } from '../support/ward/ward-api.js';

const REDIS = process.env['REDIS_URL'];
const MINUTE = 60_000;

describe.each([
  ['without Redis', ''],
  ['with Redis', REDIS ?? 'redis://REDIS_URL-is-not-set'],
])('the ward at once, %s', (_, redisUrl) => {
  let ward: WardApi;
  beforeAll(async () => {
    ward = await WardApi.open(redisUrl);
  }, 90_000);
  afterAll(() => ward?.close(), 30_000);

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
