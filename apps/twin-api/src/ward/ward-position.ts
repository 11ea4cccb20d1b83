import { createHash } from 'node:crypto';
import { cursorUnknown } from '../streams/event-stream.js';

/** Up to where a reader of a ward's stream has been sent everything. */
export interface WardPosition {
  /** Of the twins and labels: ms, by the clock of the database. */
  readonly at: number;
  /** Of the alert transitions; undefined: the reader may not see alerts. */
  readonly alerts: bigint | undefined;
}

/** An earlier position is refused: by then the ward has changed so much that it is read anew. */
export const MAX_AGE_MS = 3_600_000;
/** Clocks of two servers differ by less. */
const MAX_AHEAD_MS = 60_000;

/** The id of the event with which a reader has come to a position. No other tenant's, and no other stream's, looks like it. */
export function positionId(tenant: number, { at, alerts }: WardPosition): string {
  const place = `${Math.floor(at)}-${alerts ?? ''}`;
  return `${place}.${checkOf(tenant, place)}`;
}

/**
 * The position that a `Last-Event-ID` names.
 *
 * @param now ms
 * @throws {Problem} 410 when the stream of the tenant did not give it, or no longer knows it
 */
export function positionOf(tenant: number, lastId: string, now: number): WardPosition {
  const [, place = '', at = '', alerts = '', check] = /^((\d{1,15})-(\d{0,18}))\.([\w-]{11})$/.exec(lastId) ?? [];
  const age = now - Number(at);
  if (check !== checkOf(tenant, place) || age > MAX_AGE_MS || age < -MAX_AHEAD_MS) throw wardCursorUnknown();
  return { at: Number(at), alerts: alerts === '' ? undefined : BigInt(alerts) };
}

export function wardCursorUnknown(): Error {
  return cursorUnknown('connect without it, then read GET /v1/ward');
}

/** Not a secret: it detects mistakes, and a position grants no access. */
function checkOf(tenant: number, place: string): string {
  return createHash('sha256').update(`ward/${tenant}/${place}`).digest('base64url').slice(0, 11);
}
