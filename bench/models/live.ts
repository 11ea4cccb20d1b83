import type { Pool } from 'pg';
import { createPool } from '#libs/platform/storage';
import { Deployment } from '../../test/support/deployment.js';
import { startOwnServices } from '../../test/support/services.js';
import { busySeconds, CpuShares, processesOf } from '../machine.js';
import { closedLoop, createPatients, openLoop, pause } from '../phases.js';

const MINUTE = 60_000;
const HISTORY_MINUTES = 120;
const MEASURES = [
  ['glucose', 'mg/dL', 120],
  ['heart-rate', '/min', 72],
  ['oxygen-saturation', '%', 97],
  ['respiratory-rate', '/min', 15],
  ['body-temperature', 'Cel', 36.8],
  ['systolic-pressure', 'mm[Hg]', 121],
  ['mean-pressure', 'mm[Hg]', 92],
] as const;

export interface LiveOptions {
  readonly people: number;
  readonly seconds: number;
  /** Seconds between two records of one person. */
  readonly every: number;
}

/**
 * So many people forecast live beside everything else: each app a process of its own on Kafka, Postgres and Redis, and of each person one record each few
 * seconds with glucose and six vital signs, each of which is forecast from it, with the risk of deterioration.
 */
export async function live({ people, seconds, every }: LiveOptions): Promise<readonly string[]> {
  const services = await startOwnServices(['postgres', 'redis', 'kafka']);
  const urls = { postgres: services.postgres.url, redis: services.redis.url, kafka: services.kafka.url };
  const system = await Deployment.start(urls, 1);
  const pool = createPool(services.postgres.url);
  try {
    const ids = await createPatients(system.client, 'live', people);
    await history(system, ids);
    await caughtUp(pool, people * MEASURES.length * (HISTORY_MINUTES / 5 + 1));
    const before = await forecasts(pool, 0);
    const [began, cpu, busy] = [Date.now(), new CpuShares(processesOf(system, services)), busySeconds()];
    const records = Math.round((people / every) * seconds);
    let refused = 0;
    const achieved = await openLoop(people / every, records, async (index) => {
      const { status } = await system.client.samples(samplesAt(ids[index % people]!, Date.now()));
      if (status !== 202) refused++;
    });
    const sent = Date.now();
    await caughtUp(pool, people * MEASURES.length * (HISTORY_MINUTES / 5 + 1) + (records - refused) * MEASURES.length);
    const behind = (Date.now() - sent) / 1000;
    const took = (Date.now() - began) / 1000;
    const used = Object.entries(cpu.used()).map(([part, used]) => [part, used / took] as const);
    const ours = used.reduce((sum, [, cores]) => sum + cores, 0);
    const made = await forecasts(pool, began);
    return [
      `${people} people, a record of ${MEASURES.length} values each ${every} s: ${achieved.toFixed(0)} records/s, ${refused} refused; the engine was done ${behind.toFixed(1)} s after the last`,
      `${made.n} forecasts, ${(made.n / took).toFixed(0)}/s, by ${made.people} people (${before.n} from the two hours before)`,
      `from receipt until the transaction that stores the forecast: p50 ${made.p50.toFixed(0)} ms, p99 ${made.p99.toFixed(0)} ms`,
      `cores in use over ${took.toFixed(0)} s: ${ours.toFixed(2)}, by others on this machine ${Math.max(0, (busySeconds() - busy) / took - ours).toFixed(2)}; ${used.map(([part, cores]) => `${part} ${cores.toFixed(2)}`).join(', ')}`,
      `bytes of forecasts not settled yet ${(made.bytes / 2 ** 20).toFixed(1)} MiB`,
    ];
  } finally {
    await pool.end();
    await system.stop();
    await services.stop();
  }
}

/** Two hours, a value of each measure each five minutes, so that models have what they forecast from. */
async function history(system: Deployment, ids: readonly string[]): Promise<void> {
  const from = Date.now() - HISTORY_MINUTES * MINUTE - 5_000;
  await closedLoop(ids.length, 16, async (index) => {
    const values = Array.from({ length: HISTORY_MINUTES / 5 + 1 }, (_, k) =>
      samplesAt(ids[index]!, from + k * 5 * MINUTE),
    ).flat();
    for (;;) {
      const { status, headers } = await system.client.samples(values);
      if (status === 202) return;
      if (status !== 429) throw new Error(`samples: ${status}`);
      await pause(Number(headers['retry-after'] ?? 1) * 1000);
    }
  });
}

function samplesAt(patient: string, t: number): readonly object[] {
  return MEASURES.map(([code, unit, level]) => ({
    patient,
    code,
    unit,
    value: Math.round(10 * level * (1 + 0.03 * Math.sin(t / (20 * MINUTE)))) / 10,
    effectiveAt: new Date(t).toISOString(),
  }));
}

async function caughtUp(pool: Pool, measurements: number): Promise<void> {
  for (const end = Date.now() + 5 * MINUTE; ; await pause(100)) {
    const { rows } = await pool.query<{ n: number }>('SELECT count(*)::float8 AS n FROM measurements');
    if ((rows[0]?.n ?? 0) >= measurements) return;
    if (Date.now() > end) throw new Error(`${rows[0]?.n} of ${measurements} values were applied within five minutes`);
  }
}

interface Made {
  readonly n: number;
  readonly people: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
}

/** Forecasts from values that were received since then, ms. */
async function forecasts(pool: Pool, since: number): Promise<Made> {
  const { rows } = await pool.query<Made>({
    text: `SELECT count(*)::float8 AS n, count(DISTINCT f.twin)::float8 AS people, coalesce(sum(length(f.content) + length(f.words)), 0)::float8 AS bytes,
        coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY f.waited), 0)::float8 AS p50, coalesce(percentile_cont(0.99) WITHIN GROUP (ORDER BY f.waited), 0)::float8 AS p99
      FROM (SELECT f.twin, f.content, f.words, extract(epoch FROM f.recorded_at - m.received_at) * 1000 AS waited
        FROM forecasts f LEFT JOIN measurements m
          ON m.tenant = f.tenant AND m.twin = f.twin AND m.code = f.code AND m.effective_at = f.issued_at
        WHERE f.content IS NOT NULL AND f.recorded_at >= to_timestamp($1::float8 / 1000)) f`,
    values: [since],
  });
  return rows[0]!;
}
