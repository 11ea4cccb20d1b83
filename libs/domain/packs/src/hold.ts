/** Whether a condition of a score stands: persistence on the way in, time on the way out. Plain JSON. */
export interface Hold {
  readonly on: boolean;
  /** When the condition was first met without a break, ms; null while it is not. */
  readonly since: number | null;
  /** Newest time at which it was met, and the one before that was another. */
  readonly last: number | null;
  readonly before: number | null;
  /** How it stood before the moment at which that last changed: values of one moment are judged one after another. */
  readonly was?: { readonly at: number; readonly on: boolean; readonly since: number | null };
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
 * One judgement on, at effective time `now`. Values of one moment are judged one after another, and the last of them decides: what the
 * earlier ones still said makes it neither stand nor clear.
 */
export function hold(held: Hold, met: boolean, now: number, persistence: Persistence): Hold {
  const from = beforeMoment(held, now);
  const next = stepped(from, met, now, persistence);
  if (next.on === from.on && next.since === from.since) return isSame(next, held) ? held : next;
  return { ...next, was: { at: now, on: from.on, since: from.since } };
}

function stepped(held: Hold, met: boolean, now: number, { forMs, clearMs, atOnce }: Persistence): Hold {
  if (met) {
    const since = held.since ?? now;
    return { on: held.on || atOnce || now - since >= forMs, since, last: now, before: held.last };
  }
  if (!held.on) return held.since === null ? held : { ...held, since: null };
  if (held.last === null || now - held.last >= clearMs) return NOT_HELD;
  return held.since === null ? held : { ...held, since: null };
}

/** As it stood before the first value of this moment. */
function beforeMoment({ on, since, last, before, was }: Hold, now: number): Hold {
  const stood = was?.at === now ? was : { on, since };
  const met = last === now ? { last: before, before: null } : { last, before };
  return { on: stood.on, since: stood.since, ...met };
}

function isSame(a: Hold, b: Hold): boolean {
  return a.on === b.on && a.since === b.since && a.last === b.last && a.before === b.before;
}
