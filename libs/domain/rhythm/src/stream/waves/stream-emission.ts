import type { RhythmFinding } from '../stream-finding.js';
import type { Verdict, WaveRule } from './stream-verdicts.js';

/** A condition seen or emitted. */
export interface EmittedState {
  readonly told: boolean;
  readonly since: number;
  /** Seconds seen before it was emitted, and seconds gone after. */
  readonly seen: number;
  readonly gone: number;
  readonly value: number;
  /** When it was first seen to be gone, ms; absent while it is there. */
  readonly left?: number;
  /** Seen or emitted with a doubt of its own. */
  readonly isDoubted?: boolean;
}

/** Seconds that a condition has to be seen before it is emitted, and to be gone before it is over. */
const SEEN: Readonly<Record<WaveRule, number>> = {
  asystole: 1,
  'extreme-bradycardia': 1,
  'extreme-tachycardia': 1,
  'ventricular-tachycardia': 1,
  'ventricular-fibrillation': 2,
};
const GONE = 10;

/** One second of a condition: how it stands then, and the finding where it began, changed or ended. */
export function emit(
  rule: WaveRule,
  was: EmittedState | undefined,
  { holds, value, unit, doubt, ago }: Verdict,
  at: number,
  isClean: boolean,
  isCrossed: boolean,
): { readonly next: EmittedState | undefined; readonly finding?: RhythmFinding } {
  const finding = (present: boolean, since: number, shown: number): RhythmFinding => {
    const notes = [doubt, isClean ? null : 'doubtful signal', isCrossed ? null : 'no pulse wave to cross-check'];
    const note = notes.filter((each) => each !== null).join('; ');
    const confident = isClean && doubt === null;
    return { rule, at, present, since, value: shown, unit, confident, ...(present && note !== '' ? { note } : {}) };
  };
  if (!holds) {
    if (!was?.told) return { next: undefined };
    const gone = was.gone + 1;
    const left = was.left ?? at;
    if (gone < GONE) return { next: { ...was, gone, left } };
    return { next: undefined, finding: finding(false, left, was.value) };
  }
  const since = was?.since ?? Math.round(at - 1000 * ago);
  const seen = (was?.seen ?? 0) + 1;
  const isEmitted = was?.told === true;
  const isDoubted = doubt !== null;
  if (isEmitted) {
    const isCleared = was.isDoubted === true && !isDoubted;
    // A run once emitted with confidence goes on as it ends or as its leads get worse: it does not lose that.
    const isLess = rule === 'ventricular-tachycardia' && was.isDoubted !== true && isDoubted;
    if (isLess || !(isCleared || isWorse(rule, value, was.value))) {
      const { left: _, ...still } = was;
      return { next: { ...still, gone: 0 } };
    }
  }
  const next: EmittedState = {
    told: isEmitted || seen >= SEEN[rule],
    since,
    seen: isEmitted ? was.seen : seen,
    gone: 0,
    value,
    isDoubted,
  };
  return next.told ? { next, finding: finding(true, since, value) } : { next };
}

/** A quarter farther from the limit, or a silence twice as long. */
function isWorse(rule: WaveRule, value: number, told: number): boolean {
  if (rule === 'asystole') return value >= 2 * told;
  if (rule === 'extreme-bradycardia') return value > 0 && value <= 0.75 * told;
  if (rule === 'ventricular-fibrillation') return false;
  return value >= 1.25 * told;
}
