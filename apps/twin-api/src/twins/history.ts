import type { Pool } from 'pg';
import { z } from 'zod';
import type { MeasurementListSchema, MeasurementSchema, MeasurementsQuery } from '#libs/contracts';
import { CATALOGUE } from '#libs/domain/quantities';
import { decodeCursor, notFound, pageOf } from '#libs/platform/http';
import { findTwin, listMeasurements, type MeasurementRow } from '#libs/platform/storage';
import { askedMeasure } from '../charts/asked-measure.js';
import { Ms, Uuid } from './places.js';
import { codingOf, iso, measurementId, measureOf, ms, QUALITIES } from '../wire.js';

const Place = z.object({ effectiveAt: Ms, code: z.number().int(), identity: Uuid, version: z.number().int() });
const ALL_CODES = CATALOGUE.map((measure) => measure.number);

/** A page of a patient's measurements, all versions, or those known at a time. */
export async function history(
  pool: Pool,
  tenant: number,
  patient: string,
  query: z.output<typeof MeasurementsQuery>,
): Promise<z.input<typeof MeasurementListSchema>> {
  const codes = codesOf(query.code);
  const list = { list: 'measurements', tenant, of: patient };
  const after = decodeCursor(list, Place, query.cursor);
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const rows = await listMeasurements(pool, tenant, twin.key, {
    codes,
    from: ms(query.from),
    to: ms(query.to),
    knownAt: ms(query['known-at']),
    after,
    limit: query.limit + 1,
  });
  return pageOf(list, rows, query.limit, measurementView, ({ effectiveAt, code, identity, version }) => ({
    effectiveAt,
    code,
    identity,
    version,
  }));
}

function codesOf(code: string | undefined): readonly number[] {
  if (code === undefined) return ALL_CODES;
  return [askedMeasure(code).number];
}

function measurementView(row: MeasurementRow): z.input<typeof MeasurementSchema> {
  const measure = measureOf(row.code);
  return {
    id: measurementId(row.identity, row.version),
    code: measure.name,
    coding: codingOf(measure),
    ...(row.value === null ? {} : { value: row.value }),
    ...(row.comparator === null ? {} : { comparator: row.comparator }),
    ...(row.series === null ? {} : { values: [...row.series] }),
    ...(row.periodMs === null ? {} : { periodMs: row.periodMs }),
    ...(row.channel === null ? {} : { channel: row.channel }),
    unit: measure.unit,
    effectiveAt: iso(row.effectiveAt),
    receivedAt: iso(row.receivedAt),
    recordedAt: iso(row.recordedAt),
    source: row.source,
    device: row.device === '' ? null : row.device,
    quality: QUALITIES[row.quality],
    ...(row.qualityReasons === null || row.qualityReasons.length === 0
      ? {}
      : { qualityReasons: [...row.qualityReasons] }),
    ...(row.origin === null ? {} : { original: { value: row.origin[0], unit: row.origin[1] } }),
    ...(row.superseded ? { supersededBy: measurementId(row.identity, row.version + 1) } : {}),
    ...(row.retracted ? { withdrawn: true as const } : {}),
  };
}
