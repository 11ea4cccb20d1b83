import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { createHotState, type HotState } from '#libs/platform/storage';
import { startPipeline, type Pipeline } from '../../apps/twin-engine/src/pipeline.js';
import { patient, post, put, TestFhirGateway, transaction, type Resource } from '../support/fhir-gateway.js';

const MINUTE = 60_000;
const AT = Date.now() - 30 * MINUTE;
const UCUM = 'http://unitsofmeasure.org';
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

let gateway: TestFhirGateway;
let engine: Pipeline;
let hot: HotState;

beforeAll(async () => {
  gateway = await TestFhirGateway.open(8);
  hot = createHotState(undefined);
  const failed = (reason: string): never => {
    throw new Error(reason);
  };
  engine = await startPipeline({
    pool: gateway.pool,
    log: gateway.log,
    hot,
    catalogue: DEFAULT_CATALOGUE,
    onCommitted: () => undefined,
    onProblem: ({ reason }) => failed(reason),
    onFailed: failed,
  });
  for (const id of ['p', 'q', 'r']) await send('PUT', `/Patient/${id}`, patient({ id }));
}, 60_000);

afterAll(async () => {
  await engine.stop();
  await hot.close();
  await gateway.close();
});

const quantity = (value: number, code: string): object => ({ value, system: UCUM, code });

function dose(id: string, subject: string, over: object = {}): Resource {
  return {
    resourceType: 'MedicationAdministration',
    id,
    status: 'completed',
    medicationCodeableConcept: { coding: [{ system: RXNORM, code: '86009' }] },
    subject: { reference: `Patient/${subject}` },
    effectiveDateTime: new Date(AT).toISOString(),
    dosage: { dose: quantity(4.5, 'U') },
    ...over,
  };
}

async function send(method: string, path: string, body?: object): Promise<void> {
  const reply = await gateway.send(method, path, body);
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
}

/** Measurements that count, `code value quality minutes`, once they are as expected. */
async function measured(of: string, expected: readonly string[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { rows } = await gateway.pool.query<{ code: number; value: number; quality: number; t: Date }>(
      `SELECT m.code, m.value, coalesce(j.quality, m.judged_quality, m.quality) AS quality, m.effective_at AS t
       FROM measurements m JOIN twins w ON w.tenant = m.tenant AND w.key = m.twin
       LEFT JOIN LATERAL (
         SELECT quality FROM measurement_judgements j
         WHERE (j.tenant, j.twin, j.code, j.effective_at, j.identity, j.version) = (m.tenant, m.twin, m.code, m.effective_at, m.identity, m.version)
         ORDER BY recorded_at DESC LIMIT 1
       ) j ON true
       WHERE w.patient = $1 AND m.superseded_at IS NULL AND NOT m.retracted ORDER BY m.effective_at, m.code, m.value`,
      [of],
    );
    const found = rows.map((row) => `${row.code} ${row.value} ${row.quality} ${Math.round((+row.t - AT) / MINUTE)}`);
    if (found.join() === expected.join()) return;
    if (Date.now() > deadline) expect(found).toEqual(expected);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function listed(resource: string): Promise<readonly string[]> {
  const { rows } = await gateway.pool.query<{ code: string }>(
    'SELECT code FROM rejections WHERE resource = $1 ORDER BY id',
    [resource],
  );
  return rows.map(({ code }) => code);
}

describe('a MedicationAdministration of insulin', () => {
  it('is measured, corrected by its next version, and taken back when it was entered in error', async () => {
    await send('PUT', '/MedicationAdministration/m1', dose('m1', 'p'));
    await measured('p', ['18 4.5 0 0']);
    await send('PUT', '/MedicationAdministration/m1', dose('m1', 'p', { dosage: { dose: quantity(3, '[IU]') } }));
    await measured('p', ['18 3 0 0']);
    await send('PUT', '/MedicationAdministration/m1', dose('m1', 'p', { status: 'entered-in-error' }));
    await measured('p', []);
    expect(await listed('MedicationAdministration/m1')).toEqual([]);
  });

  it('by the same dose of another resource within two minutes is doubtful, and good again without it', async () => {
    const later = (minutes: number): object => ({ effectiveDateTime: new Date(AT + minutes * MINUTE).toISOString() });
    await send('PUT', '/MedicationAdministration/m2', dose('m2', 'q'));
    await send('PUT', '/MedicationAdministration/m3', dose('m3', 'q', later(1)));
    await send('PUT', '/MedicationAdministration/m4', dose('m4', 'q', later(10)));
    await measured('q', ['18 4.5 0 0', '18 4.5 1 1', '18 4.5 0 10']);
    await send('DELETE', '/MedicationAdministration/m2');
    await measured('q', ['18 4.5 0 1', '18 4.5 0 10']);
  });

  it('finds its Medication in the same bundle, in whatever order, and in the store', async () => {
    const referring = { medicationCodeableConcept: undefined, medicationReference: { reference: 'urn:uuid:1' } };
    const rate = {
      ...referring,
      effectiveDateTime: undefined,
      effectivePeriod: { start: new Date(AT).toISOString(), end: new Date(AT + 20 * MINUTE).toISOString() },
      dosage: { rateQuantity: quantity(0.02, '[IU]/min') },
    };
    const medication = {
      resourceType: 'Medication',
      code: { coding: [{ system: 'http://www.whocc.no/atc', code: 'A10AB05' }] },
    };
    const reply = await gateway.send(
      'POST',
      '',
      transaction(put(dose('m5', 'r', rate)), { ...post(medication), fullUrl: 'urn:uuid:1' }),
    );
    expect(reply.status).toBe(200);
    await measured('r', ['19 1.2 0 0', '19 0 0 20']);
    const [, id] = reply.json.entry[1].response.location.split('/');
    const stored = { ...referring, medicationReference: { reference: `Medication/${id}` } };
    await send('PUT', '/MedicationAdministration/m6', dose('m6', 'r', stored));
    await measured('r', ['18 4.5 0 0', '19 1.2 0 0', '19 0 0 20']);
  });

  it('that is not measured is stored and listed with its reason', async () => {
    const cases: readonly (readonly [string, object, string])[] = [
      ['n1', { status: 'not-done' }, 'not-given'],
      ['n2', { dosage: { dose: quantity(0.045, 'mL') } }, 'unit-unknown'],
      ['n3', { medicationCodeableConcept: { text: 'insulin lispro' } }, 'medication-not-coded'],
      ['n4', { modifierExtension: [{ url: 'urn:x', valueBoolean: true }] }, 'modifier-extension'],
      [
        'n5',
        { medicationCodeableConcept: undefined, medicationReference: { reference: 'https://x.example/Medication/1' } },
        'medication-unresolved',
      ],
      ['n6', { dosage: { dose: quantity(300, 'U') } }, 'impossible-value'],
    ];
    for (const [id, over, reason] of cases) {
      await send('PUT', `/MedicationAdministration/${id}`, dose(id, 'p', over));
      expect([id, await listed(`MedicationAdministration/${id}`)]).toEqual([id, [reason]]);
      expect((await gateway.send('GET', `/MedicationAdministration/${id}`)).status).toBe(200);
    }
  });
});
