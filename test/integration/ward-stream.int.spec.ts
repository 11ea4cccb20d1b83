import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '#libs/testing';
import { EventReader } from '../support/event-reader.js';
import { WardApi } from '../support/ward/ward-api.js';

const REDIS = process.env['REDIS_URL'];

describe.each([
  ['without Redis', ''],
  ['with Redis', REDIS ?? 'redis://REDIS_URL-is-not-set'],
])('the ward as it changes, %s', (_, redisUrl) => {
  let ward: WardApi;
  beforeAll(async () => {
    ward = await WardApi.open(redisUrl);
  }, 90_000);
  afterAll(() => ward?.close(), 30_000);

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
    await ward.api.platform.pool.query('UPDATE clients SET disabled_at = now() WHERE id = $1', [`passing-${ward.run}`]);
    await until(() => reader.ended);
  }, 30_000);
});
