import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, series, T0, emittedBy, Ward } from '#libs/testing/ward';

describe('population', () => {
  const born = (birthDate: string) =>
    ({
      v: 1,
      kind: 'clinical',
      tenant: 1,
      patient: 'p1',
      receivedAt: T0 - HOUR,
      facts: [{ fact: 'demographics', reference: 'Patient/p1', version: 1, content: { birthDate } }],
      samples: [],
      source: 'ehr',
    }) as const;

  it('has limits of its age', () => {
    const fast = series(HEART_RATE, T0, MINUTE, Array<number>(12).fill(135));
    const adult = new Ward();
    expect(emittedBy(adult.send(fast))).toEqual(['heart-rate-high raised medium open']);
    expect(adult.alerts()[0]!.explanation.why).toContain('Age unknown: adult limits were used.');
    const child = new Ward();
    child.take(born('2023-01-15'));
    expect(emittedBy(child.send(fast))).toEqual([]);
    expect(emittedBy(child.send(series(HEART_RATE, T0 + HOUR, MINUTE, Array<number>(12).fill(145))))).toEqual([
      'heart-rate-high raised medium open',
    ]);
  });

  it('that a rule is not for is refused and counted, and a newborn is', () => {
    const ward = new Ward();
    ward.take(born('2026-02-20'));
    const outcome = ward.send([{ c: GLUCOSE, t: T0, x: 40 }]);
    expect(emittedBy(outcome)).toEqual([]);
    expect(outcome.counts.dropped['outside-population']).toBe(4);
  });
});
