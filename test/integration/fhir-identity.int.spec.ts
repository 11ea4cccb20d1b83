import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { twinKey, TOPICS, type PatientInput } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { createHotState, type HotState } from '#libs/platform/storage';
import { startPipeline, type Pipeline } from '../../apps/twin-engine/src/pipeline.js';
import { TestFhirGateway, patient, tokenOf, type Resource } from '../support/fhir-gateway.js';

const GLUCOSE = 9;
/** A minute ago: what is long over when it comes pages nobody. */
const AT = new Date(Date.now() - 60_000).toISOString();

let gateway: TestFhirGateway;
let engine: Pipeline;
let hot: HotState;

beforeEach(async () => {
  gateway = await TestFhirGateway.open(8);
  await gateway.pool.query(
    `INSERT INTO clients (tenant, id, scopes) VALUES (1, 'ehr', '{}'), (1, 'nurse-app', '{}'), (1, 'gone', '{}'), (2, 'other', '{}')`,
  );
  hot = createHotState(undefined);
  engine = await startPipeline({
    pool: gateway.pool,
    log: gateway.log,
    hot,
    catalogue: DEFAULT_CATALOGUE,
    onCommitted: () => undefined,
    onProblem: ({ reason }) => {
      throw new Error(reason);
    },
    onFailed: (reason) => {
      throw new Error(reason);
    },
  });
}, 60_000);

afterEach(async () => {
  await engine.stop();
  await hot.close();
  await gateway.close();
});

function glucose(id: string, value: number, more: object = {}): Resource {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '2339-0' }] },
    subject: { reference: 'Patient/p' },
    effectiveDateTime: AT,
    valueQuantity: { value, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
    ...more,
  };
}

const as = (client: string) => ({ authorization: `Bearer ${tokenOf(1, 'system/*.cruds', `client=${client}`)}` });

async function send(client: string, method: string, path: string, body?: object): Promise<void> {
  const reply = await gateway.send(method, path, body, as(client));
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
}

/**
 * Stores an Observation and its measurement as the software did before a resource had one identity: the measurement under the name of
 * the client that wrote it.
 */
async function storedBefore(client: string, id: string, value: number, version = 1): Promise<void> {
  const content = JSON.stringify({ ...glucose(id, value), meta: { versionId: String(version), lastUpdated: AT } });
  await gateway.pool.query(
    `INSERT INTO fhir_resources (tenant, type, id, version, patient, content, last_updated)
     VALUES (1, 'Observation', $1, $2, 'p', $3, now())
     ON CONFLICT (tenant, type, id) DO UPDATE SET version = excluded.version, content = excluded.content`,
    [id, version, content],
  );
  const record: PatientInput = {
    v: 1,
    kind: 'samples',
    tenant: 1,
    patient: 'p',
    receivedAt: Date.parse(AT) + 1000 * version,
    source: client,
    device: '',
    samples: [{ c: GLUCOSE, t: Date.parse(AT), x: value, i: `Observation/${id}#glucose` }],
  };
  await gateway.log.append([
    { topic: TOPICS.patientInput, key: twinKey(1, 'patient', 'p'), value: JSON.stringify(record) },
  ]);
}

interface Row {
  readonly identity: string;
  readonly version: number;
  readonly value: number | null;
  readonly retracted: boolean;
  readonly source: string;
}

