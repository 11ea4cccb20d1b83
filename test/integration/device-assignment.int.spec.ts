import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import { createMetrics } from '#libs/platform/telemetry';
import { readMigrations } from '#libs/platform/storage';
import { Pipeline } from '../../apps/wearable-gateway/src/pipeline.js';
import { SourceOwners } from '../../apps/wearable-gateway/src/senders/source-owners.js';
import { Subjects } from '../../apps/wearable-gateway/src/senders/subjects.js';
import { Tally } from '../../apps/wearable-gateway/src/rejections/tally.js';
import { TestFhirGateway } from '../support/fhir-gateway.js';

const DAY = '2026-03-01';
const at = (time: string): string => `${DAY}T${time}Z`;

const gateway = ofSuite(() => TestFhirGateway.open());
let samples: Pipeline;
let made = 0;

beforeAll(async () => {
  for (const id of ['a', 'b']) await put(`Patient/${id}`, { resourceType: 'Patient', id });
  samples = new Pipeline({
    owners: { subjects: new Subjects(gateway.pool, Date.now), sources: new SourceOwners(gateway.pool, Date.now) },
    log: gateway.log,
    rejections: { write: () => Promise.resolve() },
    metrics: createMetrics(),
    now: Date.now,
  });
}, 60_000);

async function put(path: string, resource: object): Promise<{ meta: { lastUpdated: string } }> {
  const answer = await gateway.send('PUT', `/${path}`, resource);
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.json as { meta: { lastUpdated: string } };
}

/** A device that is on a patient from now on; answers when that began. */
async function assign(id: string, patient?: string): Promise<string> {
  // The moment before is still of the patient before.
  await sleep(5);
  const on = patient === undefined ? {} : { patient: { reference: `Patient/${patient}` } };
  return (await put(`Device/${id}`, { resourceType: 'Device', id, ...on })).meta.lastUpdated;
}

async function used(id: string, device: string, patient: string, more: object): Promise<void> {
  await put(`DeviceUseStatement/${id}`, {
    resourceType: 'DeviceUseStatement',
    id,
    status: 'completed',
    device: { reference: `Device/${device}` },
    subject: { reference: `Patient/${patient}` },
    ...more,
  });
}

/** To whom each gateway gives a value of the device at this time: `samples observation`, a refusal as its code. */
async function ownersOf(device: string, time: string | number, more: object = {}): Promise<string> {
  const id = `value-${(made += 1)}`;
  const effectiveAt = new Date(time).toISOString();
  const tally = new Tally();
  const sample = { device, code: 'heart-rate', value: 72, unit: '/min', effectiveAt, id, ...more };
  const origin = { tenant: 1, client: 'watch', anySource: false, door: 'http', request: 'r' } as const;
  await samples.takeAll([{ kind: 'entry', index: 0, raw: sample }], origin, tally);
  await put(`Observation/${id}`, {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: `Device/${device}` },
    effectiveDateTime: effectiveAt,
    valueQuantity: { value: 72, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  });
  const records = (await gateway.records()) as { patient: string; kind: string; samples: { i?: string }[] }[];
  const owner = (kind: string, of: string): string | undefined =>
    records.find((record) => record.kind === kind && record.samples.some(({ i }) => i?.startsWith(of)))?.patient;
  const refused = tally.answer().rejected[0]?.code;
  return `${refused ?? owner('samples', id)} ${owner('clinical', `Observation/${id}#`) ?? 'nobody'}`;
}

const NOBODY = 'device-without-patient nobody';

