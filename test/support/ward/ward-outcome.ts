import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { WardLoad } from './ward-load.js';
import type { WebhookReceiver } from '../webhook-receiver.js';

/** What became of a ward's load, counted in the tables and at the webhook. */
export interface WardOutcome {
  readonly accepted: number;
  readonly applied: number;
  readonly duplicates: number;
  readonly episodes: number;
  readonly raised: number;
  readonly resolved: number;
  readonly outOfOrder: number;
  readonly repeatedIds: number;
  readonly retried: number;
}

/** Waits until what was accepted is applied and delivered, then counts; a count that never comes right is reported as it is. */
export async function settled(load: WardLoad, pool: Pool, receiver: WebhookReceiver): Promise<WardOutcome> {
  // After two minutes of failing the next attempt is up to a minute and a half away.
  const deadline = Date.now() + 150_000;
  for (;;) {
    const outcome = await count(load, pool, receiver).catch(() => undefined);
    const complete =
      outcome !== undefined &&
      outcome.applied >= load.accepted &&
      outcome.raised >= load.patients.length &&
      outcome.resolved >= load.patients.length;
    if (outcome !== undefined && (complete || Date.now() > deadline)) {
      await sleep(500);
      return count(load, pool, receiver);
    }
    await sleep(250);
  }
}

async function count(load: WardLoad, pool: Pool, receiver: WebhookReceiver): Promise<WardOutcome> {
  const { rows } = await pool.query<{ applied: number; distinct: number; episodes: number }>(
    `SELECT
       (SELECT count(*)::int FROM measurements m JOIN twins t ON t.tenant = m.tenant AND t.key = m.twin WHERE t.patient = ANY($1)) AS applied,
       (SELECT count(*)::int FROM (SELECT DISTINCT m.twin, m.code, m.effective_at FROM measurements m JOIN twins t ON t.tenant = m.tenant AND t.key = m.twin WHERE t.patient = ANY($1)) d) AS distinct,
       (SELECT count(*)::int FROM alert_episodes WHERE patient = ANY($1) AND rule = 'glucose-low') AS episodes`,
    [load.patients],
  );
  const row = rows[0] ?? { applied: 0, distinct: 0, episodes: 0 };
  const ofWard = receiver
    .distinct()
    .filter((message) => load.patients.includes(message.data.patient) && message.data.rule.id === 'glucose-low');
  const raised = ofWard.filter((message) => message.type === 'alert.raised');
  const resolved = ofWard.filter((message) => message.type === 'alert.resolved');
  const outOfOrder = resolved.filter((message) => {
    const begin = raised.find((other) => other.data.episode === message.data.episode);
    return begin === undefined || ofWard.indexOf(begin) > ofWard.indexOf(message);
  });
  return {
    accepted: load.accepted,
    applied: row.applied,
    duplicates: row.applied - row.distinct,
    episodes: row.episodes,
    raised: raised.length,
    resolved: resolved.length,
    outOfOrder: outOfOrder.length,
    repeatedIds: receiver.received.length - receiver.distinct().length,
    retried: load.retried,
  };
}
