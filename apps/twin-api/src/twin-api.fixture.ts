import type { Alert } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { initialTwin, writeTwin } from '#libs/domain/twin';
import type { RunningServer } from '#libs/platform/http';
import type { Platform } from '#libs/platform/runtime';
import { RunningApi, type ApiAnswer, type CallOptions } from '../../../test/support/running-api.js';
import { TwinApiModule } from './twin-api.module.js';

const T0 = Date.parse('2026-03-01T08:00:00Z');
/** A time so many minutes after the first value. */
export const at = (minutes: number): string => new Date(T0 + minutes * 60_000).toISOString();
export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** A name and a birth date that must appear in no log line and no metric. */
export const NAME = 'Wilhelmina Quartermaine';
export const BIRTH = '1931-07-23';

export type Body = Record<string, unknown> & { items: Record<string, unknown>[]; next?: string };
export type Answer = ApiAnswer<Body>;

export function alertOf(
  n: number,
  transition: Alert['transition'],
  status: Alert['status'],
  more: Partial<Alert> = {},
): Alert {
  return {
    id: uuid(n),
    episode: uuid(n),
    sequence: 1,
    patient: 'p1',
    rule: { id: 'glucose-low', version: '1.0.0', title: 'Glucose low' },
    category: 'physiological',
    severity: 'medium',
    status,
    transition,
    effectiveAt: at(10),
    raisedAt: at(11),
    lateSeconds: 60,
    summary: 'Glucose 62 mg/dL, below 70',
    evidence: [],
    threshold: null,
    explanation: { why: 'x', clears: 'y', precision: { useful: 0, notUseful: 0, share: null } },
    disclaimer: 'not a cleared device',
    ...more,
  };
}

/**
 * The twin API with two tenants: `north` with the patients p1, p2 and p3, and `south` with none. p1 has heart rates of 60, 70
 * (corrected from 170 at +30 min) and 80; p2 and p3 are empty.
 */
export class TwinApi {
  private constructor(
    readonly http: RunningApi,
    /** Lines of the log. */
    readonly lines: readonly string[],
    /** Access token of a client of `south`. */
    readonly south: string,
    /** Key of the twin of p1. */
    readonly twin: string,
  ) {
    this.platform = http.platform;
    this.server = http.server;
    this.tenant = http.tenant;
  }

  readonly platform: Platform;
  readonly server: RunningServer;
  /** Key of `north`. */
  readonly tenant: number;

  static async open(): Promise<TwinApi> {
    const lines: string[] = [];
    const http = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)], {
      env: { WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' },
      onLine: (line) => void lines.push(line),
    });
    await http.addClient('south', 'south');
    return new TwinApi(http, lines, await http.tokenOf('south'), await seed(http));
  }

  /** @throws when a name or a birth date of a patient is in the log */
  async close(): Promise<void> {
    await this.http.close();
    const named = this.lines.find((line) => line.includes(NAME) || line.includes(BIRTH));
    if (named !== undefined) throw new Error(`a line of the log names a patient: ${named}`);
  }

  readonly call = (method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer> =>
    this.http.call<Body>(method, path, body, options);

  /** Stores a transition of the episode `uuid(n)` of p1, and the episode as it is after it. */
  readonly transition = async (n: number, sequence: number, alert: Alert, closed = false): Promise<void> => {
    const { tenant, twin, platform } = this;
    await platform.pool.query(
      `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert) VALUES ($1, $2, $3, gen_random_uuid(), $4, now(), now(), $5)`,
      [tenant, uuid(n), sequence, alert.transition, JSON.stringify(alert)],
    );
    await platform.pool.query(
      `INSERT INTO alert_episodes (tenant, id, twin, patient, rule, severity, status, closed, effective_at, raised_at, updated_at, sequence, alert)
       VALUES ($1, $2, $3, 'p1', $4, $5, $6, $7, $8, $9, now(), $10, $11)
       ON CONFLICT (tenant, id) DO UPDATE SET status = excluded.status, closed = excluded.closed, sequence = excluded.sequence, alert = excluded.alert`,
      [
        tenant,
        uuid(n),
        twin,
        alert.rule.id,
        alert.severity,
        alert.status,
        closed,
        alert.effectiveAt,
        alert.raisedAt,
        sequence,
        JSON.stringify(alert),
      ],
    );
  };
}

async function seed({ platform, tenant }: RunningApi): Promise<string> {
  const { pool } = platform;
  const person = { kind: 'demographics', version: 1, content: { name: NAME } } as const;
  const snapshot = { ...initialTwin(DEFAULT_CATALOGUE, tenant, 'p1'), version: 7, facts: { 'Patient/p1': person } };
  const { rows } = await pool.query<{ key: string }>(
    `INSERT INTO twins (tenant, patient, version, as_of, snapshot, birth_date) VALUES ($1, 'p1', 7, $2, $3, $4), ($1, 'p2', 0, NULL, NULL, NULL), ($1, 'p3', 0, NULL, NULL, NULL)
       RETURNING key::text AS key`,
    [tenant, at(20), writeTwin(DEFAULT_CATALOGUE, snapshot), BIRTH],
  );
  const key = rows[0]?.key ?? '';
  await pool.query(`INSERT INTO sources (tenant, key, source, device) VALUES ($1, 1, 'monitor-7', 'd1')`, [tenant]);
  const measurement = (
    n: number,
    minute: number,
    value: number,
    version: number,
    recorded: string,
    superseded: string | null,
  ): Promise<unknown> =>
    pool.query(
      `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, superseded_at, value, source, code, version, quality, sourced, identity, content_hash)
         VALUES ($1, $2, $3, $4, $4, $5, $6, 1, 1, $7, 0, TRUE, $8, 1)`,
      [tenant, key, at(minute), recorded, superseded, value, version, uuid(n)],
    );
  await measurement(1, 0, 60, 1, at(1), null);
  await measurement(2, 10, 170, 1, at(11), at(30));
  await measurement(2, 10, 70, 2, at(30), null);
  await measurement(3, 20, 80, 1, at(21), null);
  await pool.query(
    `INSERT INTO facts (tenant, twin, kind, reference, version, content, effective_from, recorded_at) VALUES ($1, $2, 'condition', 'Condition/c1', 1, $3, $4, $5)`,
    [tenant, key, JSON.stringify({ text: 'Diabetes' }), at(-1000), at(0)],
  );
  return key;
}
