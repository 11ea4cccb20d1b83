import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RejectionsPage } from '#libs/contracts';
import { LogFullError } from '#libs/platform/messaging';
import { freshSource, TestWearableGateway } from '../../../test/support/wearable-gateway.js';

type ProblemJson = { readonly code: string; readonly detail: string; readonly errors?: readonly unknown[] };

const NDJSON = { 'content-type': 'application/x-ndjson' };
let gateway: TestWearableGateway;
let minute = 0;

beforeAll(async () => {
  gateway = await TestWearableGateway.open();
}, 60_000);
afterAll(() => gateway.close());

/** A good sample at a minute of its own. */
function sample(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  minute += 1;
  const effectiveAt = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
  return { patient: 'p1', code: 'heart-rate', value: 72, unit: '/min', effectiveAt, ...over };
}

describe('POST /v1/samples', () => {
  it('answers 202 with the position of what is now in the log', async () => {
    const source = freshSource();
    const { status, body } = await gateway.json([
      sample({ source }),
      sample({ source, patient: 'Patient/p2' }),
      sample({ source, patient: 'urn:mrn|77' }),
    ]);
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 3, duplicates: 0, rejected: [] });
    expect(body.position).toMatch(/^homeostat\.patient-input\.v1:\d+:\d+(,homeostat\.patient-input\.v1:\d+:\d+)*$/);
    const records = (await gateway.records()).filter((record) => record.source === source);
    expect(
      records
        .map((record) => [record.patient, record.samples.length] as const)
        .toSorted(([a], [b]) => a.localeCompare(b)),
    ).toEqual([
      ['p1', 2],
      ['p2', 1],
    ]);
    for (const record of records)
      expect(record).toMatchObject({ v: 1, kind: 'samples', tenant: expect.any(Number), device: '' });
  });

  it('takes one object, and the client id as source when none is named', async () => {
    expect((await gateway.json(sample())).body.accepted).toBe(1);
    expect(await gateway.logged('full')).toBeGreaterThan(0);
  });

  it('finds the patient by the device', async () => {
    const source = freshSource();
    const { body } = await gateway.json([
      sample({ source, patient: undefined, device: 'd1' }),
      sample({ source, patient: undefined, device: 'urn:mrn|watch-1' }),
    ]);
    expect(body).toMatchObject({ accepted: 2, rejected: [] });
    const [record] = (await gateway.records()).filter((entry) => entry.source === source);
    expect(record).toMatchObject({ patient: 'p1', device: 'd1' });
  });

  it('takes the patient of the query for samples that name none', async () => {
    expect((await gateway.json([sample({ patient: undefined })], {}, '?patient=p3')).body.accepted).toBe(1);
    expect((await gateway.json([sample({ patient: undefined })], {}, '?patient=../x')).status).toBe(400);
  });

  it('drops what was sent twice in one request, and lets corrections through', async () => {
    const twice = sample({ source: freshSource() });
    const { body } = await gateway.json([twice, twice, { ...twice, value: 80 }, twice]);
    expect(body).toMatchObject({ accepted: 3, duplicates: 1 });
  });

  it('takes the same batch twice: the engine finds the duplicates', async () => {
    const batch = [sample(), sample()];
    expect((await gateway.json(batch)).body.accepted).toBe(2);
    expect((await gateway.json(batch)).body.accepted).toBe(2);
  });

  it('finds a patient made a moment ago', async () => {
    const late = sample({ patient: 'newborn' });
    expect((await gateway.json([late])).body.rejected[0]?.code).toBe('unknown-patient');
    await gateway.platform.pool.query(
      `INSERT INTO twins (tenant, patient) SELECT key, 'newborn' FROM tenants WHERE id = 't1'`,
    );
    expect((await gateway.json([late])).body.accepted).toBe(1);
  });

  it('sends samples of a device to the patient who had it then', async () => {
    const source = freshSource();
    await gateway.platform.pool.query(`UPDATE fhir_resources SET version = 2, last_updated = now() WHERE id = 'd1'`);
    await gateway.platform.pool.query(`UPDATE device_patients SET patient = 'p2' WHERE device = 'd1'`);
    const now = new Date(Date.now() + 1_000).toISOString();
    await gateway.json([
      sample({ source, patient: undefined, device: 'd1' }),
      sample({ source, patient: undefined, device: 'd1', effectiveAt: now }),
    ]);
    const patients = (await gateway.records())
      .filter((record) => record.source === source)
      .map((record) => record.patient);
    expect(patients).toEqual(['p1', 'p2']);
  });

  it('splits a long waveform upload into records that a log takes', async () => {
    const source = freshSource();
    const values = Array.from({ length: 5_000 }, (_, k) => Math.sin(k / 50));
    const strips = Array.from({ length: 20 }, () =>
      sample({ source, code: 'ecg', value: undefined, values, periodMs: 4, unit: 'mV', channel: 'II' }),
    );
    expect((await gateway.json(strips)).body.accepted).toBe(20);
    const records = (await gateway.records()).filter((record) => record.source === source);
    expect(records.length).toBeGreaterThan(1);
    for (const record of records) expect(JSON.stringify(record).length).toBeLessThan(900_000);
  });
});

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

