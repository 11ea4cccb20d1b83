import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import {
  batch,
  heartRate,
  patient,
  post,
  put,
  TestFhirGateway,
  transaction,
} from '../../../../test/support/fhir-gateway.js';
import { loggedSince, rejections, warnings } from './logged-values.fixture.js';

const gateway = ofSuite(() => TestFhirGateway.open(4));

const at = (fullUrl: string, entry: object): object => ({ ...entry, fullUrl });

describe('whose value it is', () => {
  it('is resolved by the base of the entry: two servers have a Patient/1 each', async () => {
    const from = (await gateway.records()).length;
    const of = (base: string, value: number): object[] => [
      at(`${base}/Observation/o`, post(heartRate('Patient/1', value))),
      at(`${base}/Patient/1`, post(patient({ id: '1' }))),
    ];
    const reply = await gateway.send(
      'POST',
      '',
      transaction(...of('https://north.example', 61), ...of('https://south.example', 62)),
    );
    expect(reply.status).toBe(200);
    const [, north, , south] = reply.json.entry.map(
      ({ response }: { response: { location: string } }) => response.location.split('/')[1],
    );
    expect(await loggedSince(gateway, from)).toEqual(
      [
        { patient: north, values: [61] },
        { patient: south, values: [62] },
      ].sort((a, b) => (a.patient < b.patient ? -1 : 1)),
    );
  });

  it('is elsewhere for a relative reference of another server that the bundle does not resolve', async () => {
    await gateway.send('PUT', '/Patient/1', patient({ id: '1' }));
    const from = (await gateway.records()).length;
    const reply = await gateway.send(
      'POST',
      '',
      transaction(at('https://north.example/Observation/o', post(heartRate('Patient/1', 61)))),
    );
    expect(reply.status).toBe(200);
    expect(await loggedSince(gateway, from)).toEqual([]);
    expect(warnings(reply, 0)).toEqual([['warning', 'subject-elsewhere', 'Bundle.entry[0].resource.subject']]);
    const [, id] = reply.json.entry[0].response.location.split('/');
    expect((await gateway.send('GET', `/Observation/${id}`)).json.subject.reference).toBe(
      'https://north.example/Patient/1',
    );
    expect(await rejections(gateway, `resource = 'Observation/${id}'`)).toEqual([
      {
        door: 'fhir',
        code: 'subject-elsewhere',
        resource: `Observation/${id}`,
        patient: null,
        client: 'test-client',
        index: 0,
      },
    ]);
  });

  it.each([
    'Patient/own',
    '<base>/Patient/own',
    '<base>/Patient/own/',
    '<base>/Patient/own/_history/1',
    'Patient/own/_history/1',
  ])('is ours as %s', async (reference) => {
    await gateway.send('PUT', '/Patient/own', patient({ id: 'own' }));
    const from = (await gateway.records()).length;
    const subject = reference.replace('<base>', `${gateway.url}/fhir/r4`);
    expect((await gateway.send('POST', '/Observation', heartRate(subject, 64))).status).toBe(201);
    expect(await loggedSince(gateway, from)).toEqual([{ patient: 'own', values: [64] }]);
  });

  it('is found by an identifier that one Patient has, of any length, also one of the same transaction', async () => {
    const value = 'x'.repeat(4_000);
    const from = (await gateway.records()).length;
    const subject = (system: string): object => ({ subject: { identifier: { system, value } } });
    const first = await gateway.send(
      'POST',
      '',
      transaction(
        post(heartRate('', 71, subject('urn:long'))),
        put(patient({ id: 'long', identifier: [{ system: 'urn:long', value }] })),
      ),
    );
    expect(first.status).toBe(200);
    expect((await gateway.send('POST', '/Observation', heartRate('', 72, subject('urn:long')))).status).toBe(201);
    expect((await gateway.send('POST', '/Observation', heartRate('', 73, subject('urn:other')))).status).toBe(201);
    expect((await loggedSince(gateway, from)).map(({ patient: whose, values }) => [whose, values])).toEqual([
      ['long', [71]],
      ['long', [72]],
    ]);
    await gateway.send('PUT', '/Patient/long2', patient({ id: 'long2', identifier: [{ system: 'urn:long', value }] }));
    const twice = await gateway.send('POST', '/Observation', heartRate('', 74, subject('urn:long')), {
      prefer: 'return=OperationOutcome',
    });
    expect(
      twice.json.issue.map((issue: { details: { coding?: { code: string }[] } }) => issue.details.coding?.[0]?.code),
    ).toEqual([undefined, 'reference-ambiguous']);
    await gateway.send('PUT', '/Patient/long2', patient({ id: 'long2' }));
    const again = (await gateway.records()).length;
    await gateway.send('POST', '/Observation', heartRate('', 75, subject('urn:long')));
    expect(await loggedSince(gateway, again)).toEqual([{ patient: 'long', values: [75] }]);
  });

  it('is found by a long identifier that an earlier version of the software stored as it is', async () => {
    const value = 'y'.repeat(900);
    await gateway.send(
      'PUT',
      '/Patient/before',
      patient({ id: 'before', identifier: [{ system: 'urn:long', value }] }),
    );
    await gateway.pool.query(`UPDATE fhir_identifiers SET system = 'urn:long', value = $1 WHERE id = 'before'`, [
      value,
    ]);
    const from = (await gateway.records()).length;
    const of = { subject: { identifier: { system: 'urn:long', value } } };
    await gateway.send('POST', '/Observation', heartRate('', 76, of));
    await gateway.send('POST', '/Observation', heartRate(`Patient?identifier=urn:long|${value}`, 77));
    expect(await loggedSince(gateway, from)).toEqual([
      { patient: 'before', values: [76] },
      { patient: 'before', values: [77] },
    ]);
    await gateway.send('PUT', '/Patient/before', patient({ id: 'before' }));
    expect((await gateway.pool.query(`SELECT FROM fhir_identifiers WHERE id = 'before'`)).rowCount).toBe(0);
  });

  it('resolves a conditional reference to one Patient, and refuses others', async () => {
    await gateway.send(
      'PUT',
      '/Patient/cond',
      patient({ id: 'cond', identifier: [{ system: 'urn:mrn', value: '77' }] }),
    );
    const from = (await gateway.records()).length;
    const reply = await gateway.send('POST', '', transaction(post(heartRate('Patient?identifier=urn:mrn%7C77', 65))));
    expect(reply.status).toBe(200);
    expect(await loggedSince(gateway, from)).toEqual([{ patient: 'cond', values: [65] }]);
    for (const [query, status] of [
      ['identifier=urn:mrn|78', 412],
      ['identifier=%', 412],
      ['', 422],
    ])
      expect((await gateway.send('POST', '', transaction(post(heartRate(`Patient?${query}`, 65))))).status).toBe(
        status,
      );
  });

  it('does not guess when an id of the sender is also one of ours', async () => {
    await gateway.send('PUT', '/Patient/both', patient({ id: 'both' }));
    const reply = await gateway.send(
      'POST',
      '',
      transaction(post(patient({ id: 'both' })), post(heartRate('Patient/both', 61))),
    );
    expect([reply.status, reply.json.issue[0].expression]).toEqual([
      422,
      ['Bundle.entry[1].resource.subject.reference'],
    ]);
  });
});

describe('a Patient that refers to a later one of its transaction', () => {
  it('is taken, in a circle, too', async () => {
    const link = (other: string): object => ({ link: [{ other: { reference: other }, type: 'seealso' }] });
    const reply = await gateway.send(
      'POST',
      '',
      transaction(put(patient({ id: 'l1', ...link('Patient/l2') })), put(patient({ id: 'l2', ...link('Patient/l1') }))),
    );
    expect(reply.status).toBe(200);
    const gone = await gateway.send(
      'POST',
      '',
      batch(put(patient({ id: 'l3', ...link('Patient/l4') })), put(patient({ id: 'l4' }))),
    );
    expect(
      gone.json.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3)),
    ).toEqual(['422', '201']);
  });
});
