import { NO_CHANGES, type Changes } from '../state/changes.js';
import type { Effect } from '../time/effect.js';
import type { LateState } from '../state/late-state.js';

/** Values that a re-evaluation may read again without a wait before the next one. */
export const FREE_VALUES = 2_000;
/** A re-evaluation of n values is paid by n / 16 late values, or by time. */
const READ_PER_LATE_VALUE = 16;
const READ_PER_MS = 4;
const MAX_WAIT = 30_000;
const TIMER = 'late';
const NONE: ReadonlySet<string> = new Set();

/** What waits, and the log's own time, ms. */
interface Waiting {
  readonly late: LateState | undefined;
  readonly now: number;
}

/** What of a record is followed now, and what waits from here on. */
export interface HeldBack {
  readonly effects: ReadonlyMap<number, Effect>;
  readonly changes: Changes;
}

/** Whether values that wait are to be re-evaluated with this record. */
export function isLateDue({ late, now }: Waiting): boolean {
  return late !== undefined && Object.keys(late.from).length > 0 && now >= late.due;
}

/**
 * Decides whether this record's late values are re-evaluated with it. A late value is re-evaluated at once while that is cheap. After a
 * re-evaluation that had to read many values again the next one waits until enough late values have come, or some seconds of the log's
 * own time have passed: a backlog of n values so costs in proportion to n, however it is cut into records, and not to its square. Values
 * that are newer than everything never wait. The state and the record alone decide, so batches and restarts change nothing.
 *
 * @returns the effects to follow: with those that waited, or with this record's late values waiting
 */
export function holdBack({ late, now }: Waiting, effects: ReadonlyMap<number, Effect>): HeldBack {
  if (late === undefined) return { effects, changes: NO_CHANGES };
  let brought = 0;
  let isUrgent = false;
  for (const { dirty, added, changed, touchesLatest } of effects.values()) {
    if (dirty !== null) brought += added.length + changed.size;
    if (touchesLatest) isUrgent = true;
  }
  const isPaid = brought > 0 && (isUrgent || brought >= late.after || now >= late.due);
  if (isPaid || isLateDue({ late, now })) return { effects: withWaiting(effects, late), changes: NO_CHANGES };
  if (brought === 0) return { effects, changes: NO_CHANGES };
  const next = { from: earliest(late.from, effects), due: late.due, after: late.after - brought };
  return {
    effects: new Map([...effects].map(([code, effect]) => [code, effect.dirty === null ? effect : waiting(effect)])),
    changes: { state: { late: next }, timers: { [TIMER]: late.due } },
  };
}

/** After an evaluation that looked back: when the next one may. @param reread values that were read again */
export function settleLate(now: number, followed: ReadonlyMap<number, Effect>, reread: number): Changes {
  if ([...followed.values()].every(({ dirty }) => dirty === null)) return NO_CHANGES;
  const late =
    reread <= FREE_VALUES
      ? undefined
      : {
          from: {},
          due: now + Math.min(MAX_WAIT, Math.ceil(reread / READ_PER_MS)),
          after: Math.ceil(reread / READ_PER_LATE_VALUE),
        };
  return { state: { late }, timers: { [TIMER]: null } };
}

function withWaiting(effects: ReadonlyMap<number, Effect>, { from }: LateState): ReadonlyMap<number, Effect> {
  const all = new Map(effects);
  for (const [code, t] of Object.entries(from)) {
    const effect = all.get(Number(code)) ?? { ...NOTHING_NEW, code: Number(code) };
    all.set(effect.code, { ...effect, dirty: effect.dirty === null ? t : Math.min(effect.dirty, t) });
  }
  return all;
}

const NOTHING_NEW = { added: [], changed: NONE, dirty: null, touchesLatest: false, waits: false } as const;

function waiting(effect: Effect): Effect {
  return { ...effect, dirty: null, waits: true };
}

function earliest(from: LateState['from'], effects: ReadonlyMap<number, Effect>): LateState['from'] {
  const all: Record<string, number> = { ...from };
  for (const { code, dirty } of effects.values()) {
    if (dirty !== null) all[code] = Math.min(all[code] ?? dirty, dirty);
  }
  return all;
}
