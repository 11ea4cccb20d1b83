import type { Pool } from 'pg';
import type { z } from 'zod';
import type { WavesQuery, WavesSchema } from '#libs/contracts';
import { notFound, Problem } from '#libs/platform/http';
import { findTwin, wavesBetween } from '#libs/platform/storage';
import { timesOf } from '../twins/asked-time.js';
import { iso, ms, QUALITIES } from '../wire.js';
import { askedMeasure } from './asked-measure.js';

const MAX_MS = 60_000;
/** Twelve leads in pieces of a second, ten times over. */
const MAX_SERIES = 7_200;
/** How long before the time a series may have begun that lasts into it, ms: waves come in pieces, intervals may come by the quarter of an hour. */
export const LOOK_BACK_MS = { waveform: 5 * 60_000, intervals: 30 * 60_000 } as const;

/**
 * Waves or intervals that last into a time of at most a minute, each as it was sent.
 *
 * @throws Problem 400 for another measure, a time too long, or more series than one answer holds; 404 without the patient
 */
export async function wavesOf(
  pool: Pool,
  tenant: number,
  patient: string,
  query: z.output<typeof WavesQuery>,
  now: number,
): Promise<z.input<typeof WavesSchema>> {
  const measure = askedMeasure(query.code);
  if (measure.shape === 'value') throw refused('/code', 'code-is-no-wave', 'ask /v1/twins/{patient}/series for it');
  const { from, to } = timesOf(query);
  if (to - from > MAX_MS) throw refused('/to', 'out-of-range', 'must be at most 60 s after `from`');
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const knownAt = ms(query['known-at']) ?? now;
  const asked = { tenant, twin: twin.key, code: measure.number, from, to, knownAt };
  const rows = await wavesBetween(pool, { ...asked, lookBackMs: LOOK_BACK_MS[measure.shape], limit: MAX_SERIES + 1 });
  if (rows.length > MAX_SERIES)
    throw refused('/to', 'too-many', `more than ${MAX_SERIES} series: ask for a shorter time`);
  return {
    patient,
    knownAt: iso(knownAt),
    items: rows.map(({ effectiveAt, values, periodMs, channel, quality, source }) => ({
      code: measure.name,
      ...(channel === null ? {} : { channel }),
      effectiveAt: iso(effectiveAt),
      periodMs,
      unit: measure.unit,
      values: [...values],
      quality: QUALITIES[quality],
      source,
    })),
  };
}

function refused(pointer: string, code: string, detail: string): Problem {
  return new Problem(400, code === 'out-of-range' ? 'invalid' : code, 'these waves cannot be answered', [
    { pointer, code, detail },
  ]);
}
