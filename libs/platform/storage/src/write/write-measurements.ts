import type { ClientBase } from 'pg';
import type { StoredMeasurement } from '#libs/domain/twin';
import { plainArray, textArray } from '../postgres/pg-arrays.js';
import { sentTogether } from '../postgres/sent-together.js';
import { fitReal, fitsReal } from './single-precision.js';

/** A new version of a measurement with where it belongs; `source` is the key of its source and device. */
export interface MeasurementWrite {
  readonly tenant: number;
  readonly twin: string;
  readonly source: number;
  readonly measurement: StoredMeasurement & {
    readonly replaces?: { readonly version: number; readonly code: number; readonly t: number };
  };
}

/**
 * Writes new versions in one statement, plain values and those with more to say (series, reasons, original unit, withdrawal)
 * each in their own, and closes the versions they replace. `recorded_at` is the time of the transaction.
 */
export async function writeMeasurements(client: ClientBase, writes: readonly MeasurementWrite[]): Promise<void> {
  const plain: MeasurementWrite[] = [];
  const rich: MeasurementWrite[] = [];
  const replacing: MeasurementWrite[] = [];
  for (const write of writes) {
    (isPlain(write.measurement) ? plain : rich).push(write);
    if (write.measurement.replaces !== undefined) replacing.push(write);
  }
  await sentTogether([
    ...(plain.length > 0 ? [insertPlain(client, plain)] : []),
    ...(rich.length > 0 ? [insertRich(client, rich)] : []),
    ...(replacing.length > 0 ? [supersede(client, replacing)] : []),
  ]);
}

function isPlain(measurement: StoredMeasurement): boolean {
  return (
    measurement.comparator === undefined &&
    measurement.clockShift === undefined &&
    measurement.judged === undefined &&
    measurement.series === undefined &&
    measurement.reasons === undefined &&
    measurement.origin === undefined &&
    measurement.channel === undefined &&
    measurement.periodMs === undefined &&
    !measurement.retracted
  );
}

const COLUMNS = `tenant, twin, effective_at, received_at, value, source, code, version, quality, sourced, identity, content_hash`;
const VALUES = `u.tenant, u.twin, to_timestamp(u.t / 1000), to_timestamp(u.received / 1000), u.x, u.source, u.code, u.version,
  u.quality, u.sourced, u.identity, u.hash, now()`;
const ARRAYS = `$1::int4[], $2::int8[], $3::float8[], $4::float8[], $5::float8[], $6::int4[], $7::int2[], $8::int4[], $9::int2[],
  $10::bool[], $11::uuid[], $12::int8[]`;
const NAMES = `tenant, twin, t, received, x, source, code, version, quality, sourced, identity, hash`;

async function insertPlain(client: ClientBase, writes: readonly MeasurementWrite[]): Promise<void> {
  await client.query({
    name: 'measurements-insert',
    text: `INSERT INTO measurements (${COLUMNS}, recorded_at) SELECT ${VALUES} FROM unnest(${ARRAYS}) AS u (${NAMES})`,
    values: columnsOf(writes),
  });
}

