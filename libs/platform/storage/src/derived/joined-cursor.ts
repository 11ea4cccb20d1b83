import { SearchRefusedError } from '#libs/fhir-rest';
import type { ForecastPlace } from '../forecast-resources/forecast-stream.js';
import type { MeasuredPlace } from '../measured/row-source.js';

/** Where a page of what is stored and what is derived begins; undefined: from the beginning of each, null: it has no more. */
export interface JoinedCursor {
  readonly indexed: string | null | undefined;
  readonly forecasts: ForecastPlace | null | undefined;
  readonly measured: MeasuredPlace | null | undefined;
  /** Whether all are in one order by date: what the first page was stays so, however many patients there are meanwhile. */
  readonly byDate?: boolean;
}

export function joinedCursorText({ indexed, forecasts, measured, byDate }: JoinedCursor): string {
  const forecast = forecasts && [forecasts.at, forecasts.twin, forecasts.code, forecasts.model, forecasts.knownAt];
  const place = measured && [measured.at, measured.twin, measured.code, measured.identity];
  return Buffer.from(JSON.stringify({ indexed, forecasts: forecast, measured: place, byDate })).toString('base64url');
}

/**
 * @returns a cursor of the index alone when it is none of these: nothing derived was part of that search when it began
 * @throws SearchRefusedError for what is damaged
 */
export function readJoinedCursor(text: string | undefined): JoinedCursor {
  if (text === undefined) return { indexed: undefined, forecasts: undefined, measured: undefined };
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { indexed: text, forecasts: null, measured: null };
  const { indexed, forecasts, measured, byDate } = value as Readonly<Record<string, unknown>>;
  const isIndexed = indexed == null || (typeof indexed === 'string' && indexed.length < 8000);
  if (!isIndexed) throw damaged();
  return {
    indexed,
    forecasts: forecasts == null ? forecasts : forecastPlaceOf(forecasts),
    measured: measured == null ? measured : placeOf(measured),
    byDate: byDate === true,
  };
}

function forecastPlaceOf(value: unknown): ForecastPlace {
  const [at, twin, code, model, knownAt] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const fits =
    isMoment(at) &&
    isTwin(twin) &&
    isCode(code) &&
    isMoment(knownAt) &&
    typeof model === 'string' &&
    model.length <= 64;
  if (!fits) throw damaged();
  return { at, twin, code, model, knownAt };
}

function placeOf(value: unknown): MeasuredPlace {
  const [at, twin, code, identity] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const isIdentity = typeof identity === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(identity);
  if (!isMoment(at) || !isTwin(twin) || !isCode(code) || !isIdentity) throw damaged();
  return { at, twin, code, identity };
}

/** Years 1 to 9999, ms. */
const MAX_MS = 253_402_300_799_999;

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= MAX_MS;
}

function isTwin(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,18}$/.test(value);
}

function isCode(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 32_768;
}

function damaged(): SearchRefusedError {
  return new SearchRefusedError('value', 'the page link is damaged or is of another search', '_cursor');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
