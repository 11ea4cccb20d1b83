import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import { heartRate, patient, post, put, TestFhirGateway, transaction } from '../../../../test/support/fhir-gateway.js';
import { loggedSince, rejections, warnings } from './logged-values.fixture.js';

const gateway = ofSuite(() => TestFhirGateway.open(4));

describe('what is stored and not measured', () => {
  it('is listed with its reason, and its neighbours are measured', async () => {
    await gateway.send('PUT', '/Patient/q', patient({ id: 'q' }));
    const from = (await gateway.records()).length;
    const ecg = {
      ...heartRate('Patient/q', 0, { id: 'ecg' }),
      code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131328' }] },
      valueQuantity: undefined,
      valueSampledData: {
        origin: { value: 0, system: 'http://unitsofmeasure.org', code: 'mV' },
        period: 1e39,
        dimensions: 1,
        data: '1 2',
      },
    };
    const modified = heartRate('Patient/q', 39, {
      id: 'mod',
      modifierExtension: [{ url: 'https://x.example/not', valueBoolean: true }],
    });
    const reply = await gateway.send(
      'POST',
      '',
      transaction(post(heartRate('Patient/q', 66)), put(ecg), put(modified)),
    );
    expect(reply.status).toBe(200);
    expect(await loggedSince(gateway, from)).toEqual([{ patient: 'q', values: [66] }]);
    expect([0, 1, 2].map((index) => warnings(reply, index))).toEqual([
      [],
      [['warning', 'series-invalid', 'Bundle.entry[1].resource.valueSampledData']],
      [['warning', 'modifier-extension', 'Bundle.entry[2].resource.modifierExtension']],
    ]);
    expect(await rejections(gateway, `patient = 'q'`)).toEqual([
      {
        door: 'fhir',
        code: 'series-invalid',
        resource: 'Observation/ecg',
        patient: 'q',
        client: 'test-client',
        index: 1,
      },
      {
        door: 'fhir',
        code: 'modifier-extension',
        resource: 'Observation/mod',
        patient: 'q',
        client: 'test-client',
        index: 2,
      },
    ]);
  });

  it('is no longer listed when it was corrected or deleted, and withdraws what was measured', async () => {
    await gateway.send('PUT', '/Patient/r', patient({ id: 'r' }));
    const impossible = { valueQuantity: { value: 7000, system: 'http://unitsofmeasure.org', code: '/min' } };
    await gateway.send('PUT', '/Observation/r', heartRate('Patient/r', 70, { id: 'r' }));
    const from = (await gateway.records()).length;
    const reply = await gateway.send('PUT', '/Observation/r', heartRate('Patient/r', 0, { id: 'r', ...impossible }));
    expect(reply.json.resourceType).toBe('Observation');
    expect((await gateway.records()).slice(from)).toMatchObject([
      { samples: [{ i: 'Observation/r#heart-rate', w: 1 }] },
    ]);
    expect((await rejections(gateway, `patient = 'r'`)).map(({ code }) => code)).toEqual(['impossible-value']);
    await gateway.send('PUT', '/Observation/r', heartRate('Patient/r', 70, { id: 'r' }));
    expect(await rejections(gateway, `patient = 'r'`)).toEqual([]);
    await gateway.send('PUT', '/Observation/r', heartRate('Patient/r', 0, { id: 'r', ...impossible }));
    await gateway.send('DELETE', '/Observation/r');
    expect(await rejections(gateway, `patient = 'r'`)).toEqual([]);
  });

  it('takes back what an earlier version of the software measured of it', async () => {
    await gateway.send('PUT', '/Patient/s', patient({ id: 's' }));
    const modifierExtension = [{ url: 'https://x.example/not', valueBoolean: true }];
    await gateway.send('PUT', '/Observation/s', heartRate('Patient/s', 39, { id: 's', modifierExtension }));
    const from = (await gateway.records()).length;
    await gateway.send('DELETE', '/Observation/s');
    expect((await gateway.records()).slice(from)).toMatchObject([
      { samples: [{ i: 'Observation/s#heart-rate', w: 1 }] },
    ]);
  });

  it('is refused with nothing listed when the transaction is refused', async () => {
    const before = (await rejections(gateway)).length;
    const bad = heartRate('https://north.example/Patient/1', 61);
    expect((await gateway.send('POST', '', transaction(post(bad), post(heartRate('Patient/nobody', 61))))).status).toBe(
      422,
    );
    expect(await rejections(gateway)).toHaveLength(before);
  });
});
