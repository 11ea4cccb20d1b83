/** The server sends a heartbeat each 2 s; without any for this long nothing on the page is live, ms. */
export const LOST_AFTER_MS = 4_000;

/** When the stream was last heard, in steady ms. */
export interface Heard {
  readonly at: number;
  /** Newest data that the server had then, ISO 8601; null: none. */
  readonly newestAt: string | null;
}

export interface ConnectionState {
  readonly isLost: boolean;
  /** Newest data that was heard of. */
  readonly newestAt: string | null;
}

/** @param now steady ms */
export function connectionState(heard: Heard, now: number): ConnectionState {
  return { isLost: now - heard.at > LOST_AFTER_MS, newestAt: heard.newestAt };
}

/** The later of two instants in ISO 8601; null: none. */
export function laterOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}

const FIRST_DELAY_MS = 300;
const MAX_DELAY_MS = 5_000;

/** Before the next attempt to connect, ms: longer each time, not all viewers at once. @param random 0 to 1 */
export function retryDelay(failures: number, random: number): number {
  const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 20));
  return longest * (0.5 + random / 2);
}
