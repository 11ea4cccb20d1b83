import type { Pool } from 'pg';
import type { z } from 'zod';
import type { AlarmQualityQuery, AlarmQualitySchema } from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import {
  alarmQuality,
  patientDays,
  shadowFigures,
  suppressedByRule,
  type AlarmQualityRow,
} from '#libs/platform/storage';
import { timesOf } from '../twins/asked-time.js';
import { iso } from '../wire.js';

type Answer = z.input<typeof AlarmQualitySchema>;

const NONE: AlarmQualityRow = {
  rule: null,
  alerts: 0,
  high: 0,
  medium: 0,
  low: 0,
  acknowledged: 0,
  escalated: 0,
  useful: 0,
  notUseful: 0,
  median: null,
  p90: null,
};

/** How the alerts of a time did: how many, how useful, how soon somebody saw them. @throws Problem 400 when the time is no time */
export async function alarmQualityOf(
  pool: Pool,
  { rules }: Catalogue,
  tenant: number,
  query: z.output<typeof AlarmQualityQuery>,
): Promise<Answer> {
  const inShadow = rules.flatMap(({ id, shadowOf }) => (shadowOf === undefined ? [] : [{ rule: id, of: shadowOf }]));
  const asked = { tenant, ...timesOf(query), patient: query.patient };
  const [rows, suppressed, days, shadows] = await Promise.all([
    alarmQuality(pool, asked),
    suppressedByRule(pool, asked),
    patientDays(pool, asked),
    Promise.all(inShadow.map((shadow) => shadowFigures(pool, asked, shadow))),
  ]);
  const byRule = new Map(rows.map((row) => [row.rule, row]));
  const names = new Set([...rows.flatMap(({ rule }) => rule ?? []), ...suppressed.keys()]);
  const suppressedCount = [...suppressed.values()].reduce((sum, n) => sum + n, 0);
  return {
    from: iso(asked.from),
    to: iso(asked.to),
    patientDays: days,
    total: figures(byRule.get(null) ?? NONE, suppressedCount, days),
    rules: [...names]
      .sort()
      .map((rule) => ({ rule, ...figures(byRule.get(rule) ?? NONE, suppressed.get(rule) ?? 0, days) })),
    shadows: shadows.map((row, i) => ({
      ...inShadow[i]!,
      ...row,
      perPatientDay: days === 0 ? null : row.found / days,
    })),
  };
}

function figures(row: AlarmQualityRow, suppressed: number, days: number): Answer['total'] {
  const { alerts, high, medium, low, acknowledged, escalated, useful, notUseful, median, p90 } = row;
  const judged = useful + notUseful;
  return {
    alerts,
    bySeverity: { high, medium, low },
    suppressed,
    perPatientDay: days === 0 ? null : alerts / days,
    acknowledged,
    escalated,
    useful,
    notUseful,
    precision: judged === 0 ? null : useful / judged,
    secondsToAcknowledge: median === null || p90 === null ? null : { median, p90 },
  };
}
