/** Whether a condition of a score stands: persistence on the way in, time on the way out. Plain JSON. */
export interface Hold {
  readonly on: boolean;
  /** When the condition was first met without a break, ms; null while it is not. */
  readonly since: number | null;
  /** Newest time at which it was met, and the one before that was another. */
  readonly last: number | null;
  readonly before: number | null;
}

export const NOT_HELD: Hold = { on: false, since: null, last: null, before: null };

interface Persistence {
  /** How long it has to be met before it stands, and how long it has to be gone, ms. */
  readonly forMs: number;
  readonly clearMs: number;
  /** It stands at once: the values are charted now and then, and there is nothing to wait for. */
  readonly atOnce: boolean;
}

/**
 * One judgement on, at effective time `now`. Values of one moment are judged one after another; what the earlier of them still said
 * does not count against clearing.
 */
export function hold(held: Hold, met: boolean, now: number, { forMs, clearMs, atOnce }: Persistence): Hold {
  if (met) {
    const since = held.since ?? now;
    const on = held.on || atOnce || now - since >= forMs;
    const before = held.last === now ? held.before : held.last;
    return { on, since, last: now, before };
  }
  if (!held.on) return held.since === null ? held : { ...held, since: null };
  const met0 = held.last === now ? held.before : held.last;
  const over = met0 === null || now - met0 >= clearMs;
  if (over) return NOT_HELD;
  return held.since === null ? held : { ...held, since: null };
}
