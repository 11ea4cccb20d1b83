import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import {
  cut,
  ecg,
  every,
  noise,
  runsOf,
  type Recording,
  GLUCOSE,
  HEART_RATE,
  HOUR,
  MINUTE,
  OXYGEN,
  T0,
  emittedBy,
  Ward,
} from '#libs/testing/ward';
import { viewOf } from './index.js';

/** What each record emitted, one record per chunk, each received when it was complete. */
function sent(chunks: readonly WireSample[], patient?: string): Ward {
  const ward = new Ward(patient);
  for (const chunk of chunks) ward.send([chunk], chunk.t + lasts(chunk));
  return ward;
}

function lasts({ s, p }: WireSample): number {
  return Math.ceil(p === undefined ? s!.reduce((sum, each) => sum + each, 0) : s!.length * p);
}

const size = fc.oneof(
  fc.integer({ min: 25, max: 1000 }),
  fc.integer({ min: 1000, max: 20_000 }),
  fc.constantFrom(250, 20_000),
);
const sizes = fc.array(size, { minLength: 1, maxLength: 6 });

/** Eight seconds without a beat, a run of ventricular beats, a slow heart. */
const EVENTFUL: Recording = ecg(
  170,
  [
    ...every(0.5, 30, 0.8),
    ...every(42, 74, 0.8),
    ...every(82, 110, 0.8),
    ...every(112, 150, 2.1),
    ...every(151, 170, 0.8),
  ],
  { ventricular: every(74.4, 81.2, 0.4) },
);

/** Fourteen minutes of fibrillation between regular beats, then a pause, then a slow heart. */
const INTERVALS = [
  ...Array.from({ length: 400 }, (_, i) => Math.round(820 + 15 * Math.sin(i / 4))),
  ...Array.from({ length: 1120 }, (_, i) => Math.round(450 + 600 * noise(i))),
  ...Array.from({ length: 300 }, (_, i) => Math.round(820 + 15 * Math.sin(i / 4))),
  4200,
  ...Array.from({ length: 300 }, (_, i) => Math.round(820 + 15 * Math.sin(i / 4))),
  ...Array.from({ length: 60 }, () => 1700),
  ...Array.from({ length: 300 }, (_, i) => Math.round(820 + 15 * Math.sin(i / 4))),
];

describe('the borders of records', () => {
  it('hide no asystole: records of 1, 5, 15 and 75 s', () => {
    const recording = ecg(75, [...every(0.5, 30, 0.8), ...every(42, 74, 0.8)]);
    const wards = [1, 5, 15, 75].map((seconds) => sent(cut(recording, [seconds * 250])));
    for (const ward of wards) {
      expect(ward.alerts().map(({ rule, severity }) => [rule.id, severity])).toContainEqual(['asystole', 'high']);
      expect(ward.episodes()).toEqual(wards[0]!.episodes());
    }
  });

  it('hide no asystole of eight seconds in one record of forty', () => {
    const ward = sent(cut(ecg(40, [...every(0.5, 15, 0.8), ...every(23, 40, 0.8)]), [10_000]));
    expect(ward.outcomes.flatMap(emittedBy)).toContain('asystole retrospective high retrospective');
  });

  it('name the onset, not the start of the record, and when it went', () => {
    const recording = ecg(75, [...every(0.5, 30, 0.8), ...every(42, 74, 0.8)]);
    const [alert] = sent(cut(recording, [75 * 250])).alerts();
    const at = (time: string): number => (Date.parse(time) - Date.parse('2026-03-01T08:00:00Z')) / 1000;
    expect(at(alert!.effectiveAt)).toBeGreaterThan(29.2);
    expect(at(alert!.effectiveAt)).toBeLessThan(30.5);
    expect(at(alert!.resolvedAt!)).toBeGreaterThanOrEqual(42);
    expect(at(alert!.resolvedAt!)).toBeLessThanOrEqual(44);
    expect(alert!.evidence[0]).toMatchObject({ code: 'ecg' });
  });

  it('change no episode of an ECG', () => {
    const expected = sent(cut(EVENTFUL, [250])).episodes();
    expect(new Set(expected.map((one) => (one as { rule: string }).rule)).size).toBeGreaterThan(2);
    fc.assert(
      fc.property(sizes, (each) => {
        expect(sent(cut(EVENTFUL, each)).episodes()).toEqual(expected);
      }),
      propertyRuns(6),
    );
  }, 60_000);

  it('change no episode of beat intervals', () => {
    const expected = sent(runsOf(INTERVALS, [10])).episodes();
    expect(expected).toMatchObject([{ rule: 'atrial-fibrillation' }, { rule: 'pause' }, { rule: 'bradycardia' }]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 6 }), (each) => {
        expect(sent(runsOf(INTERVALS, each)).episodes()).toEqual(expected);
      }),
      propertyRuns(30),
    );
  }, 60_000);
});

