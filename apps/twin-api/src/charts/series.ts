import type { Pool } from 'pg';
import type { z } from 'zod';
import type { SeriesQuery, SeriesSchema } from '#libs/contracts';
import { SeriesReducer, type ReducedSeries } from '#libs/domain/quantities';
import { notFound, Problem } from '#libs/platform/http';
import { findTwin, valuesInOrder, type ValueInOrder } from '#libs/platform/storage';
import { timesOf } from '../twins/asked-time.js';
import { iso, ms, QUALITIES } from '../wire.js';
import { askedMeasure } from './asked-measure.js';
import { usualStepMs } from './measures.js';

/**
 * Values of one measure for a chart, all of them or a bounded number with every extreme, as known at a time.
 *
 * @throws Problem 400 for a measure of series, a time that is no time or too long; 404 without the patient
 */
export async function seriesOf(
  pool: Pool,
  tenant: number,
  patient: string,
  query: z.output<typeof SeriesQuery>,
  now: number,
): Promise<z.input<typeof SeriesSchema>> {
  const measure = askedMeasure(query.code);
  if (measure.shape !== 'value') throw isWave();
  const { from, to } = timesOf(query);
  const knownAt = ms(query['known-at']) ?? now;
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const usual = usualStepMs(measure.name);
  const reducer = new SeriesReducer<ValueInOrder>({ from, to, points: query.points, usualStepMs: usual });
  const asked = { tenant, twin: twin.key, code: measure.number, from, to, knownAt };
  for await (const page of valuesInOrder(pool, asked)) for (const value of page) reducer.add(value);
  return {
    patient,
    code: measure.name,
    title: measure.title,
    unit: measure.unit,
    from: iso(from),
    to: iso(to),
    knownAt: iso(knownAt),
    ...shown(reducer.end()),
  };
}

function shown(
  series: ReducedSeries<ValueInOrder>,
): Pick<z.input<typeof SeriesSchema>, 'usualStepSeconds' | 'rule' | 'bucketSeconds' | 'count' | 'points' | 'gaps'> {
  const { usualStepMs: step, bucketMs } = series;
  return {
    usualStepSeconds: step === null ? null : step / 1000,
    rule: series.rule,
    bucketSeconds: bucketMs === null ? null : bucketMs / 1000,
    count: series.count,
    points: series.points.map(({ t, x, comparator, quality, reasons, source }) => ({
      at: iso(t),
      value: x,
      ...(comparator === null ? {} : { comparator }),
      quality: QUALITIES[quality],
      ...(reasons === null || reasons.length === 0 ? {} : { qualityReasons: [...reasons] }),
      source,
    })),
    gaps: series.gaps.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
  };
}

function isWave(): Problem {
  return new Problem(400, 'code-is-a-wave', 'the measure comes as waves or intervals', [
    { pointer: '/code', code: 'code-is-a-wave', detail: 'ask /v1/twins/{patient}/waves for it' },
  ]);
}
