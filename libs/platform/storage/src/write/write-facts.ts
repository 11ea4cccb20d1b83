import type { ClientBase } from 'pg';
import type { Applied, FactChange } from '#libs/domain/twin';
import { plainArray, textArray } from '../postgres/pg-arrays.js';
import { sentTogether } from '../postgres/sent-together.js';

export interface FactWrite {
  readonly tenant: number;
  readonly twin: string;
  readonly fact: FactChange;
}

export interface ThresholdWrite {
  readonly tenant: number;
  readonly twin: string;
  readonly threshold: Applied['thresholds'][number];
}

/** Writes new versions of facts and closes the ones before them. */
export async function writeFacts(client: ClientBase, writes: readonly FactWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const identity = [
    plainArray(writes.map((write) => write.tenant)),
    plainArray(writes.map((write) => write.twin)),
    textArray(writes.map(({ fact }) => fact.kind)),
    textArray(writes.map(({ fact }) => fact.reference)),
    plainArray(writes.map(({ fact }) => fact.version)),
  ];
  const insert = client.query({
    name: 'facts-insert',
    text: `INSERT INTO facts (tenant, twin, kind, reference, version, content, retracted, effective_from, effective_to, recorded_at)
      SELECT u.tenant, u.twin, u.kind, u.reference, u.version, u.content::jsonb, u.retracted, to_timestamp(u.since / 1000),
        to_timestamp(u.until / 1000), now()
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::text[], $5::int4[], $6::text[], $7::bool[], $8::float8[], $9::float8[])
        AS u (tenant, twin, kind, reference, version, content, retracted, since, until)
      ON CONFLICT DO NOTHING`,
    values: [
      ...identity,
      textArray(writes.map(({ fact }) => JSON.stringify(fact.content))),
      plainArray(writes.map(({ fact }) => fact.withdrawn)),
      plainArray(writes.map(({ fact }) => fact.from)),
      plainArray(writes.map(({ fact }) => fact.to)),
    ],
  });
  const supersede = client.query({
    name: 'facts-supersede',
    text: `UPDATE facts AS f SET superseded_at = now()
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::text[], $5::int4[]) AS u (tenant, twin, kind, reference, version)
      WHERE f.tenant = u.tenant AND f.twin = u.twin AND f.kind = u.kind AND f.reference = u.reference
        AND f.version < u.version AND f.superseded_at IS NULL`,
    values: identity,
  });
  await sentTogether([insert, supersede]);
}

/** Writes limits as next versions of their rule's limits for the patient; null limits restore the default. */
export async function writeThresholds(client: ClientBase, writes: readonly ThresholdWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const place = [
    plainArray(writes.map((write) => write.tenant)),
    plainArray(writes.map((write) => write.twin)),
    textArray(writes.map(({ threshold }) => threshold.rule)),
  ];
  const insert = client.query({
    name: 'thresholds-insert',
    text: `INSERT INTO thresholds (tenant, twin, rule, version, limits, author, reason, expires_at, kept, act, recorded_at)
      SELECT u.tenant, u.twin, u.rule,
        coalesce((SELECT max(version) FROM thresholds t WHERE t.tenant = u.tenant AND t.twin = u.twin AND t.rule = u.rule), 0)
          + row_number() OVER (PARTITION BY u.tenant, u.twin, u.rule ORDER BY u.ord),
        u.limits::jsonb, u.author, u.reason, to_timestamp(u.expires / 1000), u.kept::jsonb, u.act, now()
      FROM unnest($1::int4[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::text[], $9::uuid[])
        WITH ORDINALITY AS u (tenant, twin, rule, limits, author, reason, expires, kept, act, ord)`,
    values: [
      ...place,
      textArray(writes.map(({ threshold }) => JSON.stringify(threshold.limits))),
      textArray(writes.map(({ threshold }) => threshold.author)),
      textArray(writes.map(({ threshold }) => threshold.reason)),
      plainArray(writes.map(({ threshold }) => threshold.expiresAt)),
      textArray(writes.map(({ threshold }) => threshold.kept && JSON.stringify(threshold.kept))),
      plainArray(writes.map(({ threshold }) => threshold.act)),
    ],
  });
  const supersede = client.query({
    name: 'thresholds-supersede',
    text: `UPDATE thresholds AS o SET superseded_at = now()
      FROM (SELECT DISTINCT * FROM unnest($1::int4[], $2::int8[], $3::text[]) AS u (tenant, twin, rule)) AS u
      WHERE o.tenant = u.tenant AND o.twin = u.twin AND o.rule = u.rule AND o.superseded_at IS NULL
        AND o.version < (SELECT max(version) FROM thresholds t WHERE t.tenant = u.tenant AND t.twin = u.twin AND t.rule = u.rule)`,
    values: place,
  });
  await sentTogether([insert, supersede]);
}
