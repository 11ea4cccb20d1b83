import { parseArgs } from 'node:util';
import pg from 'pg';
import type { JsonObject } from '#libs/domain/fhir';
import { parseSearch, searchValuesOf } from '#libs/fhir-search';
import { searchset, type SearchAccess } from '#libs/fhir-rest';
import { createPool, FhirStore, migrate } from '#libs/platform/storage';
import { startOwnServices } from '../../test/support/services.js';
import { machine, percentile } from '../machine.js';

/**
 * `npm run bench:search`: searches of the EHR gateway's store with many Observations, from the text of the query to the JSON of the Bundle,
 * one at a time; beside each a floor of the same run, the reading of 50 resources by their key.
 */
const { values: options } = parseArgs({
  options: {
    observations: { type: 'string', default: '1000000' },
    patients: { type: 'string', default: '2000' },
    runs: { type: 'string', default: '200' },
  },
});
const OBSERVATIONS = Number(options.observations);
const PATIENTS = Number(options.patients);
const RUNS = Number(options.runs);
const BATCH = 500;
const YEAR = 365 * 24 * 3600_000;
const FROM = Date.UTC(2020, 0, 1);
const CODES = [
  ['8867-4', 'Heart rate', '/min'],
  ['9279-1', 'Respiratory rate', '/min'],
  ['8310-5', 'Body temperature', 'Cel'],
  ['2708-6', 'Oxygen saturation', '%'],
  ['2339-0', 'Glucose', 'mg/dL'],
] as const;
const ALL: SearchAccess = { found: () => [[]], included: () => [[]] };

/** Lehmer: the same in every run. */
let state = 7;
function random(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

function patient(at: number): object {
  return {
    resourceType: 'Patient',
    id: `p${at}`,
    identifier: [{ system: 'urn:mrn', value: String(at) }],
    name: [{ family: `Family${at}`, given: ['A'] }],
    birthDate: '1970-01-01',
  };
}

function observation(at: number): object {
  const [code, display, unit] = CODES[at % CODES.length] ?? CODES[0];
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category';
  return {
    resourceType: 'Observation',
    id: `o${at}`,
    status: 'final',
    category: [{ coding: [{ system: category, code: 'vital-signs' }] }],
    code: { coding: [{ system: 'http://loinc.org', code, display }], text: display },
    subject: { reference: `Patient/p${Math.floor(random() * PATIENTS)}` },
    effectiveDateTime: new Date(FROM + Math.floor(random() * 6 * YEAR)).toISOString(),
    valueQuantity: { value: Math.round(random() * 2000) / 10, unit, system: 'http://unitsofmeasure.org', code: unit },
  };
}

async function fill(store: FhirStore, count: number, make: (at: number) => object): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const changes = Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => {
      const resource = make(from + at) as JsonObject & { readonly resourceType: string; readonly id: string };
      const { resourceType: type, id } = resource;
      const content = JSON.stringify(resource);
      const search = searchValuesOf(resource);
      return { type, id, version: 1, deleted: false, content, lastUpdated: Date.now(), patient: null, search };
    });
    await store.transact(async (transaction) => {
      await transaction.write(1, changes);
      return { kind: 'commit', value: undefined };
    });
  }
}

const SEARCHES: Readonly<Record<string, () => string>> = {
  patient_code_date_newest_first: () =>
    `Observation?patient=p${Math.floor(random() * PATIENTS)}&code=http://loinc.org|8867-4&date=ge2023-01-01&_sort=-date&_count=50`,
  patient_newest_first: () => `Observation?patient=p${Math.floor(random() * PATIENTS)}&_sort=-date&_count=50`,
  code_newest_first: () => 'Observation?code=8867-4&_sort=-date&_count=50',
  chain_identifier: () => `Observation?patient.identifier=urn:mrn|${Math.floor(random() * PATIENTS)}&_count=50`,
  value_of_a_patient: () =>
    `Observation?patient=p${Math.floor(random() * PATIENTS)}&code-value-quantity=8867-4$gt150&_count=50`,
  identifier: () => `Patient?identifier=urn:mrn|${Math.floor(random() * PATIENTS)}`,
};

async function search(store: FhirStore, text: string): Promise<number> {
  const [type = '', query = ''] = text.split('?');
  const parameters = [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
  const options = {
    handling: 'strict',
    maxCount: 1000,
    defaultCount: 50,
    ownBases: [],
    defaultTotal: 'estimate',
  } as const;
  const parsed = parseSearch(type, parameters, options);
  if (parsed.kind === 'refused') throw new Error('a search of the bench was refused');
  const page = await store.search(1, [parsed.query], ALL);
  return searchset({ baseUrl: 'http://bench', path: type }, [parsed.query], page).length;
}

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
  }
  console.log(`${name}: p50 ${percentile(times, 0.5).toFixed(1)} ms, p95 ${percentile(times, 0.95).toFixed(1)} ms`);
}

async function main(): Promise<void> {
  console.log(machine());
  const services = await startOwnServices(['postgres']);
  const url = services.postgres.url;
  await migrate(url);
  const pool = createPool(url, { max: 2 });
  try {
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'bench') ON CONFLICT DO NOTHING`);
    const store = new FhirStore(pool);
    const from = performance.now();
    await fill(store, PATIENTS, patient);
    await fill(store, OBSERVATIONS, observation);
    const seconds = (performance.now() - from) / 1000;
    console.log(`stored and indexed: ${Math.round((OBSERVATIONS + PATIENTS) / seconds)} resources/s, one client`);
    await analyze(url);
    await timed('floor: 50 resources by key', () => pool.query(FLOOR, [Math.floor(random() * (OBSERVATIONS - 50))]));
    for (const [name, make] of Object.entries(SEARCHES)) await timed(name, () => search(store, make()));
  } finally {
    await pool.end();
    await services.stop();
  }
}

const FLOOR = `SELECT content FROM fhir_resources WHERE tenant = 1 AND type = 'Observation'
  AND id = ANY (ARRAY(SELECT 'o' || n FROM generate_series($1::int, $1::int + 49) AS n))`;

/** What autovacuum does in its time. */
async function analyze(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('VACUUM ANALYZE fhir_search');
  await client.query('VACUUM ANALYZE fhir_search_values');
  await client.end();
}

await main();
