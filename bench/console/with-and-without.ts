import type { Pool } from 'pg';
import type { WebhookReceiver } from '../../test/support/webhook-receiver.js';
import type { ConsoleSystem } from './console-system.js';
import { pause, samplesPhase } from '../phases.js';
import { serverSeconds, StreamReader } from './server-cost.js';
import { mustAccept, streamWard, type BenchWard } from './ward.js';

/** The server whose cost is measured, and who loads it. */
export interface Measured extends Pick<ConsoleSystem, 'url' | 'token' | 'client' | 'pids'> {
  readonly pool: Pool;
}

/** A stretch of the load, with or without one reader of `/v1/stream`. */
export interface Block<F> {
  readonly hasReader: boolean;
  readonly figures: F;
  /** CPU of the server for a sample, µs. */
  readonly cpuMicros: number;
  /** What the reader was sent, bytes/s. */
  readonly readBytes: number;
}

/** Stretches in turns, the reader in every other one, so that what else goes on is in both. */
async function inTurns<F extends { readonly samples: number }>(
  measured: Measured,
  blocks: number,
  work: (block: number) => Promise<F>,
): Promise<readonly Block<F>[]> {
  const done: Block<F>[] = [];
  for (let block = 0; block < blocks; block += 1) {
    // Without, with, with, without, …: what grows over the run is in both alike.
    const hasReader = block % 4 === 1 || block % 4 === 2;
    const reader = hasReader ? await StreamReader.start(measured.url, measured.token) : undefined;
    await pause(1_000);
    const [cpuFrom, from] = [serverSeconds(measured.pids), performance.now()];
    const figures = await work(block);
    const seconds = (performance.now() - from) / 1000;
    const cpuMicros = ((serverSeconds(measured.pids) - cpuFrom) / figures.samples) * 1_000_000;
    const bytes = (await reader?.stop()) ?? 0;
    done.push({ hasReader, figures, cpuMicros, readBytes: bytes / seconds });
  }
  return done;
}

const PER_REQUEST = 100;
const AT_ONCE = 8;

/** As many samples as the server takes, each with state and history written. The values are of a month ago, and go on from block to block. */
export function saturated(
  measured: Measured,
  ward: BenchWard,
  { blocks, requests }: { readonly blocks: number; readonly requests: number },
): Promise<readonly Block<{ samples: number; perSecond: number }>[]> {
  const { client, pool } = measured;
  const each = Math.ceil(requests / ward.patients.length) * PER_REQUEST * 1000;
  const base = Date.now() - 30 * 24 * 3_600_000;
  return inTurns(measured, blocks, (block) =>
    samplesPhase(client, pool, ward.patients, {
      requests,
      perRequest: PER_REQUEST,
      atOnce: AT_ONCE,
      base: base + block * each,
    }),
  );
}

/** One value of each patient each second, and alerts beside: from the POST to the webhook, ms. */
export async function steady(
  measured: Measured,
  ward: BenchWard,
  receiver: WebhookReceiver,
  { blocks, seconds }: { readonly blocks: number; readonly seconds: number },
): Promise<readonly Block<{ samples: number; latencies: readonly number[] }>[]> {
  const { client } = measured;
  const each = Math.floor(ward.patients.length / blocks);
  const streaming = streamWard(client, ward);
  const sent = new Map<string, number>();
  const stretches = await inTurns(measured, blocks, async (block) => {
    const before = streaming.sent;
    const subjects = ward.patients.slice(block * each, (block + 1) * each);
    const from = performance.now();
    for (const [n, patient] of subjects.entries()) {
      await pause(Math.max(0, from + (n * seconds * 1000) / each - performance.now()));
      const now = Date.now();
      sent.set(patient, now);
      // A glucose below the limit, of a patient who had a normal one before.
      const low = { patient, code: 'glucose', unit: 'mg/dL', value: 60, effectiveAt: new Date(now).toISOString() };
      await mustAccept(client, [low]);
    }
    return { samples: streaming.sent - before, subjects };
  });
  await streaming.stop();
  const raised = (): ReadonlyMap<string, number> =>
    new Map(
      receiver.received.flatMap(({ at, type, data }) =>
        type === 'alert.raised' && data.rule.id === 'glucose-low' ? [[data.patient, at]] : [],
      ),
    );
  await receiver.waitFor(() => raised().size >= sent.size, 60_000).catch((late: Error) => console.log(late.message));
  const arrived = raised();
  return stretches.map(({ figures: { samples, subjects }, ...block }) => {
    const latencies = subjects.flatMap((patient) => {
      const at = arrived.get(patient);
      return at === undefined ? [] : [at - sent.get(patient)!];
    });
    return { ...block, figures: { samples, latencies } };
  });
}
