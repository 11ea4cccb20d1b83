import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '../packs.js';
import { viewOf } from '#libs/domain/twin';
import { HOUR, MINUTE, SECOND, T0, Ward } from '#libs/testing/ward';

const [HEART, OXYGEN, BREATHS, SYSTOLIC] = [1, 3, 4, 5] as const;
const news2Of = (ward: Ward, at: number) => viewOf(DEFAULT_CATALOGUE, ward.state, at).derived['news2'];

describe('NEWS2 of the twin as it is now', () => {
  it('names the measures of which there is no value, each of which could only raise it', () => {
    const ward = new Ward();
    ward.send([
      { c: HEART, t: T0, x: 105 },
      { c: OXYGEN, t: T0, x: 93 },
      { c: BREATHS, t: T0, x: 24 },
    ]);
    expect(news2Of(ward, T0 + MINUTE)).toMatchObject({
      value: 5,
      parts: { atMost: 16 },
      missing: ['oxygen-flow', 'systolic-pressure', 'glasgow-coma-score', 'body-temperature'],
      effectiveAt: '2026-03-01T08:00:00.000Z',
    });
    ward.send([{ c: SYSTOLIC, t: T0 + MINUTE, x: 88 }]);
    expect(news2Of(ward, T0 + MINUTE)).toMatchObject({ value: 8, effectiveAt: '2026-03-01T08:01:00.000Z' });
  });

  it('is of a value that was measured again shortly after, and of one in twenty seconds of a monitor', () => {
    const ward = new Ward();
    ward.send([
      { c: HEART, t: T0, x: 80 },
      { c: BREATHS, t: T0, x: 16 },
      { c: OXYGEN, t: T0 + 5 * SECOND, x: 85 },
    ]);
    expect(news2Of(ward, T0 + MINUTE)).toMatchObject({ value: 3 });
    ward.send([{ c: OXYGEN, t: T0 + 24 * SECOND, x: 96 }]);
    expect(news2Of(ward, T0 + MINUTE)).toMatchObject({ value: 3 });
    ward.send([{ c: OXYGEN, t: T0 + 25 * SECOND, x: 97 }]);
    expect(news2Of(ward, T0 + MINUTE)).toMatchObject({ value: 0 });
    ward.send([{ c: OXYGEN, t: T0 + 55 * SECOND, x: 93 }]);
    expect(news2Of(ward, T0 + HOUR)).toMatchObject({ value: 2 });
  });

  it('is of the same of two values of one moment, whichever comes first', () => {
    for (const values of [
      [88, 97],
      [97, 88],
    ] as const) {
      const ward = new Ward();
      ward.send([
        { c: HEART, t: T0, x: 80 },
        { c: BREATHS, t: T0, x: 16 },
      ]);
      for (const x of values) ward.send([{ c: OXYGEN, t: T0, x, i: `saturation-${x}` }]);
      expect(news2Of(ward, T0)).toMatchObject({ value: 0 });
    }
  });

  it('is refused with fewer inputs than the rule needs, also when they have become too old', () => {
    const ward = new Ward();
    ward.send([
      { c: HEART, t: T0, x: 150 },
      { c: OXYGEN, t: T0, x: 80 },
    ]);
    expect(news2Of(ward, T0)).toMatchObject({ refused: 'too-few-inputs' });
    ward.send([{ c: BREATHS, t: T0 + HOUR, x: 30 }]);
    expect(news2Of(ward, T0 + HOUR)).toMatchObject({ value: 9 });
    expect(news2Of(ward, T0 + 12.5 * HOUR)).toMatchObject({ refused: 'too-few-inputs' });
  });

  it('is refused for those whom the rule does not judge', () => {
    const ward = new Ward();
    const birthDate = '2020-01-01';
    ward.take({
      v: 1,
      kind: 'clinical',
      tenant: 1,
      patient: 'p1',
      receivedAt: T0,
      source: 'ehr',
      samples: [],
      facts: [{ fact: 'demographics', reference: 'Patient/p1', version: 1, content: { birthDate } }],
    });
    ward.send([
      { c: HEART, t: T0, x: 90 },
      { c: OXYGEN, t: T0, x: 90 },
      { c: BREATHS, t: T0, x: 24 },
    ]);
    expect(news2Of(ward, T0)).toMatchObject({ refused: 'not-for-this-person' });
  });
});
