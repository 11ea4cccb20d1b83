import { describe, expect, it } from '@jest/globals';
import { propertyRuns } from '#libs/testing/properties';
import { backfillFrom, openingOf, pastOf } from './backfill.js';
import { driveOf, SCRIPTS } from './emergencies.js';
import { checkVital, VITAL_SPECS, type VitalState } from '#libs/domain/signal-quality';
import { VITALS, type Vital } from './physiology.js';
import { BEDS, CHECKED, MONITORED, SimulatedPatient, type Bed, type WardSample } from './ward.js';

const OPENED_AT = Date.parse('2026-11-23T09:00:00Z');

function patient(bed: Bed, openedAt = OPENED_AT): SimulatedPatient {
  return new SimulatedPatient(bed, { seed: 12, openedAt, from: backfillFrom(openedAt) });
}

/** Every vital of a bed, each `stepSeconds`, from the opening on. */
function watch(bed: Bed, seconds: number, stepSeconds = 2, openedAt = OPENED_AT): readonly WardSample[] {
  const simulated = patient(bed, openedAt);
  return Array.from({ length: seconds / stepSeconds }, (_, index) =>
    simulated.sample(VITALS, openedAt + index * stepSeconds * 1000),
  ).flat();
}

function valuesOf(samples: readonly WardSample[], code: Vital): readonly number[] {
  return samples.filter((sample) => sample.code === code).map((sample) => sample.value);
}

