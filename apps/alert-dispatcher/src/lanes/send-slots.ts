/** How many messages of one kind may be on the way to an endpoint. */
export interface SlotLimits {
  /** Sent less than {@link SLOW_AFTER_MS} ago. */
  readonly young: number;
  /** In all. */
  readonly all: number;
}

/**
 * An answer that takes longer than this gives its slot to another message, up to the limit of all: the slowest answers never hold
 * up the rest, and an endpoint is not asked faster than it answers.
 */
export const SLOW_AFTER_MS = 500;

/** Messages never tried before have slots of their own, so that none waits behind one that keeps failing. */
export const FRESH: SlotLimits = { young: 32, all: 192 };
export const AGAIN: SlotLimits = { young: 8, all: 64 };

export interface FreeSlots {
  readonly free: number;
  /** When there will be a free one though nothing ends, ms: now if there is; null when only an end frees one. */
  readonly freeAt: number | null;
}

/** @param startedAt when each message on the way was sent, ms */
export function freeSlots(startedAt: readonly number[], limits: SlotLimits, now: number): FreeSlots {
  const young = startedAt.filter((at) => now - at < SLOW_AFTER_MS);
  const free = Math.max(0, Math.min(limits.young - young.length, limits.all - startedAt.length));
  if (free > 0) return { free, freeAt: now };
  return { free, freeAt: startedAt.length < limits.all ? Math.min(...young) + SLOW_AFTER_MS : null };
}
