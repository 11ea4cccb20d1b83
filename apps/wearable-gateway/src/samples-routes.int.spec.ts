import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RejectionsPage } from '#libs/contracts';
import { freshSource, TestWearableGateway } from '../../../test/support/wearable-gateway.js';
import { type ProblemJson, sample } from './samples.fixture.js';

let gateway: TestWearableGateway;

beforeAll(async () => {
  gateway = await TestWearableGateway.open();
}, 60_000);

afterAll(() => gateway.close());

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
