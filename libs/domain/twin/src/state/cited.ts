import type { Comparator } from '#libs/contracts';

/**
 * A measurement as rules and alerts cite it. `t` the time at which it is judged, ms; `x` canonical value, the last one of a series;
 * `quality` as the signal checks judged it; `reasons` where it is not good (empty before what follows); `comparator` when `x` is only a
 * bound; `ahead` by how much its effective time is later than `t` (negative: earlier), ms, because its sender's clock was wrong.
 */
export type Cited = readonly [
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