/** Newest versions, once the log has been applied. */
async function newest(expected: (rows: readonly Row[]) => boolean): Promise<readonly Row[]> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { rows } = await gateway.pool.query<Row>(
      `SELECT m.identity, m.version, m.value, m.retracted, s.source FROM measurements m
       JOIN sources s ON s.tenant = m.tenant AND s.key = m.source WHERE m.superseded_at IS NULL ORDER BY m.value`,
    );
    if (expected(rows)) return rows;
    if (Date.now() > deadline) throw new Error(`not as expected: ${JSON.stringify(rows)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function transitions(): Promise<readonly string[]> {
  const { rows } = await gateway.pool.query<{ told: string }>(
    `SELECT e.rule || ' ' || t.transition AS told FROM alert_transitions t
     JOIN alert_episodes e ON e.tenant = t.tenant AND e.id = t.episode ORDER BY t.stream`,
  );
  return rows.map((row) => row.told);
}

describe('a measurement stored before resources had one identity', () => {
  it('is corrected and withdrawn by another client, and its alert with it', async () => {
    await send('ehr', 'PUT', '/Patient/p', patient({ id: 'p' }));
    await storedBefore('ehr', 'x', 38);
    const [before] = await newest((rows) => rows.length === 1);
    await send('nurse-app', 'PUT', '/Observation/x', glucose('x', 45));
    const corrected = await newest(([row]) => row?.version === 2);
    expect(corrected).toMatchObject([{ identity: before?.identity, value: 45, source: 'fhir' }]);
    await send('nurse-app', 'DELETE', '/Observation/x');
    const withdrawn = await newest(([row]) => row?.version === 3);
    expect(withdrawn).toMatchObject([{ identity: before?.identity, retracted: true }]);
    expect((await transitions()).filter((told) => told.startsWith('glucose-very-low'))).toEqual([
      'glucose-very-low raised',
      'glucose-very-low amended',
      'glucose-very-low retracted',
    ]);
  }, 60_000);

  it('is one again where two clients had written it', async () => {
    await send('ehr', 'PUT', '/Patient/p', patient({ id: 'p' }));
    await storedBefore('ehr', 'x', 38);
    await storedBefore('gone', 'x', 44, 2);
    await newest((rows) => rows.length === 2);
    await send('nurse-app', 'PUT', '/Observation/x', glucose('x', 120));
    const rows = await newest((all) => all.some(({ value }) => value === 120));
    expect(rows.map(({ value, retracted }) => [value, retracted])).toEqual([
      [38, true],
      [120, false],
    ]);
    await send('ehr', 'PUT', '/Observation/x', glucose('x', 130, { status: 'entered-in-error' }));
    await newest((all) => all.length === 2 && all.every(({ retracted }) => retracted));
  }, 60_000);

  it('is no second one when it is sent again unchanged', async () => {
    await send('ehr', 'PUT', '/Patient/p', patient({ id: 'p' }));
    await storedBefore('ehr', 'x', 38);
    await newest((rows) => rows.length === 1);
    await send('nurse-app', 'PUT', '/Observation/x', glucose('x', 38));
    await send('nurse-app', 'PUT', '/Observation/y', glucose('y', 90));
    const rows = await newest((all) => all.length === 2);
    expect(rows.map(({ value, version }) => [value, version])).toEqual([
      [38, 1],
      [90, 1],
    ]);
  }, 60_000);
});

describe('a resource of today', () => {
  it('has one measurement, whoever writes it', async () => {
    await send('ehr', 'PUT', '/Patient/p', patient({ id: 'p' }));
    await send('ehr', 'PUT', '/Observation/x', glucose('x', 38));
    await send('nurse-app', 'PUT', '/Observation/x', glucose('x', 45));
    await send('gone', 'DELETE', '/Observation/x');
    const rows = await newest(([row]) => row?.version === 3);
    expect(rows).toMatchObject([{ value: 45, retracted: true, source: 'fhir' }]);
    expect((await transitions()).at(-1)).toBe('glucose-very-low retracted');
  }, 60_000);
});

describe('a bound', () => {
  const bound = (value: number, comparator: string): object => ({
    valueQuantity: { value, comparator, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
  });

  it('that shows the same keeps the alert of the value that it corrects; one that shows nothing raises nothing', async () => {
    await send('ehr', 'PUT', '/Patient/p', patient({ id: 'p' }));
    await send(
      'ehr',
      'PUT',
      '/Observation/none',
      glucose('none', 0, { ...bound(400, '<'), effectiveDateTime: new Date(Date.parse(AT) - 20_000).toISOString() }),
    );
    await newest((rows) => rows.length === 1);
    expect(await transitions()).toEqual([]);
    await send('ehr', 'PUT', '/Observation/x', glucose('x', 38));
    await newest((rows) => rows.length === 2);
    await send('ehr', 'PUT', '/Observation/x', glucose('x', 0, bound(40, '<')));
    await newest((rows) => rows.some(({ version, value }) => version === 2 && value === 40));
    const told = await transitions();
    expect(told[0]).toBe('glucose-very-low raised');
    expect(told.join()).not.toMatch(/retracted|resolved/);
    const { rows } = await gateway.pool.query(
      `SELECT value, comparator FROM measurements WHERE superseded_at IS NULL ORDER BY value`,
    );
    expect(rows).toEqual([
      { value: 40, comparator: '<' },
      { value: 400, comparator: '<' },
    ]);
  }, 60_000);

  it('raises by itself when all it allows is too low', async () => {
    await send('ehr', 'PUT', '/Patient/p', patient({ id: 'p' }));
    await send('ehr', 'PUT', '/Observation/x', glucose('x', 0, bound(40, '<')));
    await newest((rows) => rows.length === 1);
    expect((await transitions())[0]).toBe('glucose-very-low raised');
  }, 60_000);
});