async function insertRich(client: ClientBase, writes: readonly MeasurementWrite[]): Promise<void> {
  const all = writes.map((write) => write.measurement);
  const exact = all.map(({ series }) => (series === undefined || fitReal(series) ? null : plainArray(series)));
  const periods = all.map(({ periodMs }) => (periodMs === undefined || fitsReal(periodMs) ? null : periodMs));
  await client.query({
    name: 'measurements-insert-rich',
    text: `INSERT INTO measurements (${COLUMNS}, recorded_at, retracted, quality_reasons, series, period_ms, channel, origin, comparator,
        series_exact, period_exact, clock_shift_ms, judged_quality, judged_reasons)
      SELECT ${VALUES}, u.retracted, u.reasons::text[], u.series::real[], u.period, u.channel, u.origin::jsonb, u.comparator,
        u.exact::float8[], u.period_exact, u.shift, u.judged, u.judged_reasons::text[]
      FROM unnest(${ARRAYS}, $13::bool[], $14::text[], $15::text[], $16::real[], $17::text[], $18::text[], $19::text[],
        $20::text[], $21::float8[], $22::int4[], $23::int2[], $24::text[])
        AS u (${NAMES}, retracted, reasons, series, period, channel, origin, comparator, exact, period_exact, shift,
          judged, judged_reasons)`,
    values: [
      ...columnsOf(writes),
      plainArray(all.map((one) => one.retracted)),
      textArray(all.map((one) => (one.reasons === undefined ? null : textArray(one.reasons)))),
      textArray(all.map(({ series }, i) => seriesOf(series, exact[i] === null))),
      plainArray(all.map(({ periodMs }, i) => (periods[i] === null ? periodMs : Math.fround(periodMs!)))),
      textArray(all.map((one) => one.channel)),
      textArray(all.map((one) => (one.origin === undefined ? null : JSON.stringify(one.origin)))),
      textArray(all.map((one) => one.comparator)),
      textArray(exact),
      plainArray(periods),
      plainArray(all.map((one) => one.clockShift)),
      plainArray(all.map((one) => one.judged?.quality)),
      textArray(all.map((one) => (one.judged === undefined ? null : textArray(one.judged.reasons)))),
    ],
  });
}

/** As `real` takes it: numbers beyond its exponents are an error to Postgres, so what does not fit is rounded here. */
function seriesOf(series: readonly number[] | undefined, fits: boolean): string | null {
  if (series === undefined) return null;
  return plainArray(fits ? series : series.map(Math.fround));
}

async function supersede(client: ClientBase, writes: readonly MeasurementWrite[]): Promise<void> {
  const old = writes.map(({ tenant, twin, measurement }) => ({
    tenant,
    twin,
    identity: measurement.identity,
    ...(measurement.replaces as NonNullable<typeof measurement.replaces>),
  }));
  await client.query({
    name: 'measurements-supersede',
    text: `UPDATE measurements AS m SET superseded_at = now()
      FROM unnest($1::int4[], $2::int8[], $3::int2[], $4::float8[], $5::uuid[], $6::int4[])
        AS u (tenant, twin, code, t, identity, version)
      WHERE m.tenant = u.tenant AND m.twin = u.twin AND m.code = u.code AND m.effective_at = to_timestamp(u.t / 1000)
        AND m.identity = u.identity AND m.version = u.version`,
    values: [
      plainArray(old.map((one) => one.tenant)),
      plainArray(old.map((one) => one.twin)),
      plainArray(old.map((one) => one.code)),
      plainArray(old.map((one) => one.t)),
      plainArray(old.map((one) => one.identity)),
      plainArray(old.map((one) => one.version)),
    ],
  });
}

/** The twelve columns that every version has. Twelve strings in one pass: this is the hottest loop of the store. */
function columnsOf(writes: readonly MeasurementWrite[]): string[] {
  let tenants = '';
  let twins = '';
  let times = '';
  let received = '';
  let values = '';
  let sources = '';
  let codes = '';
  let versions = '';
  let qualities = '';
  let sourced = '';
  let identities = '';
  let hashes = '';
  let comma = '{';
  for (const { tenant, twin, source, measurement } of writes) {
    tenants += comma + tenant;
    twins += comma + twin;
    times += comma + measurement.t;
    received += comma + measurement.receivedAt;
    values += comma + (measurement.x ?? 'NULL');
    sources += comma + source;
    codes += comma + measurement.code;
    versions += comma + measurement.version;
    qualities += comma + measurement.quality;
    sourced += comma + (measurement.sourced ? 't' : 'f');
    identities += comma + measurement.identity;
    hashes += comma + measurement.hash;
    comma = ',';
  }
  return [
    tenants,
    twins,
    times,
    received,
    values,
    sources,
    codes,
    versions,
    qualities,
    sourced,
    identities,
    hashes,
  ].map((column) => `${column}}`);
}
