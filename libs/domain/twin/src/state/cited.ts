import type { Comparator } from '#libs/contracts';

/** A measurement as rules and alerts cite it. Plain JSON; {@link StoredCited} in a stored twin. */
export interface Cited {
  readonly identity: string;
  readonly version: number;
  /** The time at which it is judged, ms. */
  readonly t: number;
  /** Canonical value, the last one of a series. */
  readonly x: number;
  /** As the signal checks judged it. */
  readonly quality: 0 | 1 | 2;
  readonly source: string;
  /** Catalogue number. */
  readonly code: number;
  /** Where the quality is not good. */
  readonly reasons?: readonly string[] | undefined;
  /** When `x` is only a bound. */
  readonly comparator?: Comparator | undefined;
  /** By how much its effective time is later than `t` (negative: earlier), ms, because its sender's clock was wrong. */
  readonly ahead?: number | undefined;
}

/** How a twin stores a cited measurement: in fixed places, because a twin has hundreds of them. `reasons` empty, `comparator` null: there is none. */
export type StoredCited = readonly [
  identity: string,
  version: number,
  t: number,
  x: number,
  quality: 0 | 1 | 2,
  source: string,
  code: number,
  reasons?: readonly string[],
  comparator?: Comparator | null,
  ahead?: number,
];

export function encodeCited(cited: Cited): StoredCited {
  const { identity, version, t, x, quality, source, code, reasons, comparator, ahead } = cited;
  if (ahead !== undefined)
    return [identity, version, t, x, quality, source, code, reasons ?? [], comparator ?? null, ahead];
  if (comparator !== undefined) return [identity, version, t, x, quality, source, code, reasons ?? [], comparator];
  if (reasons !== undefined) return [identity, version, t, x, quality, source, code, reasons];
  return [identity, version, t, x, quality, source, code];
}

export function decodeCited(stored: StoredCited): Cited {
  const [identity, version, t, x, quality, source, code, reasons, comparator, ahead] = stored;
  // Only in front of what follows are reasons empty.
  const own = stored.length > 8 && reasons?.length === 0 ? undefined : reasons;
  return { identity, version, t, x, quality, source, code, reasons: own, comparator: comparator ?? undefined, ahead };
}
