import type { ClientBase } from 'pg';
import type { TransitionChange } from '#libs/domain/twin';
import { plainArray, textArray } from '../postgres/pg-arrays.js';
import { sentTogether } from '../postgres/sent-together.js';

/** A step of an episode of a twin. */
export interface TransitionWrite {
  readonly tenant: number;
  readonly twin: string;
  readonly patient: string;
  readonly transition: TransitionChange;
}

/** Writes the steps, and each episode as its last step left it. */
export async function writeTransitions(client: ClientBase, writes: readonly TransitionWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const texts = writes.map(({ transition }) => JSON.stringify(transition.alert));
  const inserted = insertTransitions(client, writes, texts);
  const last = new Map<string, { write: TransitionWrite; text: string }>();
  writes.forEach((write, index) => {
    last.set(`${write.tenant}/${write.transition.episode}`, { write, text: texts[index] as string });
  });
  // Those that close go first: at most one episode of a twin and rule may be open at any moment.
  const episodes = [...last.values()].toSorted(
    (a, b) => Number(b.write.transition.closed) - Number(a.write.transition.closed),
  );
  await sentTogether([inserted, upsertEpisodes(client, episodes)]);
}

async function insertTransitions(
  client: ClientBase,
  writes: readonly TransitionWrite[],
  texts: readonly string[],
): Promise<void> {
  await client.query({
    name: 'transitions-insert',
    text: `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert)
      SELECT u.tenant, u.episode, u.sequence, u.id, u.transition, to_timestamp(u.at / 1000), now(), u.alert::jsonb
      FROM unnest($1::int4[], $2::uuid[], $3::int4[], $4::uuid[], $5::text[], $6::float8[], $7::text[])
        AS u (tenant, episode, sequence, id, transition, at, alert)`,
    values: [
      plainArray(writes.map((write) => write.tenant)),
      plainArray(writes.map(({ transition }) => transition.episode)),
      plainArray(writes.map(({ transition }) => transition.sequence)),
      plainArray(writes.map(({ transition }) => transition.id)),
      textArray(writes.map(({ transition }) => transition.alert.transition)),
      plainArray(writes.map(({ transition }) => transition.at)),
      textArray(texts),
    ],
  });
}

async function upsertEpisodes(
  client: ClientBase,
  episodes: readonly { readonly write: TransitionWrite; readonly text: string }[],
): Promise<void> {
  const steps = episodes.map(({ write }) => write.transition);
  await client.query({
    name: 'episodes-upsert',
    text: `INSERT INTO alert_episodes AS e (tenant, id, twin, patient, rule, severity, status, closed, effective_at, raised_at,
        updated_at, snoozed_until, sequence, alert)
      SELECT u.tenant, u.id, u.twin, u.patient, u.rule, u.severity, u.status, u.closed, to_timestamp(u.effective / 1000),
        to_timestamp(u.raised / 1000), to_timestamp(u.at / 1000), to_timestamp(u.snoozed / 1000), u.sequence, u.alert::jsonb
      FROM unnest($1::int4[], $2::uuid[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bool[],
          $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::int4[], $14::text[])
        AS u (tenant, id, twin, patient, rule, severity, status, closed, effective, raised, at, snoozed, sequence, alert)
      ON CONFLICT (tenant, id) DO UPDATE SET severity = excluded.severity, status = excluded.status, closed = excluded.closed,
        effective_at = excluded.effective_at, raised_at = excluded.raised_at, updated_at = excluded.updated_at,
        snoozed_until = excluded.snoozed_until, sequence = excluded.sequence, alert = excluded.alert
      WHERE e.sequence < excluded.sequence`,
    values: [
      plainArray(episodes.map(({ write }) => write.tenant)),
      plainArray(steps.map((step) => step.episode)),
      plainArray(episodes.map(({ write }) => write.twin)),
      textArray(episodes.map(({ write }) => write.patient)),
      textArray(steps.map((step) => step.rule)),
      textArray(steps.map((step) => step.alert.severity)),
      textArray(steps.map((step) => step.alert.status)),
      plainArray(steps.map((step) => step.closed)),
      plainArray(steps.map((step) => step.effectiveAt)),
      plainArray(steps.map((step) => step.raisedAt)),
      plainArray(steps.map((step) => step.at)),
      plainArray(steps.map((step) => step.snoozedUntil)),
      plainArray(steps.map((step) => step.sequence)),
      textArray(episodes.map(({ text }) => text)),
    ],
  });
}
