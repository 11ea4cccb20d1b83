import { randomUUID } from 'node:crypto';
import { measureByName } from '#libs/domain/quantities';
import type { RunningServer } from '#libs/platform/http';
import type { Platform } from '#libs/platform/runtime';
import { RunningApi, type ApiAnswer, type CallOptions } from '../../../../test/support/running-api.js';
import { TwinApiModule } from '../twin-api.module.js';
import { recordUntil, type Row } from './pump-record.fixture.js';

/** JSON whose shape the test knows. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers by path
type Json = Record<string, any>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * The twin API with people on a pump: `p1` has days of glucose, insulin and meals up to two minutes ago, ending an hour after a meal with half its bolus;
 * `p2` has nothing; `p3` is a child and `p4` pregnant, with the data of `p1`.
 */
export class DiabetesApi {
  private constructor(
    readonly http: RunningApi,
    /** ms: of the newest reading. */
    readonly newest: number,
    readonly keys: Readonly<Record<string, string>>,
  ) {
    this.platform = http.platform;
    this.server = http.server;
    this.tenant = http.tenant;
  }

  readonly platform: Platform;
  readonly server: RunningServer;
  readonly tenant: number;

  static async open(days = 2): Promise<DiabetesApi> {
    const http = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)]);
    await http.addClient('south', 'south');
    const newest = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * MINUTE;
    const { pool } = http.platform;
    const { rows } = await pool.query<{ key: string; patient: string }>(
      `INSERT INTO twins (tenant, patient, version, as_of) SELECT $1, p, 1, CASE WHEN p <> 'p2' THEN to_timestamp($2::float8 / 1000) END
       FROM unnest(ARRAY['p1', 'p2', 'p3', 'p4']) AS p RETURNING key::text AS key, patient`,
      [http.tenant, newest],
    );
    const keys = Object.fromEntries(rows.map(({ key, patient }) => [patient, key]));
    await pool.query(
      `INSERT INTO sources (tenant, key, source, device) VALUES ($1, 1, 'sensor', ''), ($1, 2, 'pump', ''), ($1, 3, 'other', '')`,
      [http.tenant],
    );
    const api = new DiabetesApi(http, newest, keys);
    const record = recordUntil(newest, days);
    for (const patient of ['p1', 'p3', 'p4']) await api.add(patient, record);
    const years = (n: number): string => new Date(newest - n * 365.25 * 24 * HOUR).toISOString().slice(0, 10);
    await api.fact('p1', 'demographics', { birthDate: years(40) });
    await api.fact('p3', 'demographics', { birthDate: years(8) });
    await api.fact('p4', 'condition', {
      code: { system: 'http://snomed.info/sct', code: '77386006' },
      clinicalStatus: 'active',
    });
    return api;
  }

  readonly call = (method: string, path: string, body?: unknown, options?: CallOptions): Promise<ApiAnswer<Json>> =>
    this.http.call(method, path, body, options);

  /** The answer as it was sent. */
  readonly bytes = async (path: string): Promise<string> => {
    const answer = await fetch(this.server.url + path, { headers: { authorization: `Bearer ${this.http.token}` } });
    return answer.text();
  };

  /** Stores values as the engine does, recorded at `recordedAt` (ms; default a second after their time, at most now). */
  readonly add = async (patient: string, rows: readonly Row[], recordedAt?: number): Promise<void> => {
    const now = Date.now();
    const sources: Readonly<Record<string, number>> = { sensor: 1, pump: 2, other: 3 };
    await this.platform.pool.query(
      `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, value, source, code, version, quality, sourced, identity, content_hash)
       SELECT $1, $2, to_timestamp(t / 1000), to_timestamp(r / 1000), to_timestamp(r / 1000), x, s, c, 1, q, TRUE, i, 1
       FROM unnest($3::float8[], $4::float8[], $5::float8[], $6::int4[], $7::int2[], $8::int2[], $9::uuid[]) AS u (t, r, x, s, c, q, i)`,
      [
        this.tenant,
        this.keys[patient],
        rows.map(({ t }) => t),
        rows.map(({ t }) => recordedAt ?? Math.min(now, t + 1000)),
        rows.map(({ x }) => x),
        rows.map(({ code, source }) => sources[source ?? (code === 'glucose' ? 'sensor' : 'pump')]),
        rows.map(({ code }) => measureByName(code)!.number),
        rows.map(({ quality }) => quality ?? 0),
        rows.map(() => randomUUID()),
      ],
    );
    await this.platform.pool.query(
      `UPDATE twins SET updated_at = to_timestamp($3::float8 / 1000) WHERE tenant = $1 AND key = $2`,
      [this.tenant, this.keys[patient], recordedAt ?? now],
    );
  };

  readonly fact = (patient: string, kind: string, content: object): Promise<unknown> =>
    this.platform.pool.query(
      `INSERT INTO facts (tenant, twin, kind, reference, version, content, recorded_at) VALUES ($1, $2, $3, $3 || '/1', 1, $4, $5)`,
      [this.tenant, this.keys[patient], kind, JSON.stringify(content), new Date(this.newest - 48 * HOUR).toISOString()],
    );

  /** Stores fitted parameters as the engine does when it applies their record; it does not run here. */
  readonly applyParameters = async (patient: string, parameters: Json): Promise<void> => {
    await this.platform.pool.query(
      `INSERT INTO model_parameters (tenant, twin, model, version, received_at, recorded_at, content) VALUES ($1, $2, $3, $4, now(), now(), $5)`,
      [this.tenant, this.keys[patient], parameters['model'], parameters['version'], JSON.stringify(parameters)],
    );
    await this.add(patient, []);
  };

  /** Records of the log of a patient with this act or kind, oldest first. */
  readonly logged = async (like: string): Promise<readonly Json[]> => {
    const { rows } = await this.platform.pool.query<{ value: string }>(
      `SELECT value FROM log_records WHERE value LIKE '%' || $1 || '%' ORDER BY "offset"`,
      [like],
    );
    return rows.map(({ value }) => JSON.parse(value) as Record<string, unknown>);
  };

  /** Asks until a job is done. @throws after 60 s */
  readonly done = async (url: string): Promise<Json> => {
    for (let tries = 0; tries < 600; tries += 1) {
      const { body } = await this.call('GET', url);
      if (body['status'] === 'completed') return body;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${url} is not done`);
  };

  close(): Promise<void> {
    return this.http.close();
  }
}
