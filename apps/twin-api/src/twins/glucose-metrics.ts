import type { Pool } from 'pg';
import type { z } from 'zod';
import type { GlucoseMetricsQuery, GlucoseMetricsSchema } from '#libs/contracts';
import { glucoseMetrics } from '#libs/domain/glucose';
import { DISCLAIMER } from '#libs/domain/twin';
import { currentValues, findTwin } from '#libs/platform/storage';
import { notFound } from '#libs/platform/http';
import { timesOf } from './asked-time.js';
import { iso } from '../wire.js';

const GLUCOSE = 9;

/** Metrics of a patient's glucose over a time, each source for itself. @throws Problem 400 when the time is no time, 404 without the patient */
export async function glucoseMetricsOf(
  pool: Pool,
  tenant: number,
  patient: string,
  query: z.output<typeof GlucoseMetricsQuery>,
): Promise<z.input<typeof GlucoseMetricsSchema>> {
  const { from, to } = timesOf(query);
  const { targets } = query;
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const sources = await currentValues(pool, { tenant, twin: twin.key, code: GLUCOSE, from, to });
  const items = sources.flatMap(({ source, times, values }) => {
    const readings = times.map((t, i) => ({ t, mgdl: values[i]! }));
    const found = glucoseMetrics(readings, { pregnancy: targets === 'pregnancy' });
    if (found.kind === 'refused') return [];
    const { kind: _, warnings, ...metrics } = found;
    return [{ source, ...metrics, warnings: [...warnings] }];
  });
  return { patient, from: iso(from), to: iso(to), targets, disclaimer: DISCLAIMER, items };
}
