import type { Pool } from 'pg';
import type { ActRecord, Alert } from '#libs/contracts';

/** What happened of alerts, or was done by a person. `key` makes the order of one moment certain. */
export type TimelineRow = { readonly key: string; readonly at: number } & (
  | { readonly kind: 'transition'; readonly alert: Alert }
  | {
      readonly kind: 'act';
      readonly does: ActRecord['does'];
      /** Of an act on an alert. */
      readonly rule: Alert['rule'] | null;
      readonly actor: string;
      readonly onBehalfOf: string | null;
    }
);

interface Row {
  readonly key: string;
  readonly at: number;
  readonly alert: Alert | null;
  readonly does: ActRecord['does'] | null;
  readonly rule: Alert['rule'] | null;
  readonly actor: string | null;
  readonly onBehalfOf: string | null;
}

export interface TimelineAsked {
  readonly tenant: number;
  /** Key of the twin. */
  readonly twin: string;
  readonly patient: string;
  /** ms; `from` inclusive, `to` exclusive */
  readonly from: number;
  readonly to: number;
  /** Only what was recorded by then, ms. */
  readonly knownAt: number;
  readonly after?: { readonly at: number; readonly key: string } | undefined;
  readonly limit: number;
}

const ACTS = `'acknowledge', 'snooze', 'resolve', 'set-thresholds', 'set-monitoring'`;

/**
 * Page of what happened with a patient's alerts, limits and monitoring, oldest first. A transition that is nothing but the effect of an act is
 * left out: the act stands there. An act on an alert is known by its episode, which the act names.
 */
export async function patientTimeline(pool: Pool, asked: TimelineAsked): Promise<readonly TimelineRow[]> {
  const { rows } = await pool.query<Row>({
    name: 'patient-timeline',
    text: `WITH happened AS (
        SELECT s.id::text AS key, s.at, s.alert || jsonb_build_object('sequence', s.sequence) AS alert, NULL::jsonb AS does, NULL::jsonb AS rule, NULL AS actor,
          NULL AS on_behalf_of
        FROM alert_episodes e JOIN alert_transitions s ON s.tenant = e.tenant AND s.episode = e.id
        WHERE e.tenant = $1 AND e.patient = $3 AND e.twin = $2 AND e.raised_at < to_timestamp($5::float8 / 1000)
          AND s.recorded_at <= to_timestamp($6::float8 / 1000) AND s.transition NOT IN ('acknowledged', 'snoozed')
          AND s.at >= to_timestamp(greatest($4::float8, $7::float8) / 1000) AND s.at < to_timestamp($5::float8 / 1000)
        UNION ALL
        SELECT a.id::text, a.at, NULL, a.detail, e.alert->'rule', a.actor, a.on_behalf_of
        FROM audit a
        LEFT JOIN alert_episodes e ON e.tenant = $1 AND e.twin = $2 AND a.target = 'Alert/' || e.id::text AND e.id = (a.detail->>'episode')::uuid
        WHERE a.tenant = $1 AND a.act IN (${ACTS}) AND a.at <= to_timestamp($6::float8 / 1000)
          AND a.at >= to_timestamp(greatest($4::float8, $7::float8) / 1000) AND a.at < to_timestamp($5::float8 / 1000)
          AND (a.target = 'Patient/' || $3 OR e.id IS NOT NULL)
        UNION ALL
        SELECT a.id::text, a.at, NULL, a.detail, NULL, a.actor, a.on_behalf_of
        FROM audit a
        WHERE a.tenant = $1 AND a.act = 'set-tenant-thresholds' AND a.at <= to_timestamp($6::float8 / 1000)
          AND a.at >= to_timestamp(greatest($4::float8, $7::float8) / 1000) AND a.at < to_timestamp($5::float8 / 1000))
      SELECT key, (extract(epoch FROM at) * 1000)::float8 AS at, alert, does, rule, actor, on_behalf_of AS "onBehalfOf"
      FROM happened h
      WHERE $7::float8 IS NULL OR (h.at, h.key) > (to_timestamp($7 / 1000), $8)
      ORDER BY h.at, h.key LIMIT $9`,
    values: [
      asked.tenant,
      asked.twin,
      asked.patient,
      asked.from,
      asked.to,
      asked.knownAt,
      asked.after?.at ?? null,
      asked.after?.key ?? null,
      asked.limit,
    ],
  });
  return rows.map(({ key, at, alert, does, rule, actor, onBehalfOf }) =>
    alert === null
      ? { key, at, kind: 'act', does: does!, rule, actor: actor ?? '', onBehalfOf }
      : { key, at, kind: 'transition', alert },
  );
}
