import { parseInstant } from '#libs/domain/quantities';
import { refuse, type Refusal } from './refusal.js';

/**
 * Open mHealth and IEEE 1752.1 data points: `{ header: { schema_id, … }, body }`. Each becomes samples of the plain form, so that
 * everything after is one way. Schemas: https://www.openmhealth.org/documentation/#/schema-docs and IEEE 1752.1-2021.
 */
export interface DataPointContext {
  /** Patient reference for data points that name none (`?patient=`, MQTT topic). */
  readonly patient: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

export function isDataPoint(raw: unknown): raw is { readonly header: Json; readonly body: Json } {
  return isObject(raw) && isObject(raw['header']) && isObject(raw['body']) && !('code' in raw);
}

/** The plain samples of one data point, or why it is not taken. */
export function fromDataPoint(
  point: { readonly header: Json; readonly body: Json },
  index: number,
  context: DataPointContext,
): readonly Json[] | Refusal {
  const { header, body } = point;
  const schema = isObject(header['schema_id']) ? header['schema_id'] : {};
  const name = schema['name'];
  const parts = typeof name === 'string' && Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  if (parts === undefined || !['omh', 'ieee', undefined].includes(schema['namespace'] as string | undefined)) {
    return refuse(
      index,
      'schema-unsupported',
      'header.schema_id names no schema known here',
      point,
      '/header/schema_id',
    );
  }
  const statistic = body['descriptive_statistic'];
  if (statistic !== undefined && statistic !== 'average' && statistic !== 'median') {
    return refuse(
      index,
      'schema-unsupported',
      'only average and median statistics are measurements',
      point,
      '/body/descriptive_statistic',
    );
  }
  const effectiveAt = effectiveTime(body['effective_time_frame']);
  if (effectiveAt === undefined) {
    return refuse(
      index,
      'timestamp-missing',
      'body.effective_time_frame has no date_time or time_interval',
      point,
      '/body/effective_time_frame',
    );
  }
  const found = parts.filter((part) => body[part.field] !== undefined);
  if (found.length === 0) {
    const fields = parts.map((part) => part.field).join(' or ');
    return refuse(index, 'value-missing', `body.${fields} is missing`, point, '/body');
  }
  const head = headOf(header, context);
  const id = header['id'] ?? header['uuid'];
  return found.map((part) => ({
    ...head,
    ...(id === undefined ? {} : { id: found.length > 1 && typeof id === 'string' ? `${id}#${part.code}` : id }),
    code: part.code,
    effectiveAt,
    ...quantity(body[part.field], part.units),
  }));
}

function headOf(header: Json, context: DataPointContext): Json {
  const provenance = isObject(header['acquisition_provenance']) ? header['acquisition_provenance'] : {};
  const patient = header['patient'] ?? header['user_id'] ?? context.patient;
  const device = header['device'];
  const source = provenance['source_name'];
  return {
    ...(patient === undefined ? {} : { patient }),
    ...(device === undefined ? {} : { device }),
    ...(source === undefined ? {} : { source }),
  };
}

/** A `{ value, unit }` of Open mHealth with its unit in UCUM; an unknown unit is passed on and refused by name. */
function quantity(raw: unknown, units: Readonly<Record<string, string>>): Json {
  if (!isObject(raw)) return { value: raw, unit: units[''] };
  const unit = raw['unit'] ?? '';
  return { value: raw['value'], unit: typeof unit === 'string' && Object.hasOwn(units, unit) ? units[unit] : unit };
}

/** The moment, or the start of the interval. */
function effectiveTime(frame: unknown): unknown {
  if (!isObject(frame)) return undefined;
  if (frame['date_time'] !== undefined) return frame['date_time'];
  const interval = frame['time_interval'];
  if (!isObject(interval)) return undefined;
  if (interval['start_date_time'] !== undefined) return interval['start_date_time'];
  return startBefore(interval['end_date_time'], interval['duration']);
}

const SECONDS: Readonly<Record<string, number>> = { sec: 1, min: 60, h: 3600, d: 86_400, wk: 604_800, ms: 0.001 };

function startBefore(end: unknown, duration: unknown): string | undefined {
  if (typeof end !== 'string' || !isObject(duration)) return undefined;
  const { value, unit } = duration;
  const seconds = typeof unit === 'string' && Object.hasOwn(SECONDS, unit) ? SECONDS[unit] : undefined;
  const instant = parseInstant(end);
  if (!instant.ok || typeof value !== 'number' || seconds === undefined) return undefined;
  const start = new Date(instant.ms - value * seconds * 1000);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Part {
  readonly field: string;
  readonly code: string;
  /** Units of the schema → UCUM; '' stands for a bare number. */
  readonly units: Readonly<Record<string, string>>;
}

const PRESSURE = { mmHg: 'mm[Hg]' };
const MASS = { kg: 'kg', g: 'g', lb: '[lb_av]', oz: '[oz_av]', Stone: '[stone_av]' };

const SCHEMAS: Readonly<Record<string, readonly Part[]>> = {
  'heart-rate': [{ field: 'heart_rate', code: 'heart-rate', units: { 'beats/min': '/min', bpm: '/min' } }],
  'rr-interval': [{ field: 'rr_interval', code: 'rr-interval', units: { ms: 'ms', sec: 's', us: 'us' } }],
  'oxygen-saturation': [{ field: 'oxygen_saturation', code: 'oxygen-saturation', units: { '%': '%' } }],
  'respiratory-rate': [
    { field: 'respiratory_rate', code: 'respiratory-rate', units: { 'breaths/min': '/min', bpm: '/min' } },
  ],
  'blood-pressure': [
    { field: 'systolic_blood_pressure', code: 'systolic-pressure', units: PRESSURE },
    { field: 'diastolic_blood_pressure', code: 'diastolic-pressure', units: PRESSURE },
    { field: 'mean_blood_pressure', code: 'mean-pressure', units: PRESSURE },
  ],
  'body-temperature': [
    { field: 'body_temperature', code: 'body-temperature', units: { C: 'Cel', F: '[degF]', K: 'K' } },
  ],
  'blood-glucose': [{ field: 'blood_glucose', code: 'glucose', units: { 'mg/dL': 'mg/dL', 'mmol/L': 'mmol/L' } }],
  'step-count': [
    { field: 'step_count', code: 'step-count', units: { '': '{steps}', steps: '{steps}', step: '{steps}' } },
  ],
  'body-weight': [{ field: 'body_weight', code: 'body-weight', units: MASS }],
};
