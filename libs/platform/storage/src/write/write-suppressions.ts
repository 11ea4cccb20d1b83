import type { ClientBase } from 'pg';
import type { SuppressionChange } from '#libs/domain/twin';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

/** A suppressed alert of a twin. */
export interface SuppressionWrite {
  readonly tenant: number;
  readonly twin: string;
  readonly patient: string;
  readonly suppression: SuppressionChange;
}

/** Writes them; one that is there already stays as it is. */
export async function writeSuppressions(client: ClientBase, writes: readonly SuppressionWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const all = writes.map(({ suppression }) => suppression);
  await client.query({
    name: 'suppressions-insert',
    text: `INSERT INTO alert_suppressions (tenant, id, twin, patient, episode, rule, rule_version, severity, reason, by_episode, effective_at, at)
      SELECT u.tenant, u.id, u.twin, u.patient, u.episode, u.rule, u.rule_version, u.severity, u.reason, u.by_episode,
        to_timestamp(u.effective / 1000), to_timestamp(u.at / 1000)
      FROM unnest($1::int4[], $2::uuid[], $3::int8[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[],
          $10::uuid[], $11::float8[], $12::float8[])
        AS u (tenant, id, twin, patient, episode, rule, rule_version, severity, reason, by_episode, effective, at)
      ON CONFLICT DO NOTHING`,
    values: [
      plainArray(writes.map((write) => write.tenant)),
      plainArray(all.map((one) => one.id)),
      plainArray(writes.map((write) => write.twin)),
      textArray(writes.map((write) => write.patient)),
      plainArray(all.map((one) => one.episode)),
      textArray(all.map((one) => one.rule)),
      textArray(all.map((one) => one.ruleVersion)),
      textArray(all.map((one) => one.severity)),
      textArray(all.map((one) => one.reason)),
      plainArray(all.map((one) => one.by)),
      plainArray(all.map((one) => one.effectiveAt)),
      plainArray(all.map((one) => one.at)),
    ],
  });
}
