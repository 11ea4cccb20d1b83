import type { Subject } from '#libs/domain/forecasting';
import { memoryOf, taken, VITAL_SIGNS, type VitalMemory } from '#libs/domain/vital-forecast';
import type { Stay } from '../sepsis/sepsis2019-stays.js';

const HOUR = 3_600_000;

const COLUMNS: Readonly<Record<string, string>> = {
  'heart-rate': 'HR',
  'respiratory-rate': 'Resp',
  'oxygen-saturation': 'O2Sat',
  'systolic-pressure': 'SBP',
  'mean-pressure': 'MAP',
  'body-temperature': 'Temp',
};

/** One row of a stay: what was measured in its hour, by catalogue number, and what is remembered with it. */
export interface VitalMoment {
  readonly hour: number;
  readonly values: ReadonlyMap<number, number>;
  readonly memory: VitalMemory;
}

/** The rows of a stay through the memory of the vital-sign forecast, one value after the other. */
export function* vitalMoments(stay: Stay): Iterable<VitalMoment> {
  let memory = memoryOf(null);
  for (const row of stay.rows) {
    const values = new Map<number, number>();
    for (const { code, name } of VITAL_SIGNS) {
      const x = row.values.get(COLUMNS[name]!);
      if (x === undefined) continue;
      values.set(code, x);
      memory = taken(memory, {
        identity: `${row.hour} ${name}`,
        code,
        t: row.hour * HOUR,
        x,
        quality: 0,
        source: stay.record,
        isWithdrawn: false,
      });
    }
    yield { hour: row.hour, values, memory };
  }
}

/** The person of a stay, as far as the files say. */
export function subjectOf(stay: Stay): Subject {
  const ageYears = stay.rows.find(({ values }) => values.has('Age'))?.values.get('Age') ?? null;
  return { ageYears, isPregnant: null, weightKg: null, parameters: null };
}

/**
 * The stays that nothing of the vital-sign forecast and of the risk of deterioration is fitted on: one in five, chosen by a hash of the record's name (FNV-1a),
 * so that the choice can be repeated on other files of the kind.
 */
export function isHeldApart(record: string): boolean {
  return foldOf(record) === 0;
}

/** 0 to 4; whole stays. */
export function foldOf(record: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < record.length; i++) hash = Math.imul(hash ^ record.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % 5;
}
