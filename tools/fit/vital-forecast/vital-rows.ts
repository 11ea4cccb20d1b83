import { featuresOf, VITAL_SIGNS, type Features, type VitalSign } from '#libs/domain/vital-forecast';
import { readStays, type Stay } from '../../validate/sets/sepsis/sepsis2019-stays.js';
import { foldOf, isHeldApart, subjectOf, vitalMoments } from '../../validate/sets/vitals/vital-moments.js';

/** One hour of one stay at which a vital sign has a value. */
export interface VitalRow {
  readonly set: string;
  readonly record: string;
  readonly isHeldApart: boolean;
  /** Folds for residuals that no weight was fitted on: 1 to 4 of those not held apart. */
  readonly fold: number;
  readonly features: Pick<Features, 'location' | 'spread' | 'disagreement'>;
  /** The value now, and by hours ahead where there is one. */
  readonly now: number;
  readonly later: ReadonlyMap<number, number>;
}

export const HORIZON_HOURS = [1, 3, 6, 12] as const;

/** Rows of every stay of a set by catalogue number. */
export function* vitalRows(set: string, folder: string): Iterable<readonly [code: number, row: VitalRow]> {
  for (const stay of readStays(folder)) {
    for (const sign of VITAL_SIGNS) for (const row of rowsOf(set, stay, sign)) yield [sign.code, row];
  }
}

function* rowsOf(set: string, stay: Stay, sign: VitalSign): Iterable<VitalRow> {
  const { record } = stay;
  const about = subjectOf(stay);
  const moments = [...vitalMoments(stay)];
  const { least, most } = sign.bounds;
  const values = new Map(
    moments.flatMap(({ hour, values: all }) => {
      const x = all.get(sign.code);
      return x === undefined || x < least || x > most ? [] : [[hour, x] as const];
    }),
  );
  for (const { hour, memory } of moments) {
    const now = values.get(hour);
    if (now === undefined) continue;
    const later = new Map<number, number>();
    for (const ahead of HORIZON_HOURS) {
      const x = values.get(hour + ahead);
      if (x !== undefined) later.set(ahead, x);
    }
    const { location, spread, disagreement } = featuresOf(memory, sign, about)!;
    yield {
      set,
      record,
      isHeldApart: isHeldApart(record),
      fold: foldOf(record),
      features: { location, spread, disagreement },
      now,
      later,
    };
  }
}
