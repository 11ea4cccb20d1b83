import type { Outage } from '#libs/contracts';
import { DOWN_AFTER_MS, type Heartbeat } from '#libs/platform/storage';

/** What the heartbeats say; times in ms. */
export interface Health {
  /** Since when data could come in and be judged without a break; what was not heard before that says nothing of a device. */
  readonly listeningSince: number;
  /** The outage that is, or the newest that was; undefined: none to report. */
  readonly outage: Outage | undefined;
}

/** A component that was not heard for longer than this was taken out of service. */
const RETIRED_AFTER_MS = 24 * 3_600_000;
/** An outage that ended longer ago than this has been reported. */
const TOLD_FOR_MS = 10 * 60_000;
/** Components that were down at about one time had one outage. */
const TOGETHER_MS = 30_000;

/** Pure: from the heartbeats of all components and the time. */
export function healthOf(heartbeats: readonly Heartbeat[], now: number): Health {
  const inService = heartbeats.filter(({ at }) => now - at < RETIRED_AFTER_MS);
  const down = inService.filter(({ at }) => now - at > DOWN_AFTER_MS);
  if (down.length > 0) {
    return {
      listeningSince: now,
      outage: { components: down.map(({ component }) => component), from: Math.min(...down.map(({ at }) => at)) },
    };
  }
  const recovered = inService.filter((one): one is Heartbeat & { downFrom: number } => one.downFrom !== null);
  if (recovered.length === 0) return { listeningSince: 0, outage: undefined };
  const until = Math.max(...recovered.map(({ since }) => since));
  const together = recovered.filter(({ since }) => until - since <= TOGETHER_MS);
  const from = Math.min(...together.map(({ downFrom }) => downFrom));
  const outage = { components: together.map(({ component }) => component), from, until };
  return { listeningSince: until, outage: now - until < TOLD_FOR_MS ? outage : undefined };
}
