import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import {
  batch,
  heartRate,
  patchParameters,
  patient,
  post,
  put,
  type Reply,
  TestFhirGateway,
  tokenOf,
  transaction,
} from '../../../../test/support/fhir-gateway.js';

const gateway = ofSuite(() => TestFhirGateway.open(8));

const JSON_PATCH = { 'content-type': 'application/json-patch+json' };

function patch(path: string, operations: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  return gateway.send('PATCH', path, operations, { ...JSON_PATCH, ...headers });
}

function issue(reply: Reply): unknown[] {
  return [reply.status, reply.json.issue[0].code, reply.json.issue[0].expression?.[0]];
}

describe('PATCH', () => {
  it('changes what it names and keeps all else, digits and extensions too', async () => {
    await gateway.send('PUT', '/Patient/digits', patient({ id: 'digits' }));
    const text =
      '{"resourceType":"Observation","id":"o","status":"final","_status":{"extension":[{"url":"http://x.example/e","valueDecimal":1.00}]},"code":{"text":"w"},"subject":{"reference":"Patient/digits"},"valueQuantity":{"value":70.50,"unit":"kg"},"extension":[{"url":"http://x.example/f","valueString":"kept"}]}';
    expect((await gateway.send('PUT', '/Observation/o', text)).status).toBe(201);
    const reply = await patch(
      '/Observation/o',
      '[{"op":"add","path":"/note","value":[{"text":"n"}]},{"op":"replace","path":"/valueQuantity/unit","value":"g"}]',
    );
    expect([reply.status, reply.headers.get('etag'), reply.json.meta.versionId]).toEqual([200, 'W/"2"', '2']);
    expect(reply.headers.get('last-modified')).not.toBeNull();
    for (const kept of ['"value":70.50,"unit":"g"', '"valueDecimal":1.00', '"valueString":"kept"']) {
      expect(reply.text).toContain(kept);
    }
    const fhir = await gateway.send(
      'PATCH',
      '/Observation/o',
      patchParameters({
        type: { valueCode: 'replace' },
        path: { valueString: 'Observation.value.value' },
        value: { valueDecimal: 3 },
      }),
    );
    expect([fhir.status, fhir.json.valueQuantity]).toEqual([200, { value: 3, unit: 'g' }]);
    expect((await gateway.send('GET', '/Observation/o')).text).toBe(fhir.text);
  });

  it('moves the twin as an update does', async () => {
    await gateway.send('PUT', '/Patient/twin', patient({ id: 'twin' }));
    await gateway.send('PUT', '/Patient/other', patient({ id: 'other' }));
    await gateway.send('PUT', '/Observation/told', { ...heartRate('Patient/twin', 61), id: 'told' });
    const before = (await gateway.records()).length;
    await patch('/Observation/told', [{ op: 'replace', path: '/valueQuantity/value', value: 66 }]);
    await patch('/Observation/told', [
      { op: 'replace', path: '/subject/reference', value: `${gateway.url}/fhir/r4/Patient/other` },
    ]);
    expect((await gateway.send('GET', '/Observation/told')).json.subject.reference).toBe('Patient/other');
    const told = (await gateway.records())
      .slice(before)
      .map(({ patient: whose, samples }) => [whose, (samples as { x?: number }[])[0]?.x]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['twin', 66],
        ['other', 66],
      ]),
    );
    const nowhere = await patch('/Observation/told', [
      { op: 'replace', path: '/subject/reference', value: 'Patient/nowhere' },
    ]);
    expect(issue(nowhere)).toEqual([422, 'not-found', 'Observation.subject.reference']);
  });

  it('is refused with its reason and changes nothing', async () => {
    await gateway.send('PUT', '/Patient/p', patient({ id: 'p', active: true }));
    const stored = (await gateway.send('GET', '/Patient/p')).text;
    const cases: readonly [unknown, Readonly<Record<string, string>>, unknown[]][] = [
      [
        [
          { op: 'test', path: '/active', value: false },
          { op: 'remove', path: '/birthDate' },
        ],
        {},
        [422, 'conflict', 'Patient.active'],
      ],
      [
        [
          { op: 'remove', path: '/birthDate' },
          { op: 'test', path: '/active', value: false },
        ],
        {},
        [422, 'conflict', 'Patient.active'],
      ],
      [[{ op: 'remove', path: '/name' }], {}, [422, 'not-found', 'Patient.name']],
      [[{ op: 'replace', path: '/birthDate', value: '2026-02-30' }], {}, [422, 'value', 'Patient.birthDate']],
      [[{ op: 'add', path: '/shoeSize', value: 42 }], {}, [422, 'structure', 'Patient']],
      [[{ op: 'replace', path: '/id', value: 'q' }], {}, [422, 'business-rule', 'Patient.id']],
      [[{ op: 'replace', path: '/resourceType', value: 'Basic' }], {}, [422, 'business-rule', 'Patient.resourceType']],
      [[{ op: 'spam', path: '/id' }], {}, [400, 'structure', undefined]],
      ['{', {}, [400, 'structure', undefined]],
      [patchParameters(), {}, [400, 'structure', undefined]],
      [
        [{ op: 'remove', path: '/birthDate' }],
        { 'content-type': 'application/fhir+json' },
        [400, 'structure', undefined],
      ],
      [
        [{ op: 'remove', path: '/birthDate' }],
        { 'content-type': 'application/xml-patch+xml' },
        [415, 'not-supported', undefined],
      ],
      [[{ op: 'remove', path: '/birthDate' }], { 'if-match': 'W/"7"' }, [412, 'conflict', 'Patient']],
      [
        patchParameters({ type: { valueCode: 'delete' }, path: { valueString: 'Patient.' } }),
        { 'content-type': 'application/fhir+json' },
        [400, 'invalid', "Parameters.parameter[0].part.where(name = 'path')"],
      ],
    ];
    for (const [body, headers, expected] of cases)
      expect(issue(await patch('/Patient/p', body, headers))).toEqual(expected);
    expect(issue(await patch('/Patient/none', []))).toEqual([404, 'not-found', 'Patient']);
    await gateway.send('PUT', '/Basic/gone', { resourceType: 'Basic', id: 'gone', code: { text: 'x' } });
    await gateway.send('DELETE', '/Basic/gone');
    expect(issue(await patch('/Basic/gone', []))).toEqual([410, 'deleted', 'Basic']);
    const readOnly = { authorization: `Bearer ${tokenOf(1, 'system/Patient.crds')}` };
    expect((await patch('/Patient/p', [], readOnly)).status).toBe(403);
    expect((await gateway.send('GET', '/Patient/p')).text).toBe(stored);
  });

  it('loses none of 64 at once', async () => {
    await gateway.send('PUT', '/Patient/raced', patient({ id: 'raced', name: [{ given: ['first'] }] }));
    const replies = await Promise.all(
      Array.from({ length: 64 }, (_, at) =>
        patch('/Patient/raced', [{ op: 'add', path: '/name/0/given/-', value: `n${at}` }]),
      ),
    );
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]));
    const { json } = await gateway.send('GET', '/Patient/raced');
    expect(json.meta.versionId).toBe('65');
    expect(new Set(json.name[0].given).size).toBe(65);
    const matched = await Promise.all(
      Array.from({ length: 64 }, () => patch('/Patient/raced', [], { 'if-match': 'W/"65"' })),
    );
    const statuses = matched.map((reply) => reply.status);
    expect([200, 412].map((status) => statuses.filter((one) => one === status).length)).toEqual([1, 63]);
  }, 30_000);

  it('is an entry of a bundle, too', async () => {
    await gateway.send('PUT', '/Patient/e1', patient({ id: 'e1' }));
    await gateway.send('PUT', '/Patient/e2', patient({ id: 'e2' }));
    const binary = (operations: unknown): object => ({
      resourceType: 'Binary',
      contentType: 'application/json-patch+json',
      data: Buffer.from(typeof operations === 'string' ? operations : JSON.stringify(operations)).toString('base64'),
    });
    const entry = (id: string, resource: object, more: object = {}): object => ({
      fullUrl: `urn:uuid:0c0a6f3e-0000-4000-8000-00000000000${id.length}`,
      resource,
      request: { method: 'PATCH', url: `Patient/${id}`, ...more },
    });
    const made = 'urn:uuid:0c0a6f3e-0000-4000-8000-0000000000aa';
    const reply = await gateway.send(
      'POST',
      '',
      transaction(
        {
          request: { method: 'PATCH', url: 'Patient/e1' },
          resource: binary([{ op: 'add', path: '/generalPractitioner', value: [{ reference: made }] }]),
        },
        {
          request: { method: 'PATCH', url: 'Patient/e2', ifMatch: 'W/"1"' },
          resource: patchParameters({
            type: { valueCode: 'add' },
            path: { valueString: 'Patient' },
            name: { valueString: 'active' },
            value: { valueBoolean: true },
          }),
        },
        post({ resourceType: 'Practitioner' }, made),
      ),
    );
    expect(
      reply.json.entry.map((one: { response: { status: string; etag: string } }) => [
        one.response.status,
        one.response.etag,
      ]),
    ).toEqual([
      ['200 OK', 'W/"2"'],
      ['200 OK', 'W/"2"'],
      ['201 Created', 'W/"1"'],
    ]);
    const practitioner = reply.json.entry[2].response.location.split('/_history')[0];
    expect((await gateway.send('GET', '/Patient/e1')).json.generalPractitioner).toEqual([{ reference: practitioner }]);
    const before = await gateway.count('fhir_resource_versions');
    const bad: readonly [object, number, string, string][] = [
      [entry('e1', binary([{ op: 'remove', path: '/name' }])), 422, 'not-found', 'Bundle.entry[1].resource'],
      [
        entry('e1', binary([{ op: 'replace', path: '/birthDate', value: 'x' }])),
        422,
        'value',
        'Bundle.entry[1].resource',
      ],
      [entry('e1', binary('{')), 400, 'structure', 'Bundle.entry[1].resource'],
      [entry('e1', { ...binary([]), contentType: 'text/plain' }), 400, 'value', 'Bundle.entry[1].resource'],
      [entry('e1', { ...binary([]), data: '***' }), 400, 'value', 'Bundle.entry[1].resource'],
      [entry('e1', patient()), 400, 'invalid', 'Bundle.entry[1].resource'],
      [
        entry('e1', patchParameters({ type: { valueCode: 'x' }, path: { valueString: 'Patient' } })),
        400,
        'structure',
        "Bundle.entry[1].resource.parameter[0].part.where(name = 'type')",
      ],
      [entry('e1', binary([]), { ifMatch: 'W/"9"' }), 412, 'conflict', 'Bundle.entry[1].resource'],
      [entry('none', binary([])), 404, 'not-found', 'Bundle.entry[1].resource'],
    ];
    for (const [one, status, code, place] of bad) {
      expect(issue(await gateway.send('POST', '', transaction(put(patient({ id: 'e2' })), one)))).toEqual([
        status,
        code,
        place,
      ]);
    }
    expect(await gateway.count('fhir_resource_versions')).toBe(before);
    const each = await gateway.send(
      'POST',
      '',
      batch(
        put(patient({ id: 'e3' })),
        entry('e3', binary([{ op: 'add', path: '/active', value: true }])),
        entry('none', binary([])),
      ),
    );
    expect(each.json.entry.map((one: { response: { status: string } }) => one.response.status.slice(0, 3))).toEqual([
      '201',
      '200',
      '404',
    ]);
  });
});
