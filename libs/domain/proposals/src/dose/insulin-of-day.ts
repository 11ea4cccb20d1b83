import { insulinOnBoard } from '#libs/domain/physiology';
import { amountWithin, type PersonInputs } from '#libs/domain/scenarios';

const DAY = 24 * 3_600_000;

export interface InsulinGiven {
  /** [IU] of boluses, those recorded for later too, and of basal above its own mean of the day. */
  readonly onBoard: number;
  /** [IU] of the last 24 hours, boluses and basal, and boluses recorded for later. */
  readonly ofDay: number;
}

/**
 * Insulin of a person at `now` (ms). Basal insulin counts as on board as far as it is above its mean of the last 24 hours: the mean itself holds glucose
 * level, as the settings of the pump are meant to. A rate below the mean lowers it not: less insulin on board would make room for more. A bolus that is recorded for later
 * counts whole: who was about to give it gives it.
 */
export function insulinOf(inputs: PersonInputs, now: number): InsulinGiven {
  const rates = inputs.basal.map(({ from, until, unitsPerHour }) => ({ from, until, rate: unitsPerHour }));
  const known = rates.filter(({ until }) => until > now - DAY);
  const hours = amountWithin(
    known.map((segment) => ({ ...segment, rate: 1 })),
    now - DAY,
    now,
  );
  const basal = amountWithin(known, now - DAY, now);
  const mean = hours === 0 ? 0 : basal / hours;
  const above = inputs.basal
    .filter(({ unitsPerHour, from }) => unitsPerHour > mean && from < now)
    .map((segment) => ({ ...segment, until: Math.min(segment.until, now) }));
  const boluses = inputs.boluses.filter(({ t }) => t <= now);
  const planned = inputs.boluses.filter(({ t }) => t > now).reduce((sum, { units }) => sum + units, 0);
  const onBoard =
    planned + insulinOnBoard(boluses, [], now) + insulinOnBoard([], above, now, { scheduledUnitsPerHour: mean });
  const ofBoluses = boluses.filter(({ t }) => t > now - DAY).reduce((sum, { units }) => sum + units, 0);
  return { onBoard: round(onBoard), ofDay: round(ofBoluses + planned + basal) };
}

/** Up, so that what is on board is never less than it is. */
function round(units: number): number {
  return Math.ceil(Number((units * 100).toFixed(6))) / 100;
}