/** Ten hours of a patient who gets worse: each measure every other minute, and a sensor's glucose that falls. */
const DAY: readonly WireSample[] = Array.from({ length: 600 }, (_, minute): WireSample[] => {
  const t = T0 + minute * MINUTE;
  const share = Math.max(0, Math.min(1, (minute - 200) / 200)) * (minute > 520 ? 0.1 : 1);
  const swing = noise(minute) - 0.5;
  const of = (c: number, from: number, to: number, by: number): WireSample => ({
    c,
    t,
    x: Math.round(from + (to - from) * share + by * swing),
  });
  const vitals = [
    of(HEART_RATE, 74, 138, 4),
    of(OXYGEN, 97, 86, 1),
    of(4, 15, 28, 1),
    of(5, 122, 88, 4),
    of(8, 37, 39, 0),
  ];
  return [...(minute % 2 === 0 ? vitals : []), ...(minute % 5 === 0 ? [of(GLUCOSE, 150, 48, 3)] : [])];
}).flat();

describe('the borders of records, for values', () => {
  it('change no episode of limits, scores and forecasts', () => {
    const inRecords = (sizes: readonly number[]): unknown => {
      const ward = new Ward();
      for (let from = 0, turn = 0; from < DAY.length; turn++) {
        const samples = DAY.slice(from, from + sizes[turn % sizes.length]!);
        ward.send(samples);
        from += samples.length;
      }
      return ward.episodes();
    };
    const expected = inRecords([1]) as readonly { readonly rule: string }[];
    const rules = new Set(expected.map(({ rule }) => rule));
    for (const rule of ['news2', 'oxygen-saturation-low', 'heart-rate-high', 'glucose-low', 'glucose-low-soon'])
      expect(rules).toContain(rule);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        expect(inRecords(sizes)).toEqual(expected);
      }),
      propertyRuns(12),
    );
  }, 60_000);

  it('change no derived measure of beat intervals', () => {
    const newest = INTERVALS.slice(-600);
    const shown = (sizes: readonly number[]): unknown =>
      viewOf(DEFAULT_CATALOGUE, sent(runsOf(newest, sizes)).state, T0).derived['heart-rate-variability'];
    const expected = shown([10]);
    expect(expected).toMatchObject({ value: expect.any(Number) });
    for (const sizes of [[1], [137], [400, 3], [3000]]) {
      const { effectiveAt: _, ...of } = shown(sizes) as Record<string, unknown>;
      expect(expected).toMatchObject(of);
    }
  });
});

describe('beat intervals in any order', () => {
  it('end in the same episodes', () => {
    const expected = sent(runsOf(INTERVALS, [10])).episodes();
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 20, max: 600 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        (sizes, keys) => {
          const arrival = runsOf(INTERVALS, sizes)
            .map((run) => [keys.next().value as number, run] as const)
            .sort((a, b) => a[0] - b[0])
            .map(([, run]) => run);
          const ward = new Ward();
          arrival.forEach((run, i) => ward.send([run], T0 + 3 * HOUR + i));
          ward.tick(T0 + 4 * HOUR);
          expect(ward.episodes()).toEqual(expected);
        },
      ),
      { ...propertyRuns(10), endOnFailure: true },
    );
  }, 60_000);
});
