import { deteriorationRisk } from '#libs/domain/vital-forecast';
import { auroc } from '../auroc.js';
import type { Stay } from '../sepsis/sepsis2019-stays.js';
import { riskMoments } from './instability-ahead.js';
import { isHeldApart, subjectOf } from './vital-moments.js';

/** One hour for which the model answered, with what came. */
interface Judged {
  readonly probability: number;
  readonly came: boolean;
  readonly wasStable: boolean;
}

/** Edges of the reliability table, %. */
const EDGES = [0, 3, 6, 12, 25, 50, 100] as const;

function judgedOf(stays: readonly Stay[]): readonly Judged[] {
  return stays.flatMap((stay) => {
    const about = subjectOf(stay);
    return riskMoments(stay).flatMap(({ memory, unstableAhead, wasStable }): Judged[] => {
      const risk = deteriorationRisk(memory, about);
      return risk.kind === 'risk' ? [{ probability: risk.probability, came: unstableAhead, wasStable }] : [];
    });
  });
}

/**
 * Figures of the risk of deterioration on the stays that nothing is fitted on: areas under the curve, of all hours and of those after four stable hours; Brier score and
 * its skill against the share itself; and by class of the probability what was predicted and what came, %.
 */
export function riskMetrics(set: string, stays: readonly Stay[]): Readonly<Record<string, number>> {
  const all = judgedOf(stays.filter(({ record }) => isHeldApart(record)));
  if (!all.some(({ came }) => came) || all.every(({ came }) => came)) return {};
  const share = mean(all, ({ came }) => Number(came));
  const brier = mean(all, ({ probability, came }) => (probability - Number(came)) ** 2);
  const key = `${set}.deterioration-risk`;
  const metrics: Record<string, number> = {
    [`${key}.share_percent`]: 100 * share,
    [`${key}.auroc`]: areaOf(all),
    [`${key}.while_stable.auroc`]: areaOf(all.filter(({ wasStable }) => wasStable)),
    [`${key}.brier`]: brier,
    [`${key}.brier_skill`]: 1 - brier / (share * (1 - share)),
  };
  for (const [i, until] of EDGES.slice(1).entries()) {
    const inside = all.filter(({ probability: p }) => 100 * p >= EDGES[i]! && (100 * p < until || until === 100));
    if (inside.length === 0) continue;
    const predicted = 100 * mean(inside, ({ probability }) => probability);
    const came = 100 * mean(inside, (one) => Number(one.came));
    metrics[`${key}.${EDGES[i]}_to_${until}_percent.predicted`] = predicted;
    metrics[`${key}.${EDGES[i]}_to_${until}_percent.came`] = came;
  }
  return metrics;
}

function areaOf(all: readonly Judged[]): number {
  return auroc(
    all.map(({ came }) => came),
    all.map(({ probability }) => probability),
  );
}

function mean<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0) / all.length;
}
