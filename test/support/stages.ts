/** What one histogram has counted: durations in seconds. */
export interface Stage {
  readonly sum: number;
  readonly count: number;
  /** How many took at most so long (s), by bound. */
  readonly atMost: ReadonlyMap<number, number>;
}

/** Each histogram series of an app, by name and labels. */
export type Stages = Readonly<Record<string, Stage>>;

const SERIES = /^(homeostat_\w+_seconds)_(sum|count|bucket)(\{[^}]*\})? (\S+)$/gm;
const BOUND = /[{,]?le="([^"]*)",?/;

/** Reads the histograms of durations that an app serves at `/metrics`. */
export async function readStages(url: string): Promise<Stages> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const stages: Record<string, { sum: number; count: number; atMost: Map<number, number> }> = {};
  for (const [, name = '', kind, labels = '', value] of text.matchAll(SERIES)) {
    const bound = BOUND.exec(labels)?.[1];
    const others = bound === undefined ? labels : labels.replace(BOUND, (all) => (all.startsWith('{') ? '{' : ''));
    const stage = (stages[name + (others === '{}' ? '' : others)] ??= { sum: 0, count: 0, atMost: new Map() });
    if (kind === 'bucket') stage.atMost.set(bound === '+Inf' ? Infinity : Number(bound), Number(value));
    else stage[kind as 'sum' | 'count'] = Number(value);
  }
  return stages;
}

/** What was counted between two readings. */
export function between(before: Stage | undefined, after: Stage): Stage {
  if (before === undefined) return after;
  return {
    sum: after.sum - before.sum,
    count: after.count - before.count,
    atMost: new Map([...after.atMost].map(([bound, count]) => [bound, count - (before.atMost.get(bound) ?? 0)])),
  };
}

/** The duration (s) below which a part of them lies, interpolated within its bucket; the largest bound for what lies beyond it. */
export function quantile({ count, atMost }: Stage, part: number): number {
  const wanted = part * count;
  let [lower, below] = [0, 0];
  for (const [bound, upTo] of [...atMost].sort(([a], [b]) => a - b)) {
    if (upTo >= wanted && bound !== Infinity)
      return lower + ((bound - lower) * (wanted - below)) / Math.max(1, upTo - below);
    if (bound !== Infinity) [lower, below] = [bound, upTo];
  }
  return lower;
}
