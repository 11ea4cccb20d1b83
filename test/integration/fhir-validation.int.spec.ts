import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FhirGatewayModule } from '../../apps/fhir-gateway/src/fhir-gateway.module.js';
import { TwinApiModule } from '../../apps/twin-api/src/twin-api.module.js';
import { RunningApi, type ApiAnswer } from '../support/running-api.js';

interface Issue {
  readonly severity: string;
  readonly code: string;
  readonly diagnostics: string;
  readonly expression?: readonly string[];
}
interface Shown extends Record<string, unknown> {
  readonly resourceType?: string;
  readonly issue?: readonly Issue[];
  readonly entry?: readonly { readonly response: { readonly status: string; readonly outcome?: { issue: Issue[] } } }[];
}

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  valueQuantity: { value: 1 },
};
/** Sound in structure; breaks obs-6 and a required binding. */
const broken = { ...observation, status: 'done', dataAbsentReason: { text: 'x' } };
const bodyWeight = {
  ...observation,
  meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bodyweight'] },
  subject: { reference: 'Patient/p' },
};

let api: RunningApi;
const call = (method: string, path: string, body?: unknown, headers = {}): Promise<ApiAnswer<Shown>> =>
  api.call<Shown>(method, path, body, { headers });
const fhir = (method: string, path: string, body?: unknown, headers = {}): Promise<ApiAnswer<Shown>> =>
  call(method, `/fhir/r4${path}`, body, headers);
const said = ({ body }: ApiAnswer<Shown>): readonly string[] =>
  (body.issue ?? []).map(({ severity, code, expression }) => [severity, code, ...(expression ?? [])].join(' '));

beforeAll(async () => {
  api = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform), FhirGatewayModule.forRoot(platform)]);
}, 60_000);
afterAll(() => api?.close(), 20_000);

