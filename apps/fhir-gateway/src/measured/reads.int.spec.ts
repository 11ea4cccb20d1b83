import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import { batch, TestFhirGateway, tokenOf } from '../../../../test/support/fhir-gateway.js';
import { storeMeasured, twinDigits } from '../../../../test/support/forecasts/measured-values.js';

const gateway = ofSuite(() => TestFhirGateway.open(4));

const AT = Date.UTC(2026, 10, 29, 6);
const LATER = Date.UTC(2026, 10, 29, 7);

async function idOf(identity: string, parts: { sourced?: boolean; code?: number; at?: number } = {}): Promise<string> {
  const twin = await twinDigits(gateway.pool, 'p1');
  const hex = identity.replaceAll('-', '');
  if (parts.sourced === true) return `ms-${twin}-${hex}`;
  return `md-${twin}-${(parts.code ?? 1).toString(36)}-${(parts.at ?? AT).toString(36)}-${hex}`;
}

describe('a measurement of a wearable sender', () => {
  it('is read as an Observation, with a version, by itself and in a bundle', async () => {
    const [identity] = await storeMeasured(gateway.pool, [{ at: AT }]);
    const id = await idOf(identity!);
    const read = await gateway.send('GET', `/Observation/${id}`);
    expect([read.status, read.headers.get('etag')]).toEqual([200, 'W/"1"']);
    expect(read.json).toMatchObject({
      id,
      status: 'final',
      subject: { reference: 'Patient/p1' },
      valueQuantity: { value: 61 },
    });
    expect((await gateway.send('GET', `/Observation/${id}/_history/1`)).text).toBe(read.text);
    expect((await gateway.send('GET', `/Observation/${id}/_history/2`)).status).toBe(404);
    const { json } = await gateway.send('POST', '', batch({ request: { method: 'GET', url: `Observation/${id}` } }));
    expect(json.entry[0].resource).toEqual(read.json);
  });

  it('has all of its versions in the history, also when its time was corrected', async () => {
    const sourced = { sourced: true, identity: 'a3b1c2d4-1111-4222-8333-0000000000aa' };
    await storeMeasured(gateway.pool, [
      { ...sourced, at: AT, version: 1, superseded: true, recordedAt: AT },
      { ...sourced, at: LATER, version: 2, superseded: true, value: 62, recordedAt: LATER },
      { ...sourced, at: LATER, version: 3, value: 62, retracted: true, recordedAt: LATER + 1000 },
    ]);
    const path = `/Observation/${await idOf(sourced.identity, sourced)}`;
    const { json } = await gateway.send('GET', `${path}/_history`);
    expect(json.total).toBe(3);
    const versions = json.entry.map(({ resource }: { resource: Record<string, unknown> }) => resource);
    expect(versions.map(({ status }: { status: string }) => status)).toEqual([
      'entered-in-error',
      'corrected',
      'final',
    ]);
    expect((await gateway.send('GET', path)).json).toEqual(versions[0]);
    expect((await gateway.send('GET', `${path}/_history/1`)).json).toEqual(versions[2]);
    const since = await gateway.send('GET', `${path}/_history?_since=${new Date(LATER).toISOString()}&_count=1`);
    expect([since.json.total, since.json.entry.length]).toEqual([2, 1]);
  });

  it('is of its tenant, needs the scope, and cannot be written', async () => {
    const [identity] = await storeMeasured(gateway.pool, [{ at: AT }]);
    const path = `/Observation/${await idOf(identity!)}`;
    const as = (token: string) => gateway.send('GET', path, undefined, { authorization: `Bearer ${token}` });
    expect((await as(tokenOf(2, 'system/*.cruds'))).status).toBe(404);
    expect((await as(tokenOf(1, 'system/Patient.r'))).status).toBe(403);
    const { json } = await gateway.send('GET', path);
    const { meta: _, ...unmarked } = json;
    expect((await gateway.send('PUT', path, unmarked)).status).toBe(403);
    expect((await gateway.send('DELETE', path)).status).toBe(403);
    const patch = [{ op: 'replace', path: '/status', value: 'amended' }];
    const headers = { 'content-type': 'application/json-patch+json' };
    expect((await gateway.send('PATCH', path, patch, headers)).status).toBe(403);
  });

  it('is not what came as FHIR, nor what was never measured', async () => {
    const [identity] = await storeMeasured(gateway.pool, [{ at: AT, source: 'fhir', sourced: true }]);
    expect((await gateway.send('GET', `/Observation/${await idOf(identity!, { sourced: true })}`)).status).toBe(404);
    expect((await gateway.send('GET', `/Observation/${await idOf(identity!, { at: LATER })}`)).status).toBe(404);
    expect((await gateway.send('GET', `/Observation/${await idOf(identity!)}/_history`)).status).toBe(404);
  });

  it('shows its newest judgement', async () => {
    const [identity] = await storeMeasured(gateway.pool, [{ at: AT }]);
    await gateway.pool.query(
      `INSERT INTO measurement_judgements (tenant, twin, code, effective_at, identity, version, recorded_at, quality, reasons)
       SELECT tenant, twin, code, effective_at, identity, version, $2, 2, '{motion}' FROM measurements WHERE identity = $1`,
      [identity, new Date(LATER)],
    );
    const { json } = await gateway.send('GET', `/Observation/${await idOf(identity!)}`);
    expect(json).toMatchObject({
      meta: { lastUpdated: new Date(LATER).toISOString() },
      dataAbsentReason: { coding: [{ code: 'error' }] },
      note: [{ text: 'quality bad: motion' }],
    });
  });
});
