import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batch, patient, TestFhirGateway, type Reply } from '../../../../test/support/fhir-gateway.js';

let gateway: TestFhirGateway;

beforeAll(async () => {
  gateway = await TestFhirGateway.open(4);
  await gateway.send('PUT', '/Patient/a', patient({ id: 'a' }));
}, 60_000);

afterAll(() => gateway.close());

/** What reads, histories and searches have in common: a path that takes parameters. */
const PATHS = [
  'Patient/a',
  'Patient/a/_history/1',
  'Patient/a/_history',
  'Patient/_history',
  '_history',
  'Patient',
  '?_type=Patient',
  'Patient/a/Observation',
];
/** Parameters that all of them have. */
const COMMON = '_format=json&_pretty=false&_elements=id';

function withQuery(path: string, query: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

async function alone(path: string, prefer: string): Promise<Reply> {
  return gateway.send('GET', `/${path}`, undefined, { prefer });
}

/** The answer to the same as the entry of a batch: its status, and the outcome or resource. */
async function inBatch(path: string, prefer: string): Promise<{ readonly status: number; readonly json: unknown }> {
  const { json } = await gateway.send('POST', '', batch({ request: { method: 'GET', url: path } }), { prefer });
  const [{ response, resource }] = json.entry;
  return { status: Number(response.status.slice(0, 3)), json: resource ?? response.outcome };
}

describe.each([
  ['alone', alone],
  ['in a batch', inBatch],
])('a parameter that is not known, %s', (_, ask) => {
  it.each(PATHS)('of %s is refused under handling=strict, by its name', async (path) => {
    const { status, json } = await ask(withQuery(path, `${COMMON}&no-such=1&_cuont=3`), 'handling=strict');
    const text = JSON.stringify(json);
    expect([status, text.includes('no-such: '), text.includes('_cuont: ')]).toEqual([400, true, true]);
    expect(text).not.toMatch(/no-such: no-such/);
    expect((await ask(withQuery(path, COMMON), 'handling=strict')).status).toBe(200);
  });

  it.each(PATHS)('of %s is left out otherwise', async (path) => {
    for (const prefer of ['handling=lenient', 'return=minimal'])
      expect((await ask(withQuery(path, 'no-such=1'), prefer)).status).toBe(200);
  });

  it('is left out of the link of a history to itself', async () => {
    const { json } = await ask('Patient/a/_history?no-such=1&_count=3', 'handling=lenient');
    expect(JSON.stringify((json as { link: unknown }).link)).toMatch(/_history\?_count=3"/);
  });

  it('is no excuse for one that stands twice in a history', async () => {
    expect((await ask('Patient/a/_history?_since=2020&_since=2021', 'handling=lenient')).status).toBe(400);
  });
});

describe('the name of a parameter', () => {
  it.each([
    ['PUT', '/Patient?no-such=1', {}],
    ['POST', '/Patient', { 'if-none-exist': 'no-such=1' }],
    ['DELETE', '/Patient?birthdate=x', {}],
    ['GET', '/Patient?birthdate=x', {}],
  ])('stands once in the refusal of %s %s', async (method, path, headers) => {
    const body = method === 'PUT' || method === 'POST' ? patient() : undefined;
    const { status, json } = await gateway.send(method, path, body, headers);
    const [{ diagnostics }] = json.issue;
    expect([status, diagnostics.match(/no-such|birthdate/g)?.length]).toEqual([400, 1]);
  });
});
