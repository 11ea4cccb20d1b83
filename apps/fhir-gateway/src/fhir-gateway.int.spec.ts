import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import {
  batch,
  TestFhirGateway,
  heartRate,
  patient,
  post,
  put,
  tokenOf,
  transaction,
} from '../../../test/support/fhir-gateway.js';

const gateway = ofSuite(() => TestFhirGateway.open(4));

function issues(reply: { json: { issue: { code: string; expression?: string[] }[] } }): string[] {
  return reply.json.issue.map((issue) => `${issue.code} ${issue.expression?.join() ?? ''}`.trim());
}

describe('single resources', () => {
  it('go through their whole life', async () => {
    const created = await gateway.send(
      'POST',
      '/Patient',
      patient({ identifier: [{ system: 'urn:mrn', value: '7' }] }),
    );
    expect(created.status).toBe(201);
    const { id } = created.json;
    expect(created.json.meta).toEqual({ versionId: '1', lastUpdated: expect.any(String) });
    expect(created.headers.get('location')).toBe(`${gateway.url}/fhir/r4/Patient/${id}/_history/1`);
    expect(created.headers.get('etag')).toBe('W/"1"');
    expect(created.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(Date.parse(created.headers.get('last-modified') ?? '')).toBeGreaterThan(0);

    const updated = await gateway.send('PUT', `/Patient/${id}`, { ...patient({ birthDate: '1971' }), id });
    expect([updated.status, updated.json.meta.versionId]).toEqual([200, '2']);
    const read = await gateway.send('GET', `/Patient/${id}`);
    expect([read.status, read.text, read.headers.get('etag')]).toEqual([200, updated.text, 'W/"2"']);
    expect((await gateway.send('GET', `/Patient/${id}/_history/1`)).text).toBe(created.text);

    const typed = { 'content-type': 'application/fhir+json' };
    expect((await gateway.send('DELETE', `/Patient/${id}`, undefined, typed)).status).toBe(204);
    expect((await gateway.send('DELETE', `/Patient/${id}`)).status).toBe(204);
    const gone = await gateway.send('GET', `/Patient/${id}`);
    expect([gone.status, issues(gone)]).toEqual([410, ['deleted Patient']]);
    const history = await gateway.send('GET', `/Patient/${id}/_history`);
    expect(history.json).toMatchObject({ resourceType: 'Bundle', type: 'history', total: 3 });
    expect(history.json.entry.map((entry: { request: { method: string } }) => entry.request.method)).toEqual([
      'DELETE',
      'PUT',
      'POST',
    ]);
    const again = await gateway.send('PUT', `/Patient/${id}`, { ...patient(), id });
    expect([again.status, again.json.meta.versionId]).toEqual([201, '4']);
  });

  it('take a slash at the end of a path, and know no others', async () => {
    expect((await gateway.send('POST', '/Patient/', patient())).status).toBe(201);
    expect((await gateway.send('POST', '/', { resourceType: 'Bundle', type: 'batch', entry: [] })).status).toBe(200);
    expect((await gateway.send('POST', '/Patient/a/b/c/d', patient())).status).toBe(404);
  });

  it('keep the digits of decimals and unknown order of members', async () => {
    const text =
      '{"resourceType":"Observation","id":"digits","status":"final","code":{"text":"weight"},"valueQuantity":{"value":70.50,"unit":"kg"},"component":[{"code":{"text":"x"},"valueQuantity":{"value":1.0e2}}]}';
    expect((await gateway.send('PUT', '/Observation/digits', text)).status).toBe(201);
    const { text: stored } = await gateway.send('GET', '/Observation/digits');
    expect(stored).toContain('"value":70.50,');
    expect(stored).toContain('"value":1.0e2');
  });

  it('answer what Prefer asks for', async () => {
    const minimal = await gateway.send('POST', '/Patient', patient(), { prefer: 'return=minimal' });
    expect([minimal.status, minimal.text]).toEqual([201, '']);
    expect(minimal.headers.get('location')).toContain('/Patient/');
    const outcome = await gateway.send('POST', '/Patient', patient(), { prefer: 'return=OperationOutcome' });
    expect(outcome.json.resourceType).toBe('OperationOutcome');
  });

  it('refuse an update of another version than the current one', async () => {
    await gateway.send('PUT', '/Patient/matched', { ...patient(), id: 'matched' });
    const stale = await gateway.send(
      'PUT',
      '/Patient/matched',
      { ...patient(), id: 'matched' },
      { 'if-match': 'W/"7"' },
    );
    expect([stale.status, issues(stale)]).toEqual([412, ['conflict Patient']]);
    const fresh = await gateway.send(
      'PUT',
      '/Patient/matched',
      { ...patient(), id: 'matched' },
      { 'if-match': 'W/"1"' },
    );
    expect([fresh.status, fresh.json.meta.versionId]).toEqual([200, '2']);
    const none = await gateway.send('PUT', '/Patient/nobody', { ...patient(), id: 'nobody' }, { 'if-match': 'W/"1"' });
    expect(none.status).toBe(412);
    expect((await gateway.send('DELETE', '/Patient/matched', undefined, { 'if-match': 'W/"1"' })).status).toBe(412);
  });
});

describe('who may', () => {
  const as = (tenant: number, ...scopes: string[]) => ({ authorization: `Bearer ${tokenOf(tenant, ...scopes)}` });

  it('is asked for every type and verb', async () => {
    expect((await gateway.send('POST', '/Patient', patient(), as(1, 'system/Patient.c'))).status).toBe(201);
    expect((await gateway.send('POST', '/Patient', patient(), as(1, 'system/Patient.ruds'))).status).toBe(403);
    expect((await gateway.send('POST', '/Patient', patient(), as(1))).status).toBe(403);
    expect((await gateway.send('POST', '/Patient', patient(), { authorization: '' })).status).toBe(401);
    const mixed = [post(patient()), post(heartRate('Patient/nowhere', 1))];
    const denied = await gateway.send('POST', '', transaction(...mixed), as(1, 'system/Patient.cruds'));
    expect([denied.status, issues(denied)]).toEqual([403, ['forbidden Bundle.entry[1]']]);
    const partly = await gateway.send('POST', '', batch(...mixed), as(1, 'system/Patient.cruds'));
    expect(partly.json.entry.map((one: { response: { status: string } }) => one.response.status)).toEqual([
      '201 Created',
      '403 Forbidden',
    ]);
  });

  it('keeps tenants apart', async () => {
    await gateway.send('PUT', '/Patient/private', { ...patient(), id: 'private' });
    const other = as(2, 'system/*.cruds');
    expect((await gateway.send('GET', '/Patient/private', undefined, other)).status).toBe(404);
    expect((await gateway.send('GET', '/Patient/private/_history', undefined, other)).status).toBe(404);
    const reply = await gateway.send('POST', '/Observation', heartRate('Patient/private', 60), other);
    expect([reply.status, issues(reply)]).toEqual([422, ['not-found Observation.subject.reference']]);
    const own = await gateway.send('PUT', '/Patient/private', { ...patient(), id: 'private' }, other);
    expect([own.status, own.json.meta.versionId]).toEqual([201, '1']);
  });
});

describe('what an observation said', () => {
  it('is taken back when it is deleted or moves to another patient', async () => {
    await gateway.send('POST', '', transaction(put({ ...patient(), id: 'from' }), put({ ...patient(), id: 'to' })));
    const observation = { ...heartRate('Patient/from', 71), id: 'moving' };
    await gateway.send('PUT', '/Observation/moving', observation);
    const before = (await gateway.records()).length;
    await gateway.send('PUT', '/Observation/moving', { ...observation, subject: { reference: 'Patient/to' } });
    await gateway.send('DELETE', '/Observation/moving');
    const told = (await gateway.records())
      .slice(before)
      .map(({ patient: whose, samples }) => [whose, (samples as { w?: number }[]).map((sample) => sample.w ?? 0)]);
    expect(told.slice(0, 2)).toEqual(
      expect.arrayContaining([
        ['from', [1]],
        ['to', [0]],
      ]),
    );
    expect(told.slice(2)).toEqual([['to', [1]]]);
  });
});

describe('whose an observation is', () => {
  it('is found through the device', async () => {
    await gateway.send('PUT', '/Patient/wearer', patient({ id: 'wearer' }));
    await gateway.send('PUT', '/Device/watch', {
      resourceType: 'Device',
      id: 'watch',
      patient: { reference: 'Patient/wearer' },
    });
    const before = (await gateway.records()).length;
    const reply = await gateway.send('POST', '/Observation', heartRate('Device/watch', 64));
    expect(reply.status).toBe(201);
    expect((await gateway.records()).slice(before)).toMatchObject([{ patient: 'wearer', samples: [{ x: 64 }] }]);
  });

  it('is no patient of ours when the reference leads to another server', async () => {
    await gateway.send('PUT', '/Patient/here', patient({ id: 'here' }));
    const before = (await gateway.records()).length;
    const reply = await gateway.send(
      'POST',
      '/Observation',
      heartRate('https://elsewhere.example/fhir/Patient/here', 64),
    );
    expect(reply.status).toBe(201);
    expect((await gateway.records()).slice(before)).toEqual([]);
  });
});

describe('from outside', () => {
  it('counts resources and what could not become a measurement', async () => {
    await gateway.send('PUT', '/Observation/text-only', {
      resourceType: 'Observation',
      id: 'text-only',
      status: 'final',
      code: { text: 'mood' },
      valueString: 'fine',
    });
    const text = await gateway.metrics();
    expect(text).toMatch(/homeostat_fhir_resources_total\{type="Observation",outcome="created"\} [1-9]/);
    expect(text).toMatch(/homeostat_fhir_unmeasured_total\{reason="[a-z-]+"\} [1-9]/);
    expect(text).toMatch(/homeostat_fhir_request_seconds_count\{interaction="bundle"\} [1-9]/);
  });

  it('says in metadata what is there', async () => {
    const { json } = await gateway.send('GET', '/metadata', undefined, { authorization: '' });
    expect(json).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1', kind: 'instance' });
    expect(json.rest[0].resource.map((one: { type: string }) => one.type)).toContain('Observation');
  });
});
