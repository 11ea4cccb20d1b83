import type { ClinicalRecord, PatientInput, WireSample } from '#libs/contracts';
import { cut, ecg, every, noise, GLUCOSE, HEART_RATE, MINUTE, OXYGEN, SECOND, T0 } from '#libs/testing/ward';

/** A made-up patient's log, cut where the twin is stored. */
export interface Story {
  readonly name: string;
  readonly before: readonly PatientInput[];
  readonly after: readonly PatientInput[];
}

const RR = 2;
const HEAD = { v: 1, tenant: 1, patient: 'p1' } as const;

function samples(list: readonly WireSample[], receivedAt = Math.max(...list.map(({ t }) => t)) + SECOND): PatientInput {
  return { ...HEAD, kind: 'samples', source: 'gateway', device: 'monitor', receivedAt, samples: list };
}

/** Heart rate each minute, saturation every two, glucose every five; each minute a record. */
function vitals(from: number, to: number, heartRate: (minute: number) => number, glucose: (minute: number) => number) {
  return every(from, to, 1).map((minute) => {
    const t = T0 + minute * MINUTE;
    return samples([
      { c: HEART_RATE, t, x: heartRate(minute) },
      ...(minute % 2 === 0 ? [{ c: OXYGEN, t, x: 97 - (minute % 3), i: `ox-${minute}` }] : []),
      ...(minute % 5 === 0 ? [{ c: GLUCOSE, t, x: glucose(minute) }] : []),
    ]);
  });
}

/** A person with a pregnancy, limits of their own, an acknowledged tachycardia that ends later, and a fall of glucose. */
function ward(): Story {
  const facts: ClinicalRecord = {
    ...HEAD,
    kind: 'clinical',
    source: 'clinic',
    receivedAt: T0 - MINUTE,
    samples: [],
    facts: [
      {
        fact: 'demographics',
        reference: 'Patient/p1',
        version: 1,
        content: { birthDate: '1971-04-02', gender: 'male' },
      },
      {
        fact: 'condition',
        reference: 'Condition/c1',
        version: 1,
        content: { code: '44054006', text: 'type 2 diabetes' },
      },
    ],
  };
  const limits: PatientInput = {
    ...HEAD,
    kind: 'act',
    receivedAt: T0,
    act: 'act-limits',
    actor: 'dr-a',
    does: {
      type: 'set-thresholds',
      thresholds: [{ rule: 'glucose-low', limits: { low: 75 }, reason: 'frightened by lows' }],
    },
  };
  const heartRate = (minute: number): number => (minute < 60 || minute >= 150 ? 74 + (minute % 4) : 138 + (minute % 3));
  const glucose = (minute: number): number =>
    minute < 165 ? 118 - (minute % 10) : Math.max(48, 118 - 2 * (minute - 165));
  return {
    name: 'ward',
    before: [facts, limits, ...vitals(0, 140, heartRate, glucose)],
    after: vitals(140, 260, heartRate, glucose),
  };
}

/** Intervals of fibrillation that go on across the cut. */
function fibrillation(): Story {
  let t = T0;
  const records: PatientInput[] = [];
  for (let n = 0; n < 240; n++) {
    const regular = n < 40 || n >= 190;
    const s = every(0, 10, 1).map((i) =>
      regular ? 800 + ((n + i) % 3) * 4 : 520 + Math.round(560 * noise(10 * n + i)),
    );
    records.push(samples([{ c: RR, t, s }], t + s.reduce((sum, ms) => sum + ms, 0) + SECOND));
    t += s.reduce((sum, ms) => sum + ms, 0);
  }
  return { name: 'fibrillation', before: records.slice(0, 140), after: records.slice(140) };
}

/** One lead in pieces of a second; the asystole begins before the cut and ends after it. */
function asystole(): Story {
  const beats = [...every(0.5, 30, 0.8), ...every(42, 74, 0.8)];
  const records = cut(ecg(75, beats, { ventricular: [50.9] }), [250]).map((chunk) =>
    samples([chunk], chunk.t + 2 * SECOND),
  );
  return { name: 'asystole', before: records.slice(0, 36), after: records.slice(36) };
}

/** A sender whose clock is an hour ahead beside one that is right. */
function ahead(): Story {
  const record = (minute: number, from: number): PatientInput[] => {
    const at = T0 + minute * MINUTE;
    return [
      samples([{ c: HEART_RATE, t: at, x: 72 + (minute % 2) }], at + SECOND),
      {
        ...HEAD,
        kind: 'samples',
        source: 'watch',
        device: '',
        receivedAt: at + 2 * SECOND,
        samples: [{ c: OXYGEN, t: at + from, x: 96 }],
      },
    ];
  };
  return {
    name: 'ahead',
    before: every(0, 30, 1).flatMap((minute) => record(minute, 60 * MINUTE)),
    after: every(30, 60, 1).flatMap((minute) => record(minute, 60 * MINUTE)),
  };
}

export const STORIES: readonly Story[] = [ward(), fibrillation(), asystole(), ahead()];