describe('a value of a device', () => {
  it('is of the patient who had it then, when it moved from one to another', async () => {
    await assign('moved', 'a');
    const toB = Date.parse(await assign('moved', 'b'));
    const off = Date.parse(await assign('moved'));
    const toA = Date.parse(await assign('moved', 'a'));
    expect(await ownersOf('moved', at('09:00:00'))).toBe('a a');
    expect(await ownersOf('moved', toB - 1)).toBe('a a');
    expect(await ownersOf('moved', toB)).toBe('b b');
    expect(await ownersOf('moved', off - 1)).toBe('b b');
    expect(await ownersOf('moved', off)).toBe(NOBODY);
    expect(await ownersOf('moved', toA - 1)).toBe(NOBODY);
    expect(await ownersOf('moved', toA)).toBe('a a');
  });

  it('stays with its patient when something else of the Device changes', async () => {
    await assign('renamed', 'a');
    const renamed = { resourceType: 'Device', id: 'renamed', patient: { reference: 'Patient/a' }, lotNumber: '2' };
    const since = Date.parse((await put('Device/renamed', renamed)).meta.lastUpdated);
    expect(await ownersOf('renamed', since)).toBe('a a');
    await gateway.send('DELETE', '/Device/renamed');
    const { rows } = await gateway.pool.query(
      `SELECT origin, until_at IS NOT NULL AS over FROM device_assignments WHERE device = 'renamed'`,
    );
    expect(rows).toEqual([{ origin: 'Device/1', over: true }]);
  });

  it('is of nobody while nobody has had it', async () => {
    await assign('new');
    expect(await ownersOf('new', at('09:00:00'))).toBe(NOBODY);
    await assign('new', 'b');
    expect(await ownersOf('new', at('09:00:00'))).toBe('b b');
  });

  it('follows DeviceUseStatements, their corrections and their withdrawal', async () => {
    await assign('lent', 'a');
    await used('u1', 'lent', 'b', { timingPeriod: { start: at('10:00:00'), end: at('11:00:00') } });
    expect(await ownersOf('lent', at('10:30:00'))).toBe('b b');
    expect(await ownersOf('lent', at('12:00:00'))).toBe(NOBODY);
    expect(await ownersOf('lent', Date.now())).toBe('a a');
    await used('u1', 'lent', 'a', { timingPeriod: { start: at('10:00:00'), end: at('11:00:00') } });
    expect(await ownersOf('lent', at('10:31:00'))).toBe('a a');
    await used('u2', 'lent', 'b', { timingPeriod: { start: at('10:30:00'), end: at('10:45:00') } });
    expect(await ownersOf('lent', at('10:32:00'))).toBe(NOBODY);
    await used('u1', 'lent', 'a', { status: 'entered-in-error' });
    expect(await ownersOf('lent', at('10:33:00'))).toBe('b b');
    await gateway.send('DELETE', '/DeviceUseStatement/u2');
    expect(await ownersOf('lent', at('10:34:00'))).toBe('a a');
  });

  it('is refused when it is a series that reaches over a change', async () => {
    await assign('strip', 'a');
    await used('s1', 'strip', 'a', { timingPeriod: { start: at('10:00:00'), end: at('11:00:00') } });
    await used('s2', 'strip', 'b', { timingPeriod: { start: at('11:00:00'), end: at('12:00:00') } });
    const ecg = {
      code: 'ecg',
      unit: 'mV',
      value: undefined,
      values: Array.from({ length: 11 }, () => 0.1),
      periodMs: 100,
    };
    const rr = { code: 'rr-interval', unit: 'ms', value: undefined, values: [800, 800, 800] };
    for (const series of [ecg, rr]) {
      expect(await ownersOf('strip', at('10:59:50'), series)).toMatch(/^a /);
      expect(await ownersOf('strip', at('10:59:59'), series)).toMatch(/^device-without-patient /);
      expect(await ownersOf('strip', at('11:00:00'), series)).toMatch(/^b /);
    }
    // Values that stand alone go each to its patient.
    const each = { values: [70, 71, 72], value: undefined, periodMs: 60_000 };
    await ownersOf('strip', at('10:59:00'), each);
    const records = (await gateway.records()) as { patient: string; samples: { i?: string }[] }[];
    const owners = records.flatMap(({ patient, samples: all }) =>
      all.filter(({ i }) => i?.startsWith(`value-${made}#`)).map(({ i }) => `${i?.at(-1)}${patient}`),
    );
    expect(owners.sort()).toEqual(['0a', '1b', '2b']);
  });

  it('asks once for the devices of a batch', async () => {
    for (const id of ['m1', 'm2', 'm3']) await assign(id, 'a');
    let queries = 0;
    const query = gateway.pool.query.bind(gateway.pool);
    const counting = Object.assign(Object.create(gateway.pool) as typeof gateway.pool, {
      query: (...args: Parameters<typeof query>) => ((queries += 1), query(...args)),
    });
    const subjects = new Subjects(counting, Date.now);
    const references = ['m1', 'm2', 'm3'].map((id) => ({ kind: 'id' as const, id }));
    expect((await subjects.resolve(1, [], references)).devices.size).toBe(3);
    expect(queries).toBe(1);
  });
});

it('takes over what was known before such times were kept', async () => {
  const [migration] = (await readMigrations()).filter(({ name }) => name.endsWith('_device_assignments'));
  await gateway.pool.query(`DROP TABLE device_assignments; DROP FUNCTION note_device_assignment CASCADE;
    DELETE FROM device_patients; DELETE FROM fhir_resources WHERE type = 'DeviceUseStatement';
    INSERT INTO device_patients VALUES (1, 'old', 'a')`);
  const old = (id: string, content: object): Promise<unknown> =>
    gateway.pool.query(
      `INSERT INTO fhir_resources (tenant, type, id, version, content, last_updated) VALUES (1, 'DeviceUseStatement', $1, 1, $2, now())`,
      [id, JSON.stringify({ device: { reference: 'Device/old' }, subject: { reference: 'Patient/b' }, ...content })],
    );
  await old('past', { status: 'completed', timingPeriod: { start: at('10:00:00'), end: at('11:00:00') } });
  await old('error', { status: 'entered-in-error', timingPeriod: { start: at('12:00:00'), end: at('13:00:00') } });
  await old('unreadable', { status: 'completed', timingPeriod: { start: '2026-99-01', end: at('13:00:00') } });
  await old('odd', {
    status: 'completed',
    note: '\u0000',
    timingPeriod: { start: at('12:00:00'), end: at('13:00:00') },
  });
  await gateway.pool.query(migration!.sql);
  await gateway.pool.query(
    `INSERT INTO fhir_resources (tenant, type, id, version, content, last_updated) VALUES (1, 'Device', 'old', 1, '{}', now())`,
  );
  expect(await ownersOf('old', at('09:00:00'))).toBe('a a');
  expect(await ownersOf('old', at('10:30:00'))).toBe('b b');
  expect(await ownersOf('old', at('12:30:00'))).toBe('a a');
  const toB = Date.parse(await assign('old', 'b'));
  expect(await ownersOf('old', toB - 1)).toBe('a a');
  expect(await ownersOf('old', toB)).toBe('b b');
});
