/**
 * The key of a measurement of a wearable sender, as its Observation's id carries it. One with an identifier of its sender keeps its
 * identity when its time or measure is corrected and is found by that; any other has both in its identity, and is found by them.
 */
export type MeasurementKey =
  | { readonly kind: 'sourced'; readonly twin: string; readonly identity: string }
  | {
      readonly kind: 'derived';
      readonly twin: string;
      readonly identity: string;
      /** Catalogue number. */
      readonly code: number;
      /** ms since 1970 */
      readonly effectiveAt: number;
    };

export interface Identified {
  /** Key of the twin, a whole number in text. */
  readonly twin: string;
  /** UUID in text. */
  readonly identity: string;
  readonly sourced: boolean;
  readonly code: number;
  readonly effectiveAt: number;
}

const SOURCED = /^ms-([0-9a-z]{1,13})-([0-9a-f]{32})$/;
const DERIVED = /^md-([0-9a-z]{1,13})-([0-9a-z]{1,4})-(\.?[0-9a-z]{1,10})-([0-9a-f]{32})$/;
const MAX_BIGINT = 2n ** 63n - 1n;
const MAX_SMALLINT = 2 ** 15 - 1;
/** Years 1 to 9999, as measurements are. */
const MAX_MS = 253_402_300_799_999;

/** The id of the Observation of a measurement: `[A-Za-z0-9\-.]{1,64}`, the same for all of its versions. */
export function observationIdOf({ twin, identity, sourced, code, effectiveAt }: Identified): string {
  const key = BigInt(twin).toString(36);
  const hex = identity.replaceAll('-', '');
  if (sourced) return `ms-${key}-${hex}`;
  const at = `${effectiveAt < 0 ? '.' : ''}${Math.abs(effectiveAt).toString(36)}`;
  return `md-${key}-${code.toString(36)}-${at}-${hex}`;
}

/** The key in the id of an Observation. @returns undefined for the id of any other resource */
export function measurementKeyOf(id: string): MeasurementKey | undefined {
  const sourced = SOURCED.exec(id);
  if (sourced !== null) {
    const [, twin = '', identity = ''] = sourced;
    const key = twinOf(twin);
    return key === undefined ? undefined : { kind: 'sourced', twin: key, identity: uuid(identity) };
  }
  const [, twin = '', code = '', at = '', identity = ''] = DERIVED.exec(id) ?? [];
  const key = twinOf(twin);
  const number = Number.parseInt(code, 36);
  const effectiveAt = at.startsWith('.') ? -Number.parseInt(at.slice(1), 36) : Number.parseInt(at, 36);
  if (key === undefined || !(number <= MAX_SMALLINT) || !(Math.abs(effectiveAt) <= MAX_MS)) return undefined;
  const found = { kind: 'derived', twin: key, identity: uuid(identity), code: number, effectiveAt } as const;
  // One key has one id: leading zeros would make others.
  return observationIdOf({ ...found, sourced: false }) === id ? found : undefined;
}

/** Whether ids of this form are kept for measurements: no client may make such a resource. */
export function isMeasurementId(type: string, id: string): boolean {
  return type === 'Observation' && (SOURCED.test(id) || DERIVED.test(id));
}

function twinOf(text: string): string | undefined {
  if (text === '' || (text.startsWith('0') && text !== '0')) return undefined;
  let key = 0n;
  for (const digit of text) key = key * 36n + BigInt(Number.parseInt(digit, 36));
  return key > MAX_BIGINT ? undefined : key.toString();
}

function uuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