describe('$validate', () => {
  it('answers 200 with all errors and warnings', async () => {
    const reply = await fhir('POST', '/Observation/$validate', broken);
    expect(reply.status).toBe(200);
    expect(said(reply)).toEqual([
      'error code-invalid Observation.status',
      'warning invariant Observation',
      'error invariant Observation.dataAbsentReason',
    ]);
    expect(reply.body.issue?.[2]?.diagnostics).toMatch(/obs-6/);
  });

  it('says that there are no errors', async () => {
    const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' };
    expect(said(await fhir('POST', '/Observation/$validate', { ...observation, text }))).toEqual([
      'information informational',
    ]);
  });

  it('takes Parameters with a resource, a mode and a profile', async () => {
    const profile = { name: 'profile', valueUri: 'http://hl7.org/fhir/StructureDefinition/bodyweight' };
    const parameters = (...more: object[]): object => ({
      resourceType: 'Parameters',
      parameter: [{ name: 'resource', resource: observation }, ...more],
    });
    const weighed = await fhir('POST', '/Observation/$validate', parameters(profile));
    expect(weighed.status).toBe(200);
    expect(said(weighed)).toContain('error required Observation.category');
    const unknown = await fhir(
      'POST',
      '/Observation/$validate',
      parameters({ name: 'profile', valueUri: 'https://x.example/p' }),
    );
    expect(said(unknown)).toContain('error not-found Parameters.parameter[1].valueUri');
    const update = await fhir('POST', '/Observation/$validate', parameters({ name: 'mode', valueCode: 'update' }));
    expect(said(update)).toContain('error required Observation.id');
    for (const [mode, place] of [
      ['destroy', 'Parameters.parameter[1].valueCode'],
      ['profile', 'Parameters.parameter[1].valueCode'],
    ]) {
      const bad = await fhir('POST', '/Observation/$validate', parameters({ name: 'mode', valueCode: mode }));
      expect([bad.status, bad.body.issue?.[0]?.expression]).toEqual([400, [place]]);
    }
  });

  it('looks at what is stored, and at an update of it', async () => {
    await fhir('PUT', '/Patient/p', { resourceType: 'Patient', id: 'p' });
    expect(said(await fhir('GET', '/Patient/p/$validate'))).toEqual([
      'information informational',
      'warning invariant Patient',
    ]);
    expect(said(await fhir('POST', '/Patient/p/$validate', { resourceType: 'Patient', id: 'q' }))).toContain(
      'error invalid Patient.id',
    );
    expect((await fhir('GET', '/Patient/none/$validate')).status).toBe(404);
  });

  it('warns of a profile that is not known', async () => {
    const meta = { profile: ['https://x.example/StructureDefinition/own'] };
    expect(said(await fhir('POST', '/Observation/$validate', { ...observation, meta }))).toContain(
      'warning not-found Observation.meta.profile[0]',
    );
  });

  it('takes bundles of every kind with resources inside', async () => {
    const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'value' }] };
    const bundle = {
      resourceType: 'Bundle',
      type: 'batch-response',
      entry: [{ response: { status: '400', outcome } }],
    };
    expect(said(await fhir('POST', '/Bundle/$validate', bundle))).toEqual([
      'information informational',
      'warning invariant Bundle.entry[0].response.outcome',
    ]);
    const bad = { ...bundle, entry: [{ response: { status: '400', outcome: { ...outcome, issue: [] } } }] };
    expect(said(await fhir('POST', '/Bundle/$validate', bad))).toContain(
      'error structure Bundle.entry[0].response.outcome.issue',
    );
  });

  it.each([['{'], ['[]'], [''], [{ resourceType: 'Patient' }]])('refuses the body %j', async (body) => {
    const answer = await fetch(`${api.server.url}/fhir/r4/Observation/$validate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/fhir+json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    expect(answer.status).toBe(400);
  });
});

describe('the validation mode of a tenant', () => {
  async function set(validationMode: string): Promise<void> {
    expect(await call('PUT', '/v1/settings', { validationMode })).toEqual({ status: 200, body: { validationMode } });
    await sleep(2_100);
  }

  it('is strict by default: a rule that is broken refuses', async () => {
    expect((await call('GET', '/v1/settings')).body).toEqual({ validationMode: 'strict' });
    const reply = await fhir('POST', '/Observation', broken);
    expect([reply.status, said(reply)]).toEqual([
      400,
      ['error code-invalid Observation.status', 'error invariant Observation.dataAbsentReason'],
    ]);
    expect(said(await fhir('POST', '/Observation', bodyWeight))).toContain('error required Observation.category');
  });

  it('lenient stores it with a warning, never what is wrong in structure', async () => {
    await set('lenient');
    const stored = await fhir('POST', '/Observation', broken);
    expect([stored.status, said(stored)]).toEqual([
      201,
      [
        'information informational',
        'warning code-invalid Observation.status',
        'warning invariant Observation.dataAbsentReason',
        'warning processing Observation',
      ],
    ]);
    const asked = await fhir('POST', '/Observation', broken, { prefer: 'return=representation' });
    expect([asked.status, asked.body.resourceType]).toEqual([201, 'Observation']);
    const structure = await fhir('POST', '/Observation', { ...broken, colour: 'red' });
    expect([structure.status, said(structure)]).toEqual([400, ['error structure Observation']]);
    const div = '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>';
    const active = await fhir('POST', '/Observation', { ...observation, text: { status: 'generated', div } });
    expect(active.status).toBe(400);

    const entry = [{ resource: broken, request: { method: 'POST', url: 'Observation' } }];
    const transaction = await fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
    expect(transaction.body.entry?.[0]?.response.status).toBe('201 Created');
    expect(transaction.body.entry?.[0]?.response.outcome?.issue[0]).toMatchObject({
      severity: 'warning',
      expression: ['Bundle.entry[0].resource.status'],
    });
    await set('strict');
    expect((await fhir('POST', '/Observation', broken)).status).toBe(400);
  });

  it('is changed by administrators only, in the audit, with a precise refusal', async () => {
    const reader = await api.tokenOf('ward', 'twins.read');
    expect((await api.call('PUT', '/v1/settings', { validationMode: 'lenient' }, { bearer: reader })).status).toBe(403);
    expect((await call('PUT', '/v1/settings', { validationMode: 'lax' })).status).toBe(400);
    expect((await call('PUT', '/v1/settings', { mode: 'lenient' })).status).toBe(400);
    const { rows } = await api.platform.pool.query<{ actor: string; detail: object }>(
      `SELECT actor, detail FROM audit WHERE act = 'change-settings' ORDER BY at LIMIT 1`,
    );
    expect(rows).toEqual([{ actor: 'ward', detail: { validationMode: 'lenient', before: {} } }]);
  });
});
