import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import type { RejectionsPage } from '#libs/contracts';
import { freshSource, TestWearableGateway } from '../../../test/support/wearable-gateway.js';
import { NDJSON, type ProblemJson, sample } from './samples.fixture.js';

let gateway: TestWearableGateway;

beforeAll(async () => {
  gateway = await TestWearableGateway.open();
}, 60_000);

afterAll(() => gateway.close());

describe('a bad sample gets its reason and its neighbours go through', () => {
  const future = new Date(Date.now() + 3_600_000).toISOString();
  it.each<[string, Record<string, unknown> | string, string]>([
    [
      'NaN',
      '{"patient":"p1","code":"heart-rate","value":NaN,"unit":"/min","effectiveAt":"2026-01-01T00:00:00Z"}',
      'value-not-finite',
    ],
    [
      '-Infinity',
      '{"patient":"p1","code":"heart-rate","value":-Infinity,"unit":"/min","effectiveAt":"2026-01-01T00:00:00Z"}',
      'value-not-finite',
    ],
    [
      '1e400',
      '{"patient":"p1","code":"heart-rate","value":1e400,"unit":"/min","effectiveAt":"2026-01-01T00:00:00Z"}',
      'value-not-finite',
    ],
    ['broken JSON', '{"patient":p1}', 'malformed-json'],
    ['a string', '"sample"', 'not-a-sample'],
    ['10,000 brackets', '['.repeat(10_000) + ']'.repeat(10_000), 'not-a-sample'],
    ['deep nesting in a field', `{"patient":"p1","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'code-missing'],
    ['NUL in an id', sample({ id: 'a\u0000b' }), 'text-invalid'],
    [
      'a lone surrogate',
      '{"patient":"p1","code":"heart-rate","value":72,"unit":"/min","effectiveAt":"2026-01-01T00:00:00Z","id":"\\ud800"}',
      'text-invalid',
    ],
    ['SQL in a patient', sample({ patient: "p1' OR '1'='1" }), 'reference-invalid'],
    ['SQL in an identifier', sample({ patient: "urn:mrn|77' OR '1'='1" }), 'unknown-patient'],
    ['a path in a device', sample({ patient: undefined, device: '../../p1' }), 'reference-invalid'],
    ['an unknown unit', sample({ unit: 'bpm' }), 'unit-unknown'],
    ['no unit', sample({ unit: undefined }), 'missing-unit'],
    ['an unknown code', sample({ code: '12345-6' }), 'unknown-code'],
    ['mg/dL sent as mmol/L', sample({ code: 'glucose', value: 120, unit: 'mmol/L' }), 'impossible-value'],
    ['a time without offset', sample({ effectiveAt: '2026-01-01T00:00:00' }), 'timestamp-without-offset'],
    ['the future', sample({ effectiveAt: future }), 'timestamp-in-future'],
    ['before birth', sample({ effectiveAt: '1979-06-01T00:00:00Z' }), 'timestamp-before-birth'],
    [
      'before anybody was born',
      sample({ patient: 'p3', effectiveAt: '1899-01-01T00:00:00Z' }),
      'timestamp-before-birth',
    ],
    ['an unknown patient', sample({ patient: 'nobody' }), 'unknown-patient'],
    ["another tenant's patient", sample({ patient: 'p9' }), 'unknown-patient'],
    ["another tenant's device", sample({ patient: undefined, device: 'd9' }), 'unknown-device'],
    ['an unknown device', sample({ device: 'd404' }), 'unknown-device'],
    ['a device on nobody', sample({ patient: undefined, device: 'd2' }), 'device-without-patient'],
    ['an identifier of two patients', sample({ patient: 'urn:mrn|twice' }), 'reference-ambiguous'],
    ['no patient', sample({ patient: undefined }), 'patient-missing'],
    [
      'an unknown schema',
      { header: { id: 'x', schema_id: { namespace: 'omh', name: 'mood', version: '1.0' } }, body: {} },
      'schema-unsupported',
    ],
  ])('%s', async (_, bad, code) => {
    const source = freshSource();
    const text = typeof bad === 'string' ? bad : JSON.stringify(bad);
    const before = await gateway.metric(`homeostat_samples_rejected_total{reason="${code}"`);
    const { status, body } = await gateway.post(
      `[${JSON.stringify(sample({ source }))},${text},${JSON.stringify(sample({ source }))}]`,
    );
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 2, rejected: [{ index: 1, code }] });
    expect(await gateway.logged(source)).toBe(2);
    expect(await gateway.metric(`homeostat_samples_rejected_total{reason="${code}"`)).toBe(before + 1);
    const listed = await gateway.get<RejectionsPage>('/v1/rejections?limit=1');
    expect(listed.body.items[0]).toMatchObject({
      door: 'http',
      client: 'full',
      index: 1,
      code,
      message: body.rejected[0]?.message,
    });
    const lines = await gateway.post(`${JSON.stringify(sample())}\n${text}\n${JSON.stringify(sample())}\n`, NDJSON);
    expect(lines.body).toMatchObject({ accepted: 2, rejected: [{ index: 1, code }] });
  });

  it('keeps the quarantined sample as it was sent', async () => {
    const impossible = sample({ code: 'body-temperature', value: 98.6, unit: 'Cel' });
    await gateway.json([impossible]);
    const { body } = await gateway.get<RejectionsPage>('/v1/rejections?limit=1');
    expect(body.items[0]?.sample).toEqual(impossible);
    expect(body.items[0]?.message).toContain('"[degF]"');
  });
});

describe('a body that cannot be read', () => {
  it.each<[string, string | Uint8Array | undefined, Record<string, string>, number, string]>([
    ['malformed JSON', '[{"patient":', {}, 400, 'malformed-json'],
    ['no JSON at all', 'hello', {}, 400, 'malformed-json'],
    ['a number', '5', {}, 400, 'malformed-json'],
    ['an empty body', '', {}, 400, 'malformed-json'],
    ['no UTF-8', new Uint8Array([0x5b, 0xff, 0xfe, 0x5d]), {}, 400, 'malformed-json'],
    ['unbalanced nesting', '['.repeat(100_000), {}, 400, 'malformed-json'],
    ['NDJSON without one readable line', 'a\nb\n', NDJSON, 400, 'malformed-json'],
    ['XML', '<a/>', { 'content-type': 'application/xml' }, 415, 'media-type-unsupported'],
    ['brotli', '[]', { 'content-encoding': 'br' }, 415, 'content-encoding-unsupported'],
    ['what is not gzip', '[]', { 'content-encoding': 'gzip' }, 400, 'gzip-invalid'],
    ['too long JSON', `[${' '.repeat(16 * 1024 * 1024)}]`, {}, 413, 'body-too-large'],
    [
      'a gzip bomb',
      gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20)),
      { 'content-encoding': 'gzip' },
      413,
      'body-too-large',
    ],
  ])('%s', async (_, body, headers, status, code) => {
    const answer = await gateway.post<ProblemJson>(body, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('an empty array is no error', async () => {
    expect(await gateway.json([])).toMatchObject({
      status: 202,
      body: { accepted: 0, duplicates: 0, rejected: [], position: '' },
    });
  });

  it('takes gzip', async () => {
    const answer = await gateway.post(gzipSync(JSON.stringify([sample()])), { 'content-encoding': 'gzip' });
    expect(answer.body.accepted).toBe(1);
  });
});

describe('GET /v1/rejections', () => {
  it('filters by gateway, patient, code and time, also what was listed before patients were', async () => {
    const from = new Date().toISOString();
    await gateway.json([sample({ patient: 'Patient/p1', value: -1 }), sample({ unit: 'furlong' })]);
    await gateway.platform.pool.query(
      `INSERT INTO rejections (tenant, at, door, request, code, message, sample)
       VALUES (1, now(), 'mqtt', 'r', 'old', 'm', '{"patient":"Patient/p1"}')`,
    );
    await gateway.platform.pool.query(
      `INSERT INTO rejections (tenant, at, door, request, code, message, patient, resource)
       VALUES (1, now(), 'fhir', 'r', 'modifier-extension', 'm', 'p1', 'Observation/1')`,
    );
    const codes = async (query: string): Promise<string[]> => {
      const { body } = await gateway.get<RejectionsPage>(`/v1/rejections?from=${from}&${query}`);
      return body.items.map(({ code }) => code).sort();
    };
    expect(await codes('code=unit-unknown')).toEqual(['unit-unknown']);
    expect(await codes('door=mqtt')).toEqual(['old']);
    expect(await codes('door=fhir')).toEqual(['modifier-extension']);
    expect(await codes('door=http&patient=p1')).toContain('impossible-value');
    expect(await codes('patient=Patient/p1')).toContain('old');
    expect(await codes('patient=nobody')).toEqual([]);
    expect(await codes('resource=Observation/1&patient=p1')).toEqual(['modifier-extension']);
    expect(await codes('resource=Observation/2')).toEqual([]);
    const ahead = new Date(Date.now() + 60_000).toISOString();
    expect((await gateway.get<RejectionsPage>(`/v1/rejections?from=${ahead}`)).body.items).toEqual([]);
  });

  it.each(['door=pigeon', 'patient=a/b', 'resource=x', 'from=yesterday', 'colour=red'])('refuses %s', async (query) => {
    expect((await gateway.get(`/v1/rejections?${query}`)).status).toBe(400);
  });

  it('pages from the newest on without gaps', async () => {
    await gateway.json(Array.from({ length: 25 }, () => sample({ value: -1 })));
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 3; page++) {
      const { body } = await gateway.get<RejectionsPage>(`/v1/rejections?limit=10${cursor}`);
      seen.push(...body.items.map((item) => item.id));
      cursor = `&cursor=${body.next}`;
    }
    expect(new Set(seen).size).toBe(30);
    expect(seen).toEqual(seen.toSorted((a, b) => Number(b) - Number(a)));
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'cursor=x', "cursor=1'", 'cursor=99999999999999999999'])(
    'refuses %s',
    async (query) => {
      expect((await gateway.get(`/v1/rejections?${query}`)).status).toBe(400);
    },
  );
});
