import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ofSuite } from '#libs/testing';
import { propertyRuns } from '#libs/testing/properties';
import { heartRate, nextPage, type Reply, TestFhirGateway, tokenOf } from '../../../../test/support/fhir-gateway.js';
import { storeMeasured } from '../../../../test/support/forecasts/measured-values.js';

const T0 = Date.UTC(2026, 10, 29, 6);
const MINUTE = 60_000;

const gateway = ofSuite(() => TestFhirGateway.open(4));
let tenants = 2;

/** A heart rate or glucose of one of three people, stored as a resource or sent by a watch, many of them at one moment. */
const value = fc.record({
  patient: fc.constantFrom('p0', 'p1', 'p2'),
  isStored: fc.boolean(),
  code: fc.constantFrom(1, 9),
  minute: fc.nat(6),
});
type Value = typeof value extends fc.Arbitrary<infer V> ? V : never;

const search = fc.record({
  patient: fc.constantFrom(undefined, 'p1', 'p0,p2'),
  code: fc.constantFrom(undefined, '8867-4'),
  from: fc.option(fc.nat(6), { nil: undefined }),
  descending: fc.boolean(),
  count: fc.integer({ min: 1, max: 9 }),
});
type Search = typeof search extends fc.Arbitrary<infer S> ? S : never;

interface Seen {
  readonly id: string;
  readonly effectiveDateTime: string;
}

/** A tenant of its own with these values. */
async function storedBy(values: readonly Value[]): Promise<Record<string, string>> {
  const tenant = ++tenants;
  await gateway.pool.query('INSERT INTO tenants (key, id) VALUES ($1, $2)', [tenant, `tenant-${tenant}`]);
  const headers = { authorization: `Bearer ${tokenOf(tenant, 'system/*.cruds')}` };
  const people = ['p0', 'p1', 'p2'].map((id) => ({ resourceType: 'Patient', id }));
  const observations = values.flatMap(({ patient, isStored, code, minute }, n) => {
    if (!isStored) return [];
    const glucose = { code: { coding: [{ system: 'http://loinc.org', code: '99504-3' }] }, valueQuantity: undefined };
    const more = { id: `o${n}`, effectiveDateTime: at(minute), ...(code === 9 ? glucose : {}) };
    return [heartRate(`Patient/${patient}`, 70, more) as { resourceType: string; id: string }];
  });
  const entry = [...people, ...observations].map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  const reply = await gateway.send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry }, headers);
  expect(reply.status).toBe(200);
  const sent = values.filter(({ isStored }) => !isStored);
  if (sent.length > 0)
    await storeMeasured(
      gateway.pool,
      sent.map(({ patient, code, minute }) => ({ tenant, patient, code, at: T0 + minute * MINUTE })),
    );
  return headers;
}

function at(minute: number): string {
  return new Date(T0 + minute * MINUTE).toISOString();
}

async function pages(query: string, headers: Record<string, string>): Promise<readonly Seen[]> {
  const all: Seen[] = [];
  let next: string | undefined = query;
  while (next !== undefined) {
    const reply: Reply = await gateway.send('GET', next, undefined, headers);
    expect([next, reply.status]).toEqual([next, 200]);
    const entries = (reply.json.entry ?? []) as { resource: Seen; search: { mode: string } }[];
    all.push(...entries.filter(({ search: { mode } }) => mode === 'match').map(({ resource }) => resource));
    expect(all.length).toBeLessThan(200);
    next = nextPage(reply);
  }
  return all;
}

function queryOf({ patient, code, from, descending, count }: Search): string {
  return [
    `/Observation?_sort=${descending ? '-' : ''}date&_count=${count}`,
    ...(patient === undefined ? [] : [`patient=${patient}`]),
    ...(code === undefined ? [] : [`code=${code}`]),
    ...(from === undefined ? [] : [`date=ge${at(from)}`]),
  ].join('&');
}

function isAsked({ patient, code, minute }: Value, asked: Search): boolean {
  return (
    (asked.patient ?? patient).includes(patient) &&
    (asked.code === undefined || code === 1) &&
    minute >= (asked.from ?? 0)
  );
}

it('Observations by date stand in one order, stored and measured, each once on pages of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 30 }),
      fc.array(search, { minLength: 3, maxLength: 5 }),
      async (values, searches) => {
        const headers = await storedBy(values);
        for (const asked of searches) {
          const found = await pages(queryOf(asked), headers);
          const wanted = values.filter((one) => isAsked(one, asked));
          const times = wanted.map(({ minute }) => at(minute)).sort();
          const order = asked.descending ? times.toReversed() : times;
          expect([asked, found.map(({ effectiveDateTime }) => effectiveDateTime)]).toEqual([asked, order]);
          const ids = found.map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          const stored = values.flatMap((one, n) => (one.isStored && isAsked(one, asked) ? [`o${n}`] : []));
          expect(ids.filter((id) => id.startsWith('o')).sort()).toEqual(stored.sort());
        }
      },
    ),
    propertyRuns(15),
  );
}, 300_000);
