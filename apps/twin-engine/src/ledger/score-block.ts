import type { ForecastOutput } from '#libs/domain/forecasting';
import {
  blockLength,
  isDue,
  joinedBlocks,
  mergedTallies,
  packBlock,
  packTally,
  tallyOf,
  timeOf,
  truthOf,
  unpackBlock,
  unscored,
  WAIT_MS,
  type DueBy,
  type ScoredForecast,
  type StoredForecast,
} from '#libs/domain/ledger';
import { LATENESS_BOUND } from '#libs/domain/twin';
import type { BlockWrite, DueBlock, FoundTruth, Target } from '#libs/platform/storage';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** How soon a block is looked at again, ms: after a quarter of its age, within these. */
const LOOK_AGAIN = { least: 5 * SECOND, mostWhilePending: 30 * MINUTE, most: 6 * HOUR };

/** A block with its forecasts that are not settled. */
export interface OpenBlock {
  readonly place: DueBlock;
  readonly output: ForecastOutput;
  readonly forecasts: readonly StoredForecast[];
}

/** What is asked of the measurements to score a block: one target for each point that is due, in order. */
export function targetsOf({ place, output, forecasts }: OpenBlock, now: number): readonly Target[] {
  const by = dueBy(place, output, now);
  const { tenant, twin, code } = place;
  const { toleranceMs, outcome } = output;
  return forecasts.flatMap((stored) =>
    stored.forecast.points
      .filter(({ minutes }) => isDue(stored, minutes, by))
      .map(({ minutes }) => ({ tenant, twin, code, t: timeOf(stored.forecast, minutes), toleranceMs, outcome })),
  );
}

/**
 * A block after a look: what it comes to as the measurements are now, and its forecasts for good once nothing that arrives within the lateness bound can change them.
 *
 * @param truths what was found for each of {@link targetsOf}
 */
export function scoreBlock(open: OpenBlock, truths: readonly (FoundTruth | undefined)[], now: number): BlockWrite {
  const { place, output, forecasts } = open;
  const by = dueBy(place, output, now);
  let next = 0;
  let pending = 0;
  const scored = forecasts.map((stored): ScoredForecast => {
    const found = stored.forecast.points.map(({ minutes }) => {
      if (isDue(stored, minutes, by)) return truthOf(stored, minutes, by, truths[next++]);
      pending++;
      return { unscored: 'pending' } as const;
    });
    return { ...stored, truths: found };
  });
  const settled = place.content === null ? [] : unpackBlock(place.block, place.content);
  const tally = packTally(mergedTallies([tallyOf(settled), tallyOf(scored)]));
  const counted = { place, tally, forecasts: settled.length + scored.length };
  if (pending === 0 && isSettled(open, now)) {
    const content = packBlock(place.block, [...settled, ...scored]);
    return { ...counted, content, taken: scored.map(({ version }) => version), dueAt: null };
  }
  const most = pending > 0 ? LOOK_AGAIN.mostWhilePending : LOOK_AGAIN.most;
  const after = Math.min(most, Math.max(LOOK_AGAIN.least, (now - place.createdAt) / 4));
  return { ...counted, content: place.content, taken: [], dueAt: now + after };
}

/**
 * A block that is settled takes over what it does not score, too. What does not fit at once is taken first, and the block is looked at again.
 *
 * @param others forecasts that are not scored; `isAll`: there are no more
 */
export function withUnscored(
  write: BlockWrite,
  others: readonly StoredForecast[],
  isAll: boolean,
  now: number,
): BlockWrite {
  if (others.length === 0) return write;
  const { place, taken } = write;
  const versions = others.map(({ version }) => version);
  const before = (isAll ? write.content : place.content) ?? new Uint8Array();
  const content = joinedBlocks(before, packBlock(place.block, others.map(unscored)));
  if (isAll) return { ...write, content, taken: [...taken, ...versions] };
  return { ...write, content, taken: versions, dueAt: now };
}

function dueBy({ asOf }: DueBlock, { toleranceMs }: ForecastOutput, now: number): DueBy {
  return { newest: asOf, now, toleranceMs };
}

/** Data are, or the clock is, further past the block's last point than any late value may be. */
function isSettled({ place, output, forecasts }: OpenBlock, now: number): boolean {
  const { minutes, toleranceMs } = output;
  const ahead = Math.max(...minutes) * MINUTE + toleranceMs + LATENESS_BOUND;
  if (place.asOf > place.block + blockLength(output) + ahead) return true;
  const recorded = forecasts.reduce((newest, { recordedAt }) => Math.max(newest, recordedAt), place.createdAt);
  return now > Math.max(recorded, place.block + blockLength(output)) + ahead + WAIT_MS;
}