describe('NDJSON', () => {
  it('rejects a line of 100 MB without holding it, and takes its neighbours', async () => {
    const source = freshSource();
    const chunk = new TextEncoder().encode('x'.repeat(1024 * 1024));
    let sent = -1;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent === 0)
          controller.enqueue(new TextEncoder().encode(`${JSON.stringify(sample({ source }))}\n{"patient":"`));
        else if (sent <= 100) controller.enqueue(chunk);
        else {
          controller.enqueue(new TextEncoder().encode(`"}\n${JSON.stringify(sample({ source }))}`));
          controller.close();
        }
      },
    });
    global.gc?.();
    const before = process.memoryUsage().rss;
    const { status, body: answer } = await gateway.post(body, NDJSON);
    expect(status).toBe(202);
    expect(answer).toMatchObject({ accepted: 2, rejected: [{ index: 1, code: 'line-too-long' }] });
    expect(await gateway.logged(source)).toBe(2);
    expect((process.memoryUsage().rss - before) / 1024 ** 2).toBeLessThan(90);
  }, 60_000);

  it('makes lines durable while the stream is still open', async () => {
    const source = freshSource();
    let finish = (): void => undefined;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(sample({ source }))}\n`));
        finish = () => controller.close();
      },
    });
    const answer = gateway.post(body, NDJSON);
    await until(async () => (await gateway.logged(source)) === 1);
    finish();
    expect((await answer).body.accepted).toBe(1);
  });

  it('takes 20,000 lines of 200 patients in order', async () => {
    const source = freshSource();
    const lines = Array.from({ length: 20_000 }, (_, k) =>
      JSON.stringify(sample({ source, patient: k % 2 === 0 ? 'p1' : 'p2', value: 60 + (k % 50) })),
    );
    const { body } = await gateway.post(lines.join('\r\n'), NDJSON);
    expect(body).toMatchObject({ accepted: 20_000, rejected: [] });
    const times = (await gateway.records())
      .filter((record) => record.source === source && record.patient === 'p1')
      .flatMap((record) => record.samples.map(({ t }) => t));
    expect(times).toHaveLength(10_000);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }, 30_000);

  it('keeps what a client sent before it went away', async () => {
    const source = freshSource();
    const { port } = new URL(gateway.server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const line = `${JSON.stringify(sample({ source }))}\n`;
    socket.write(
      `POST /v1/samples HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.tokens.full}\r\ncontent-type: application/x-ndjson\r\ncontent-length: 100000\r\n\r\n${line}`,
    );
    await until(async () => (await gateway.logged(source)) === 1);
    socket.destroy();
    await sleep(50);
    expect((await gateway.json([sample()])).status).toBe(202);
  });

  it('ends a connection that its client half-closes in the middle of a body, and goes on', async () => {
    const { port } = new URL(gateway.server.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.end(
      `POST /v1/samples HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.tokens.full}\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n[`,
    );
    await ended;
    expect((await gateway.json([sample()])).body.accepted).toBe(1);
  });
});

describe('a full log', () => {
  it('is 429 with Retry-After, and nothing of the request was taken', async () => {
    const source = freshSource();
    const full = jest.spyOn(gateway.platform.log, 'append').mockRejectedValueOnce(new LogFullError(2));
    const answer = await gateway.json<ProblemJson>([sample({ source })]);
    full.mockRestore();
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([429, 'log-full', '2']);
    expect(await gateway.logged(source)).toBe(0);
  });

  it('holds an NDJSON stream up in the middle, and loses nothing', async () => {
    const source = freshSource();
    let more = (): void => undefined;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(sample({ source }))}\n`));
        more = () => {
          controller.enqueue(new TextEncoder().encode(`${JSON.stringify(sample({ source }))}\n`));
          controller.close();
        };
      },
    });
    const answer = gateway.post(body, NDJSON);
    await until(async () => (await gateway.logged(source)) === 1);
    const full = jest.spyOn(gateway.platform.log, 'append').mockRejectedValueOnce(new LogFullError(0.1));
    more();
    expect(await answer).toMatchObject({ status: 202, body: { accepted: 2 } });
    expect(full.mock.calls.length).toBe(2);
    full.mockRestore();
  });
});

