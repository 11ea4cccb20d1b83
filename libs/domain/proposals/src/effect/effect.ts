import type { Proposal, Scenario } from '#libs/contracts';
import { readingsOfMainSource, type RecordedValue } from '#libs/domain/scenarios';

const MINUTE = 60_000;
/** A reading counts for a time within half a step of a sensor. */
const NEAR = 2.5 * MINUTE;
const AFTER_MINUTES = [15, 30, 60, 90, 120, 180, 240];
/** What is recorded so soon after a decision is taken as following it. */
const FOLLOWS = 30 * MINUTE;

/**
 * What was predicted beside what came, at some times after a proposal. What is seen is what happened, not what the proposal did: meals, exercise and other
 * doses since are in it.
 *
 * @param arm of the scenario that the decision followed
 * @param values recorded since, ascending
 * @param decidedAt ms
 */
export function effectOf(
  scenario: Scenario,
  arm: string,
  values: readonly RecordedValue[],
  decidedAt: number,
): NonNullable<Proposal['effect']> {
  const path = scenario.arms.find(({ name }) => name === arm)?.points ?? [];
  const newest = values.findLast(({ code }) => code === 'glucose');
  // A meter that was read last is not the source of the course.
  const readings = readingsOfMainSource(values, newest?.t ?? 0).filter(({ quality }) => quality !== 2);
  const points = path
    .filter(({ minutes }) => AFTER_MINUTES.includes(minutes))
    .map(({ minutes, effectiveAt, mean, quantiles }) => {
      const interval80 = [quantiles['0.1'], quantiles['0.9']];
      const seen = nearest(readings, Date.parse(effectiveAt));
      return {
        minutes,
        effectiveAt,
        foreseen: mean,
        interval80,
        ...(seen === undefined
          ? {}
          : {
              seen: seen.x,
              seenAt: new Date(seen.t).toISOString(),
              inside80: seen.x >= interval80[0]! && seen.x <= interval80[1]!,
            }),
      };
    });
  const given = (code: RecordedValue['code']): number =>
    values
      .filter((value) => value.code === code && value.quality !== 2 && Math.abs(value.t - decidedAt) <= FOLLOWS)
      .reduce((sum, { x }) => sum + x, 0);
  return {
    arm,
    points,
    insulin: given('insulin-bolus'),
    carbohydrates: given('carbohydrate-intake'),
    note: 'What was seen includes all that happened since, not the decision alone.',
  };
}

function nearest(readings: readonly RecordedValue[], t: number): RecordedValue | undefined {
  let best: RecordedValue | undefined;
  for (const reading of readings)
    if (Math.abs(reading.t - t) <= NEAR && (best === undefined || Math.abs(reading.t - t) < Math.abs(best.t - t)))
      best = reading;
  return best;
}
