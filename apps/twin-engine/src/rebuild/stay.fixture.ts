import type { ActRecord, PatientInput, SamplesRecord, WireSample } from '#libs/contracts';

const MINUTE = 60_000;
const BEGUN = Date.now() - 180 * MINUTE;
export const [HEART_RATE, RR, OXYGEN, GLUCOSE, ECG] = [1, 2, 3, 9, 12] as const;

/** Time of the nth minute of the stay, ms. */
export function at(n: number): number {
  return BEGUN + n * MINUTE;
}

export function samples(
  list: readonly WireSample[],
  receivedAt: number,
  more: Partial<SamplesRecord> = {},
): PatientInput {
  const head = { v: 1, kind: 'samples', tenant: 1, patient: 'p1' } as const;
  return { ...head, source: 'gateway', device: 'monitor', receivedAt, samples: list, ...more };
}

/** A minute of vitals, with identifiers for saturations. */
export function minute(n: number): PatientInput {
  const t = at(n);
  const heartRate = n < 40 || n >= 130 ? 74 + (n % 4) : 138 + (n % 3);
  return samples(
    [
      { c: HEART_RATE, t, x: heartRate },
      ...(n % 2 === 0 ? [{ c: OXYGEN, t: t + 1, x: 97 - (n % 3), i: `ox-${n}`, f: 'bedside', d: '' }] : []),
      ...(n % 5 === 0 ? [{ c: GLUCOSE, t, x: n < 120 ? 118 - (n % 10) : Math.max(48, 118 - 3 * (n - 120)) }] : []),
    ],
    t + 1_000,
  );
}

export function act(id: string, receivedAt: number, does: ActRecord['does']): ActRecord {
  return { v: 1, kind: 'act', tenant: 1, patient: 'p1', receivedAt, act: id, actor: 'api', does };
}

/** The first hour: facts, limits, vitals with a tachycardia, a correction, a withdrawal, late values of another device. */
export function firstHour(): PatientInput[] {
  return [
    {
      v: 1,
      kind: 'clinical',
      tenant: 1,
      patient: 'p1',
      source: 'fhir',
      author: 'clinic',
      receivedAt: at(-1),
      samples: [{ c: 11, t: at(-1), x: 81.5, i: 'Observation/weight' }],
      facts: [
        { fact: 'demographics', reference: 'Patient/p1', version: 1, content: { birthDate: '1971-04-02' } },
        { fact: 'condition', reference: 'Condition/c1', version: 1, content: { code: '44054006' } },
      ],
    },
    act('00000000-0000-4000-8000-000000000001', at(0), {
      type: 'set-thresholds',
      thresholds: [{ rule: 'glucose-low', limits: { low: 75 }, reason: 'frightened by lows' }],
    }),
    ...Array.from({ length: 60 }, (_, n) => minute(n)),
    samples([{ c: OXYGEN, t: at(20) + 1, x: 91, i: 'ox-20', f: 'bedside', d: '' }], at(60) - 1_000),
    samples([{ c: OXYGEN, t: at(22) + 1, w: 1, i: 'ox-22', f: 'bedside', d: '' }], at(60) - 500),
    samples(
      [5, 6, 7].map((n) => ({ c: HEART_RATE, t: at(n) + 30_000, x: 80 })),
      at(60),
      { device: 'watch' },
    ),
  ];
}

/** What follows: a model demoted, parameters of another, `tachycardia` acknowledged, rhythm, a lead, glucose that falls. */
export function restOfTheStay(tachycardia: string): PatientInput[] {
  return [
    {
      v: 1,
      kind: 'model-status',
      tenant: 1,
      patient: 'p1',
      receivedAt: at(60) + 1_500,
      status: { model: 'vital-forecast', code: HEART_RATE, status: 'demoted', reason: '', skill: -0.1, n: 200 },
    },
    {
      v: 1,
      kind: 'model-parameters',
      tenant: 1,
      patient: 'p1',
      receivedAt: at(60) + 1_600,
      parameters: {
        model: 'personal-glucose',
        modelVersion: '1.0.0',
        version: 1,
        fittedAt: at(60),
        dataFrom: at(0),
        dataUntil: at(60),
        estimates: { SI: 0.5 },
        spread: [0.1],
        report: { rmse: 9 },
      },
    },
    act('00000000-0000-4000-8000-000000000002', at(60) + 2_000, {
      type: 'acknowledge',
      episode: tachycardia,
      note: 'seen',
    }),
    ...Array.from({ length: 40 }, (_, n) => minute(61 + n)),
    ...Array.from({ length: 40 }, (_, n) =>
      samples(
        [{ c: RR, t: at(100) + n * 8_000, s: Array.from({ length: 10 }, (__, i) => 790 + ((n + i) % 5) * 4) }],
        at(100) + (n + 1) * 8_000 + 1_000,
      ),
    ),
    ...Array.from({ length: 20 }, (_, n) =>
      samples(
        [
          {
            c: ECG,
            t: at(106) + n * 1_000,
            s: Array.from({ length: 250 }, (__, i) => (i % 200 === 0 ? 1.1 : 0.01 * Math.sin(i))),
            p: 4,
            h: 'II',
          },
        ],
        at(106) + (n + 2) * 1_000,
      ),
    ),
    ...Array.from({ length: 60 }, (_, n) => minute(110 + n)),
  ];
}