describe('Open mHealth and IEEE 1752.1 data points', () => {
  const header = (name: string, over: object = {}) => ({
    id: freshSource(),
    schema_id: { namespace: 'omh', name, version: '2.0' },
    user_id: 'p1',
    ...over,
  });
  const at = { effective_time_frame: { date_time: '2026-02-01T08:00:00+01:00' } };
  it.each<[string, object, object[]]>([
    [
      'heart-rate',
      { ...at, heart_rate: { value: 61, unit: 'beats/min' } },
      [{ c: 1, x: 61, t: Date.UTC(2026, 1, 1, 7) }],
    ],
    ['rr-interval', { ...at, rr_interval: { value: 800, unit: 'ms' } }, [{ c: 2, s: [800] }]],
    ['oxygen-saturation', { ...at, oxygen_saturation: { value: 97, unit: '%' } }, [{ c: 3, x: 97 }]],
    ['respiratory-rate', { ...at, respiratory_rate: { value: 14, unit: 'breaths/min' } }, [{ c: 4, x: 14 }]],
    [
      'blood-pressure',
      {
        ...at,
        systolic_blood_pressure: { value: 121, unit: 'mmHg' },
        diastolic_blood_pressure: { value: 79, unit: 'mmHg' },
      },
      [
        { c: 5, x: 121, i: expect.stringContaining('#systolic-pressure') },
        { c: 6, x: 79 },
      ],
    ],
    ['body-temperature', { ...at, body_temperature: { value: 98.6, unit: 'F' } }, [{ c: 8, x: 37 }]],
    ['blood-glucose', { ...at, blood_glucose: { value: 5.5, unit: 'mmol/L' } }, [{ c: 9, x: 99.0858 }]],
    [
      'step-count',
      {
        effective_time_frame: {
          time_interval: { end_date_time: '2026-02-01T09:00:00Z', duration: { value: 1, unit: 'h' } },
        },
        step_count: 700,
      },
      [{ c: 10, x: 700, t: Date.UTC(2026, 1, 1, 8) }],
    ],
    [
      'body-weight',
      {
        effective_time_frame: { time_interval: { start_date_time: '2026-02-01T09:00:00Z' } },
        body_weight: { value: 154, unit: 'lb' },
      },
      [{ c: 11 }],
    ],
  ])('%s', async (name, body, wires) => {
    const source = freshSource();
    const answer = await gateway.json([
      { header: header(name, { acquisition_provenance: { source_name: source } }), body },
    ]);
    expect(answer.body).toMatchObject({ accepted: wires.length, rejected: [] });
    const [record] = (await gateway.records()).filter((entry) => entry.source === source);
    expect(record?.samples).toMatchObject(wires);
  });

  it('takes the namespace of IEEE 1752.1 and the patient of the query', async () => {
    const point = {
      header: { uuid: freshSource(), schema_id: { namespace: 'ieee', name: 'heart-rate', version: '1.0' } },
      body: { ...at, heart_rate: { value: 60, unit: 'beats/min' } },
    };
    expect((await gateway.json(point, {}, '?patient=p2')).body.accepted).toBe(1);
    expect((await gateway.json(point)).body.rejected[0]?.code).toBe('patient-missing');
  });
});

describe('who may', () => {
  it.each<[string, string | undefined, number]>([
    ['nobody', undefined, 401],
    ['a forged token', 'eyJhbGciOiJub25lIn0.e30.', 401],
    ['a client without the scope', 'reader', 403],
  ])('%s', async (_, client, status) => {
    const token = client === 'reader' ? gateway.tokens.reader : client;
    const answer = await gateway.json<ProblemJson>([sample()], {
      authorization: token === undefined ? '' : `Bearer ${token}`,
    });
    expect(answer.status).toBe(status);
    expect((await gateway.get('/v1/rejections', token ?? 'x')).status).toBe(status);
  });

  it("never shows or touches another tenant's data", async () => {
    const source = freshSource();
    const authorization = `Bearer ${gateway.tokens.stranger}`;
    expect((await gateway.json([sample({ source })], { authorization })).body.rejected[0]?.code).toBe(
      'unknown-patient',
    );
    expect((await gateway.json([sample({ source, patient: 'p9' })], { authorization })).body.accepted).toBe(1);
    const { body } = await gateway.get<RejectionsPage>('/v1/rejections?limit=1000', gateway.tokens.stranger);
    expect(body.items.map((item) => item.client)).toEqual(['stranger']);
  });
});

describe('the source of FHIR resources', () => {
  it("is nobody else's: a sample cannot pass for a value of a resource", async () => {
    const { body } = await gateway.json([
      sample({ source: 'fhir', id: 'Observation/x#heart-rate' }),
      sample({ source: 'fhirs', id: 'Observation/x#heart-rate' }),
    ]);
    expect([body.accepted, body.rejected.map(({ code, pointer }) => [code, pointer])]).toEqual([
      1,
      [['source-reserved', '/source']],
    ]);
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

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await condition()) return;
    await sleep(25);
  }
  throw new Error('it did not happen within 5 s');
}