function longestRun(values: readonly number[], holds: (value: number) => boolean): number {
  let [run, longest] = [0, 0];
  for (const value of values) {
    run = holds(value) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** What is sent at a tick, as stream.ts does: glucose at the first tick after 15 s, cuff and thermometer once a minute. */
function dueAt(sinceMs: number): readonly Vital[] {
  return [
    ...MONITORED,
    ...(sinceMs % 16_000 === 0 ? (['glucose'] as const) : []),
    ...(sinceMs % 60_000 === 0 ? CHECKED : []),
  ];
}

describe('the simulated ward', () => {
  it('has twelve beds with ids of their own', () => {
    expect(BEDS).toHaveLength(12);
    expect(new Set(BEDS.flatMap((bed) => [bed.patient, bed.monitor, bed.sensor])).size).toBe(36);
    expect(new Set(BEDS.map((bed) => bed.transport))).toEqual(new Set(['http', 'mqtt']));
  });

  it('is the same for the same times, and different for each bed', () => {
    const [first, second] = BEDS as readonly [Bed, Bed];
    expect(watch(first, 60)).toEqual(watch(first, 60));
    expect(valuesOf(watch(first, 60), 'heart-rate')).not.toEqual(valuesOf(watch(second, 60), 'heart-rate'));
  });

  it.each(BEDS)('$label stays within what a body and a sensor can show, for a day', (bed) => {
    const samples = watch(bed, 24 * 3600, 60);
    expect(samples.every(({ value }) => Number.isFinite(value))).toBe(true);
    const within = (code: Vital, from: number, to: number): void => {
      const values = valuesOf(samples, code);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(from);
      expect(Math.max(...values)).toBeLessThanOrEqual(to);
    };
    within('heart-rate', 45, 180);
    within('oxygen-saturation', 80, 100);
    within('respiratory-rate', 8, 32);
    within('body-temperature', 35.8, 38.6);
    within('glucose', 45, 250);
    within('systolic-pressure', 80, 180);
    const diastolic = valuesOf(samples, 'diastolic-pressure');
    expect(valuesOf(samples, 'systolic-pressure').every((value, index) => value > (diastolic[index] ?? NaN))).toBe(
      true,
    );
  });

  it.each(BEDS)('$label crosses no limit outside its emergencies', (bed) => {
    const simulated = patient(bed);
    const beyond: unknown[] = [];
    for (let at = OPENED_AT; at < OPENED_AT + 24 * 3_600_000; at += 60_000) {
      const drive = driveOf(bed.number, at, OPENED_AT);
      for (const { code, value } of simulated.sample(VITALS, at)) {
        if (drive(code) !== undefined) continue;
        const holds =
          (code !== 'heart-rate' || (value > 44 && value <= 115)) &&
          (code !== 'oxygen-saturation' || value >= 90) &&
          (code !== 'glucose' || (value > 75 && value < 235));
        if (!holds) beyond.push({ at, code, value });
      }
    }
    expect(beyond).toEqual([]);
  });

  it.each(BEDS)('$label shows nothing that the signal checks doubt, whenever the ward opens', (bed) => {
    const openings = propertyRuns(12).numRuns;
    const doubted = Array.from({ length: openings }, (_, n) => OPENED_AT + n * 121 * 60_000).flatMap((openedAt) => {
      const simulated = patient(bed, openedAt);
      const samples = [...pastOf(simulated, {}, openedAt)];
      for (let since = 0; since < 90 * 60_000; since += 2_000)
        samples.push(...simulated.sample(dueAt(since), openedAt + since));
      const states = new Map<Vital, VitalState | null>();
      return samples.flatMap(({ code, value, effectiveAt }) => {
        const sample = { t: Date.parse(effectiveAt), x: value, quality: 0 } as const;
        const verdict = checkVital(VITAL_SPECS[code]!, states.get(code) ?? null, sample);
        states.set(code, verdict.state);
        return verdict.quality === 0 ? [] : [{ code, value, effectiveAt, reasons: verdict.reasons }];
      });
    });
    expect(doubted).toEqual([]);
  });

  it.each([0, 1, 2])(
    'shows two emergencies within two minutes, the third within five (opened in minute %i)',
    (minute) => {
      const openedAt = OPENED_AT + minute * 60_000;
      const ward = BEDS.map((bed) => watch(bed, 120, 2, openedAt));
      const beds = (holds: (samples: readonly WardSample[]) => boolean): number => ward.filter(holds).length;
      expect(beds((samples) => valuesOf(samples, 'oxygen-saturation').some((value) => value < 85))).toBe(1);
      expect(beds((samples) => longestRun(valuesOf(samples, 'heart-rate'), (value) => value > 150) > 32)).toBe(1);
      const longer = BEDS.map((bed) => watch(bed, 300, 2, openedAt));
      expect(longer.filter((samples) => valuesOf(samples, 'glucose').some((value) => value < 70))).toHaveLength(1);
      // The first within half a minute.
      const early = BEDS.flatMap((bed) => watch(bed, 30, 2, openedAt));
      expect(valuesOf(early, 'oxygen-saturation').some((value) => value < 90)).toBe(true);
    },
  );

  it.each(SCRIPTS)('$name comes to each of its beds in turn, and ends', ({ beds, every, firstAfter, courses }) => {
    const vital = Object.keys(courses)[0] as Vital;
    const driven = (bed: number, seconds: number): boolean =>
      driveOf(bed, OPENED_AT + seconds * 1000, OPENED_AT)(vital) !== undefined;
    const round = Array.from(
      { length: every * beds.length },
      (_, second) => second + Math.max(0, firstAfter) + every * 3,
    );
    for (const bed of beds) {
      expect(round.some((second) => driven(bed, second))).toBe(true);
      expect(round.some((second) => !driven(bed, second))).toBe(true);
    }
  });

  it('sends the past that is not known, and only that', () => {
    const [bed] = BEDS as readonly [Bed];
    const all = pastOf(patient(bed), {}, OPENED_AT);
    expect(valuesOf(all, 'heart-rate')).toHaveLength(180);
    expect(valuesOf(all, 'glucose')).toHaveLength(36);
    const recent = pastOf(patient(bed), { vitals: OPENED_AT - 600_000, glucose: OPENED_AT - 600_000 }, OPENED_AT);
    expect(valuesOf(recent, 'heart-rate')).toHaveLength(9);
    expect(recent.every((sample) => Date.parse(sample.effectiveAt) > OPENED_AT - 600_000)).toBe(true);
    expect(pastOf(patient(bed), { vitals: OPENED_AT, glucose: OPENED_AT }, OPENED_AT)).toEqual([]);
  });

  it('continues its emergencies after a short stop, and restarts them after a long one', () => {
    const heard = new Map([[1, { vitals: OPENED_AT + 3_600_000 }]]);
    expect(openingOf(heard, OPENED_AT, OPENED_AT + 3_660_000)).toBe(OPENED_AT);
    expect(openingOf(heard, OPENED_AT, OPENED_AT + 7_200_000)).toBe(OPENED_AT + 7_200_000);
    expect(openingOf(heard, undefined, OPENED_AT + 3_660_000)).toBe(OPENED_AT + 3_660_000);
    expect(openingOf(new Map(), OPENED_AT, OPENED_AT + 1)).toBe(OPENED_AT + 1);
  });
});
