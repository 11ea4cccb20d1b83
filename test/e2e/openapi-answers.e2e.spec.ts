import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { liveOnAPump } from '../support/forecasts/person-on-a-pump.js';
import { RecordedDay } from '../support/recorded-day.js';
import { AppProcess, Client, freePort } from '../support/system.js';
import { undocumented } from '../support/undocumented.js';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}
type Schema = Readonly<Record<string, unknown>>;

const DOCUMENT = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document;
/**
 * Streams and texts are no JSON; the answer to a job is that of the bundle that it does; sessions are of browsers
 * (apps/twin-api/src/console/sign-in.int.spec.ts).
 */
const OTHERS = [
  '/console/session', // for a browser: test/browser
  '/fhir/r4/_async/{id}',
  '/metrics',
  '/v1/stream',
  '/v1/twins/{patient}/stream',
  '/v1/alerts/stream',
];

/** Everything that one process sends, with as much in it as a patient's day can bring about. */
describe('the OpenAPI document', () => {
  const now = Date.now();
  let database: TestDatabase;
  let app: AppProcess;
  let client: Client;
  let recorded: RecordedDay;
  const seen = new Set<string>();

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await AppProcess.start('all-in-one', {
      DATABASE_URL: database.url,
      MQTT_PORT: String(await freePort()),
      PUBLIC_URL: 'https://homeostat.example',
    });
    client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
    await client.login();
    recorded = new RecordedDay(client, now);
    await recorded.record();
  }, 180_000);
  afterAll(async () => {
    await client?.close();
    await app?.stop();
    await database?.drop();
  }, 30_000);

  /** One answer of a route, judged by what the document says of it. */
  async function judge(path: string, url: string): Promise<void> {
    seen.add(path);
    const answer = await client.api<unknown>('GET', url);
    expect([url, answer.status]).toEqual([url, 200]);
    const responses = DOCUMENT.paths[path]?.['get']?.responses ?? {};
    const [content] = Object.values(responses['200']?.content ?? {});
    expect([url, undocumented(answer.body, (content?.schema ?? {}) as Schema, DOCUMENT as unknown as Schema)]).toEqual([
      url,
      [],
    ]);
  }

  it('names every field that every GET route sends', async () => {
    const [alerts, webhooks] = [await recorded.items('/v1/alerts?limit=100'), await recorded.items('/v1/webhooks')];
    for (const { id } of alerts) await judge('/v1/alerts/{id}', `/v1/alerts/${String(id)}`);
    const webhook = String(webhooks[0]?.['id']);
    const day = `from=${new Date(now - 86_400_000).toISOString()}&to=${new Date(now + 60_000).toISOString()}`;
    const urls: Readonly<Record<string, readonly string[]>> = {
      '/health/live': ['/health/live'],
      '/health/ready': ['/health/ready'],
      '/openapi.json': ['/openapi.json'],
      '/asyncapi.json': ['/asyncapi.json'],
      '/fhir/r4/.well-known/smart-configuration': ['/fhir/r4/.well-known/smart-configuration'],
      '/fhir/r4/metadata': ['/fhir/r4/metadata'],
      '/fhir/r4/{type}/{id}': ['/fhir/r4/Patient/p'],
      '/fhir/r4/{type}/{id}/_history': ['/fhir/r4/Patient/p/_history'],
      '/fhir/r4/{type}/{id}/_history/{version}': ['/fhir/r4/Patient/p/_history/1'],
      '/fhir/r4': ['/fhir/r4?_type=Patient,Device'],
      '/fhir/r4/{type}': ['/fhir/r4/Patient?_id=p'],
      '/fhir/r4/{type}/{id}/{members}': ['/fhir/r4/Patient/p/Condition'],
      '/fhir/r4/{type}/{id}/$everything': ['/fhir/r4/Patient/p/$everything'],
      '/fhir/r4/{type}/{id}/$validate': ['/fhir/r4/Patient/p/$validate'],
      '/fhir/r4/{type}/$lastn': ['/fhir/r4/Observation/$lastn?patient=p'],
      '/fhir/r4/{type}/_history': ['/fhir/r4/Patient/_history'],
      '/fhir/r4/_history': ['/fhir/r4/_history'],
      '/v1/settings': ['/v1/settings'],
      '/v1/rejections': ['/v1/rejections', '/v1/rejections?limit=2'],
      '/v1/ward': ['/v1/ward', '/v1/ward?limit=1'],
      '/v1/patients': ['/v1/patients', '/v1/patients?limit=1', '/v1/patients?search=p'],
      '/v1/twins/{patient}': [
        '/v1/twins/p',
        `/v1/twins/p?at=${new Date(now).toISOString()}`,
        `/v1/twins/p?known-at=${new Date(Date.now()).toISOString()}`,
      ],
      '/v1/twins/{patient}/measurements': ['/v1/twins/p/measurements?limit=1000', '/v1/twins/p/measurements?limit=1'],
      '/v1/measures': ['/v1/measures'],
      '/v1/twins/{patient}/series': [
        `/v1/twins/p/series?code=heart-rate&${day}`,
        `/v1/twins/p/series?code=glucose&${day}&known-at=${new Date().toISOString()}`,
        `/v1/twins/p/series?code=heart-rate&${day}&points=10`,
      ],
      '/v1/twins/{patient}/timeline': [`/v1/twins/p/timeline?${day}`, `/v1/twins/p/timeline?${day}&limit=1`],
      '/v1/twins/{patient}/waves': [
        `/v1/twins/p/waves?code=ecg&from=${recorded.at(400)}&to=${recorded.at(398)}`,
        `/v1/twins/p/waves?code=rr-interval&from=${recorded.at(890)}&to=${recorded.at(880)}`,
      ],
      '/v1/operations': ['/v1/operations'],
      '/v1/sources': ['/v1/sources', '/v1/sources?silent=false'],
      '/v1/twins/{patient}/limits': ['/v1/twins/p/limits', `/v1/twins/p/limits?known-at=${new Date().toISOString()}`],
      '/v1/twins/{patient}/glucose-metrics': [`/v1/twins/p/glucose-metrics?${day}`],
      '/v1/twins/{patient}/thresholds': ['/v1/twins/p/thresholds'],
      '/v1/twins/{patient}/monitoring': ['/v1/twins/p/monitoring'],
      '/v1/thresholds': ['/v1/thresholds'],
      '/v1/suppressions': ['/v1/suppressions'],
      '/v1/model-statuses': ['/v1/model-statuses'],
      '/v1/alarm-quality': [`/v1/alarm-quality?${day}`],
      '/v1/rules': ['/v1/rules'],
      '/v1/alerts': ['/v1/alerts', '/v1/alerts?limit=1', '/v1/alerts?sort=inbox'],
      '/v1/webhooks': ['/v1/webhooks'],
      '/v1/webhooks/{id}': [`/v1/webhooks/${webhook}`],
      '/v1/webhooks/{id}/deliveries': [`/v1/webhooks/${webhook}/deliveries`],
      '/v1/dead-letters': ['/v1/dead-letters'],
      '/v1/clients': ['/v1/clients', '/v1/clients?limit=1'],
      '/v1/clients/{id}': [`/v1/clients/${String((await recorded.items('/v1/clients'))[0]?.['id'])}`],
      ...(await liveOnAPump(client, Math.floor(now / 60_000) * 60_000)),
    };
    for (const [path, all] of Object.entries(urls)) for (const url of all) await judge(path, url);
    for (const path of [
      '/v1/rejections',
      '/v1/twins/p/measurements',
      '/v1/twins/p/thresholds',
      '/v1/twins/p/limits',
      `/v1/twins/p/timeline?${day}`,
      `/v1/twins/p/waves?code=ecg&from=${recorded.at(400)}&to=${recorded.at(398)}`,
      '/v1/sources',
      '/v1/alerts?sort=inbox',
      '/v1/suppressions',
      '/v1/alerts',
      '/v1/twins/pump/forecasts',
      '/v1/twins/pump/forecasts/history?code=glucose&minutes=15',
      '/v1/forecast-scores?code=glucose&patient=pump',
    ])
      expect([path, (await recorded.items(path)).length > 0]).toEqual([path, true]);
    const gets = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
      methods['get'] === undefined ? [] : [path],
    );
    const left = gets.filter((path) => !seen.has(path) && !OTHERS.includes(path));
    expect(left).toEqual([]);
  }, 60_000);

  it('is judged by a check that notices a field too many', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'array', items: { anyOf: [{ $ref: '#/$defs/B' }, { type: 'null' }] } } },
      $defs: { B: { type: 'object', properties: { b: {} } } },
    };
    expect(undocumented({ a: [{ b: { any: 1 } }, null] }, schema)).toEqual([]);
    expect(undocumented({ a: [{ b: 1, c: 1 }], d: 1 }, schema)).toEqual(['/a/0/c', '/d']);
  });
});
