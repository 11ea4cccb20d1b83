import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { isTransient } from '#libs/platform/messaging';
import { episodesInOrder, inTransaction, OffsetStore, tenantsWithEpisodes } from '#libs/platform/storage';
import { GROUP } from './follow-alerts.js';
import { tolerantAlert } from './tolerant-alert.js';
import { writeAlerts, type Written } from './write-alerts.js';

/** Moves to 1 when all alerts that were there have their resources. */
export const FILLED_IN = new OffsetStore(GROUP, 'alert_episodes');
const DONE = new Map([[0, 1n]]);
const STEP = 100;
/** Between two steps, so that writers and the disk have room. */
const PAUSE_MS = 20;
const MAX_ATTEMPTS = 10;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export interface FillInDeps {
  readonly pool: Pool;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onWritten: (written: Written) => void;
}

/**
 * Gives resources to the alerts that were there before: the log may not have them any more. As each stands now, in small transactions
 * by the order of ids, once for a database. Whatever is stored already changes nothing, so a step that was interrupted is done again,
 * and several gateways may do it at once.
 *
 * @returns number of alerts looked at; undefined when all were filled in before
 */
export async function fillIn({ pool, now, signal, onWritten }: FillInDeps): Promise<number | undefined> {
  if (((await FILLED_IN.read(pool)).get(0) ?? 0n) > 0n) return undefined;
  let seen = 0;
  for (const tenant of await tenantsWithEpisodes(pool)) {
    let after = FIRST_ID;
    for (;;) {
      if (signal.aborted) return seen;
      const episodes = await episodesInOrder(pool, tenant, after, STEP);
      const transitions = episodes.map(({ alert, at }) => ({
        tenant,
        alert: tolerantAlert(alert, alert.sequence),
        at,
      }));
      onWritten(await repeated(() => inTransaction(pool, (client) => writeAlerts(client, transitions, now()))));
      seen += episodes.length;
      if (episodes.length < STEP) break;
      after = episodes.at(-1)!.id;
      await sleep(PAUSE_MS);
    }
  }
  await inTransaction(pool, async (client) => {
    await FILLED_IN.lock(client, new Map([[0, 0n]]));
    await FILLED_IN.move(client, DONE);
  });
  return seen;
}

/** Lets {@link fillIn} begin anew: records are gone from the log that nobody has followed. */
export async function fillInAgain(pool: Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    await FILLED_IN.lock(client, new Map([[0, 0n]]));
    await FILLED_IN.move(client, new Map([[0, 0n]]));
  });
}

const UNIQUE_VIOLATION = '23505';

/** Again when the follower made the same resource at the same time, or the database was away. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const lost = (error as { code?: unknown } | null)?.code === UNIQUE_VIOLATION || isTransient(error);
      if (!lost || attempt >= MAX_ATTEMPTS) throw error;
      await sleep(50 * attempt);
    }
  }
}
