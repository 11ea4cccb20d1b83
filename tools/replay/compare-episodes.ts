/** One episode of a rule of one patient. Times in seconds on one scale; `until` null: not over at the end of the data. */
export interface ComparedEpisode {
  readonly at: number;
  readonly until: number | null;
}

/** What a candidate would have changed. Seconds are live minus shadow: positive where the candidate is earlier. */
export interface ShadowComparison {
  readonly both: number;
  readonly onlyLive: number;
  readonly onlyShadow: number;
  readonly earlier: number;
  readonly later: number;
  /** Lead of the candidate for each pair, in order of the live episodes. */
  readonly leadSeconds: readonly number[];
}

/**
 * Pairs the episodes of two lists, one to one, where they overlap in time (touching counts). In order of time, and to each live
 * episode the earliest free one of the shadow's, so the answer does not depend on the order of the lists.
 */
export function compareEpisodes(
  live: readonly ComparedEpisode[],
  shadow: readonly ComparedEpisode[],
): ShadowComparison {
  const ours = [...live].sort(byTime);
  const theirs = [...shadow].sort(byTime);
  const taken = new Set<number>();
  const leadSeconds: number[] = [];
  for (const one of ours) {
    const index = theirs.findIndex((other, i) => !taken.has(i) && overlap(one, other));
    if (index === -1) continue;
    taken.add(index);
    leadSeconds.push(one.at - theirs[index]!.at);
  }
  return {
    both: leadSeconds.length,
    onlyLive: live.length - leadSeconds.length,
    onlyShadow: shadow.length - leadSeconds.length,
    earlier: leadSeconds.filter((lead) => lead > 0).length,
    later: leadSeconds.filter((lead) => lead < 0).length,
    leadSeconds,
  };
}

/** Whether a stretch of time overlaps any of the others. */
export function overlapsAny(one: ComparedEpisode, others: readonly ComparedEpisode[]): boolean {
  return others.some((other) => overlap(one, other));
}

function overlap(a: ComparedEpisode, b: ComparedEpisode): boolean {
  return a.at <= (b.until ?? Infinity) && b.at <= (a.until ?? Infinity);
}

function byTime(a: ComparedEpisode, b: ComparedEpisode): number {
  if (a.at !== b.at) return a.at - b.at;
  const [untilA, untilB] = [a.until ?? Infinity, b.until ?? Infinity];
  return untilA === untilB ? 0 : untilA - untilB;
}
