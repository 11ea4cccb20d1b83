import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { adoptEpisodes, writeTwin, type Applied, type Catalogue } from '#libs/domain/twin';
import {
  inTransaction,
  emittedEpisodes,
  lockDeferred,
  replaceTimers,
  TwinConflictError,
  twinHead,
  twinVersion,
  writeTransitions,
  writeTwins,
  type TwinRowHead,
} from '#libs/platform/storage';
import { wakeLanes, type LaneKey } from '#libs/platform/delivery';
import { alertRecordOf } from '../write/changes.js';
import { emitAlerts } from '../write/emit-alerts.js';
import { release } from '../quarantine/quarantine.js';
import { replayTwin, type Replayed } from './replay-twin.js';

/** What became of a twin. `busy`: its patient's records kept coming in between; nothing was changed. */
export type Rebuilt =
  | { readonly kind: 'rebuilt'; readonly records: number; readonly ended: number; readonly wasAside: boolean }
  | { readonly kind: 'busy' };

const ATTEMPTS = 5;
const PAUSE_MS = 200;

/** All of its reads see the tables as they stood at its first. */
const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * Makes a twin anew from the tables and stores it in place of the one that is there; ends its quarantine, so that the records that wait for it
 * go on. The tables are read without a lock; if the twin has moved on by then, it is made again. Emits the end of the alert `twin-unreadable`
 * and of alerts that are over (see `adoptEpisodes`), and nothing else.
 */
export async function rebuildTwin(pool: Pool, catalogue: Catalogue, head: TwinRowHead): Promise<Rebuilt> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const made = await inTransaction(
      pool,
      async (client) => {
        // Years of a patient may take longer than a statement or a pause of the engine's may.
        await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
        const twin = await twinHead(client, head);
        if (twin === undefined) return undefined;
        const replayed = await replayTwin(client, catalogue, twin);
        const { emitted, suppressed } = await emittedEpisodes(client, twin);
        return { twin, replayed, adopted: adoptEpisodes(catalogue, replayed.state, emitted, suppressed) };
      },
      SNAPSHOT,
    );
    if (made === undefined) return { kind: 'busy' };
    const done = await inTransaction(pool, (client) => store(client, catalogue, made)).catch((error: unknown) => {
      if (error instanceof TwinConflictError) return undefined;
      throw error;
    });
    if (done !== undefined) {
      // It is rebuilt, whether or not the dispatchers are notified at once: they also poll.
      await wakeLanes(pool, done.lanes).catch(() => undefined);
      return done.rebuilt;
    }
    await sleep(PAUSE_MS);
  }
  return { kind: 'busy' };
}

interface Made {
  readonly twin: TwinRowHead;
  readonly replayed: Replayed;
  readonly adopted: Applied;
}

/** @returns undefined when somebody else has moved the twin on, or is processing its records */
async function store(
  client: PoolClient,
  catalogue: Catalogue,
  { twin, replayed, adopted }: Made,
): Promise<{ readonly rebuilt: Rebuilt; readonly lanes: readonly LaneKey[] } | undefined> {
  const { tenant, patient, key, version } = twin;
  const now = await lockDeferred(client, twin);
  if (now === undefined || (await twinVersion(client, twin))?.version !== version) return undefined;
  const state = { ...adopted.state, version: version + 1 };
  const snapshot = writeTwin(catalogue, state);
  await writeTwins(client, [{ tenant, key, expected: version, version: state.version, asOf: state.asOf, snapshot }]);
  await replaceTimers(client, twin, state.timers);
  await writeTransitions(
    client,
    adopted.transitions.map((transition) => ({ tenant, twin: key, patient, transition })),
  );
  const released = await release(client, twin, now);
  const ended = adopted.transitions.map((transition) => alertRecordOf(tenant, patient, transition, now));
  const lanes = await emitAlerts(client, [...ended, ...released.alerts], now);
  const wasAside = released.transitions.length > 0;
  return { lanes, rebuilt: { kind: 'rebuilt', records: replayed.records, ended: ended.length, wasAside } };
}
