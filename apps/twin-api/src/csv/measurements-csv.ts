import type { Pool } from 'pg';
import type { z } from 'zod';
import type { MeasurementsQuery } from '#libs/contracts';
import { CATALOGUE } from '#libs/domain/quantities';
import { notFound, Problem } from '#libs/platform/http';
import { findTwin, listMeasurements, type MeasurementPlace, type MeasurementRow } from '#libs/platform/storage';
import { iso, measureOf, ms, QUALITIES } from '../wire.js';
import { askedMeasure } from '../charts/asked-measure.js';
import { LOOK_BACK_MS } from '../charts/waves.js';
import { textCell } from './csv-cell.js';

const HEADER = 'effectiveAt,code,value,unit,source,quality\r\n';
/** A wave is many lines. */
const ROWS_AT_ONCE = { values: 1_000, waves: 100 } as const;

/**
 * Every value of a patient that was known at a time (else now), a line each, some lines at a time; a wave is as many lines as it has values, those
 * of the time that is asked for, also where it began before. The next ones are read when these were taken.
 *
 * @throws Problem 400 for a cursor or an unknown code; 404 without the patient: both before the first line
 */
export async function measurementsCsv(
  pool: Pool,
  tenant: number,
  patient: string,
  query: z.output<typeof MeasurementsQuery>,
  now: number,
): Promise<AsyncGenerator<string>> {
  if (query.cursor !== undefined) throw noPages();
  const measures = query.code === undefined ? CATALOGUE : [askedMeasure(query.code)];
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const knownAt = ms(query['known-at']) ?? now;
  const codes = measures.map((measure) => measure.number);
  const limit = measures.every(({ shape }) => shape === 'value') ? ROWS_AT_ONCE.values : ROWS_AT_ONCE.waves;
  const [from, to] = [ms(query.from), ms(query.to)];
  const lookBack = Math.max(...measures.map(({ shape }) => (shape === 'value' ? 0 : LOOK_BACK_MS[shape])));
  const asked = { codes, from: from === undefined ? undefined : from - lookBack, to, knownAt, limit };
  const span = { from: from ?? -Infinity, to: to ?? Infinity };
  return lines(limit, span, (after) => listMeasurements(pool, tenant, twin.key, { ...asked, after }));
}

/** What is asked for, ms: `from` is in it, `to` is not. */
interface Span {
  readonly from: number;
  readonly to: number;
}

async function* lines(
  limit: number,
  span: Span,
  read: (after: MeasurementPlace | undefined) => Promise<readonly MeasurementRow[]>,
): AsyncGenerator<string> {
  yield HEADER;
  for (let after: MeasurementPlace | undefined; ;) {
    const rows = await read(after);
    for (const row of rows) yield linesOf(row, span);
    after = rows.at(-1);
    if (after === undefined || rows.length < limit) return;
  }
}

function linesOf(row: MeasurementRow, { from, to }: Span): string {
  const measure = measureOf(row.code);
  const rest = [measure.unit, row.source].map(textCell).join(',');
  const line = (at: number, value: string): string =>
    at < from || at >= to ? '' : `${iso(at)},${textCell(measure.name)},${value},${rest},${QUALITIES[row.quality]}\r\n`;
  if (row.value !== null) return line(row.effectiveAt, `${row.comparator ?? ''}${row.value}`);
  let at = row.effectiveAt;
  let text = '';
  for (const [n, value] of (row.series ?? []).entries()) {
    text += line(row.periodMs === null ? at : row.effectiveAt + n * row.periodMs, String(value));
    // Of an interval the beginning counts, as of the whole.
    at += value;
  }
  return text;
}

function noPages(): Problem {
  const detail = 'must be absent: one answer of CSV holds all pages';
  return new Problem(400, 'invalid', 'the request does not have the expected shape', [
    { pointer: '/cursor', code: 'no-pages', detail },
  ]);
}
