import type { Tally } from './tally.js';

/** Pairs below which a model is not judged. */
export const MIN_PAIRS = 200;
/** How far back a model is judged, by the effective time of its forecasts, ms. */
export const JUDGED_OVER_MS = 7 * 86_400_000;
/** A demoted model comes back above this skill, so that chance alone does not move it to and fro. */
export const SKILL_TO_RETURN = 0.02;
/** What is said of a model that has an error where persistence has none: the quotient is infinite, and no number says it. */
export const NO_SKILL = -1;

export type ModelStatus = 'active' | 'demoted';

export interface Verdict {
  readonly status: ModelStatus;
  /** 1 − RMSE / RMSE of persistence over all horizons together, on the same pairs; {@link NO_SKILL} where persistence has no error. */
  readonly skill: number;
  readonly n: number;
  /** A sentence for a person. */
  readonly reason: string;
}

/**
 * Whether a model's forecasts are shown for a person, by its last seven days there. undefined: it stays as it is, because there are too few pairs or its skill is on the
 * right side. Where the measure did not move at all, persistence has no error: a model that has one is worse, one that has none is as good.
 */
export function judgeSkill(tally: Tally, current: ModelStatus): Verdict | undefined {
  let n = 0;
  let squared = 0;
  let persistence = 0;
  for (const { sums } of tally) {
    n += sums.n;
    squared += sums.squared;
    persistence += sums.baselines.persistence;
  }
  if (n < MIN_PAIRS) return undefined;
  const skill = skillOf(squared, persistence);
  if (current === 'active' && skill < 0)
    return {
      status: 'demoted',
      skill,
      n,
      reason:
        persistence === 0
          ? `Persistence had no error over 7 days, and it had one (n = ${n}).`
          : `Its skill over 7 days was below 0 (n = ${n}).`,
    };
  if (current === 'demoted' && skill > SKILL_TO_RETURN)
    return { status: 'active', skill, n, reason: `Its skill over 7 days was above ${SKILL_TO_RETURN} (n = ${n}).` };
  return undefined;
}

function skillOf(squared: number, persistence: number): number {
  if (persistence > 0) return 1 - Math.sqrt(squared / persistence);
  return squared > 0 ? NO_SKILL : 0;
}
