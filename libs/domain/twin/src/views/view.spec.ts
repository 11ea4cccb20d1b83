import { describe, expect, it } from '@jest/globals';
import type { ClinicalRecord } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, SECOND, series, T0, Ward } from '#libs/testing/ward';
import { ruleViews, viewOf } from '../index.js';

describe('view', () => {
  it('shows the newest value of each measure by name, and when it is too old to say how the patient is', () => {
    const ward = new Ward();
    ward.send([{ c: HEART_RATE, t: T0, x: 70, q: 1 }]);
    ward.send([{ c: HEART_RATE, t: T0 - MINUTE, x: 60 }], T0 + 2 * SECOND);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + 15 * MINUTE)).toMatchObject({
      patient: 'p1',
      type: 'system',
      version: 2,
      asOf: '2026-03-01T08:00:00.000Z',
      measures: {
        'heart-rate': {
          value: 70,
          unit: '/min',
          effectiveAt: '2026-03-01T08:00:00.000Z',
          receivedAt: '2026-03-01T08:00:01.000Z',
          source: 'gateway',
          quality: 'doubtful',
          stale: false,
        },
      },
    });
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + 15 * MINUTE + 1).measures['heart-rate']!.stale).toBe(true);
  });

  it('shows the last of a series', () => {
    const ward = new Ward();
    ward.send([{ c: 2, t: T0, s: [800, 820, 790] }]);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0).measures['rr-interval']).toMatchObject({ value: 790, unit: 'ms' });
  });

  it('shows open alerts as they were last emitted, the most severe first', () => {
    const ward = new Ward();
    const told = ward
      .send([
        { c: GLUCOSE, t: T0, x: 60 },
        { c: OXYGEN, t: T0, x: 80 },
      ])
      .transitions.map(({ alert }) => alert);
    const { alerts } = viewOf(DEFAULT_CATALOGUE, ward.state, T0);
    expect(alerts.map(({ rule }) => rule.id)).toEqual(['oxygen-saturation-low', 'glucose-low']);
    expect(alerts).toEqual([...told].reverse());
  });

  it('does not show what is over', () => {
    const ward = new Ward();
    ward.send(series(GLUCOSE, T0, 5 * MINUTE, [60, 80, 80, 80, 80]));
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + HOUR).alerts).toEqual([]);
  });
});

describe('facts', () => {
  const clinical = (facts: ClinicalRecord['facts']): ClinicalRecord => ({
    v: 1,
    kind: 'clinical',
    tenant: 1,
    patient: 'p1',
    receivedAt: T0,
    source: 'ehr',
    samples: [],
    facts,
  });
  const diabetes = { fact: 'condition', reference: 'Condition/c1', version: 1, content: { text: 'Diabetes' } } as const;

  it('are shown while they hold and emitted to the store at every version', () => {
    const ward = new Ward();
    expect(ward.take(clinical([diabetes])).facts).toMatchObject([{ kind: 'condition', version: 1, withdrawn: false }]);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0).facts).toMatchObject([
      { reference: 'Condition/c1', content: { text: 'Diabetes' } },
    ]);
    expect(ward.take(clinical([diabetes]))).toMatchObject({ facts: [], counts: { dropped: { 'fact-known': 1 } } });
    expect(ward.take(clinical([{ ...diabetes, version: 2, withdrawn: true }])).facts).toMatchObject([
      { withdrawn: true },
    ]);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0).facts).toEqual([]);
  });

  it('beyond what a twin carries are counted', () => {
    const ward = new Ward();
    ward.take(
      clinical(Array.from({ length: 30 }, (_, n) => ({ ...diabetes, reference: `Condition/${n}`, from: T0 + n }))),
    );
    const { facts, moreFacts } = viewOf(DEFAULT_CATALOGUE, ward.state, T0);
    expect([facts.length, moreFacts]).toEqual([24, 6]);
    expect(facts.map(({ reference }) => reference)).not.toContain('Condition/0');
  });
});

describe('memory', () => {
  it('stays bounded, and complete in what it still covers', () => {
    const ward = new Ward();
    ward.send(series(HEART_RATE, T0, SECOND, [70, 71]));
    // A late value makes it load a window, which then grows with every value.
    ward.send([{ c: HEART_RATE, t: T0 + 500, x: 70 }]);
    const loads = ward.loads;
    for (let i = 1; i <= 200; i++) {
      ward.send(series(HEART_RATE, T0 + i * 100 * SECOND, SECOND, Array<number>(100).fill(70)));
    }
    ward.send([{ c: HEART_RATE, t: T0 + 20_050 * SECOND + 500, x: 70 }]);
    expect(ward.loads).toBe(loads + 1);
  });
});

describe('what a newcomer sees', () => {
  it('derived values have no more digits than anybody can mean', () => {
    const ward = new Ward();
    const values = [100, 103.3, 111.7, 119.9, 126.1, 131.7].map((x, i) => ({ c: GLUCOSE, t: T0 + i * 5 * MINUTE, x }));
    for (const sample of values)
      ward.send([sample, { c: HEART_RATE, t: sample.t, x: 91 }, { c: 5, t: sample.t, x: 117 }]);
    const shown = Object.values(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + HOUR).derived).flatMap((one) =>
      'value' in one ? [one.value, ...Object.values(one.parts ?? {})] : [],
    );
    expect(shown.length).toBeGreaterThan(2);
    for (const x of shown) expect(String(Math.abs(x)).replace(/[.]|^0[.]0*/g, '').length).toBeLessThanOrEqual(5);
  });

  it('ages are whole days or years', () => {
    const bounds = ruleViews(DEFAULT_CATALOGUE).flatMap(({ refuses }) =>
      [refuses?.underYears, refuses?.underDays].filter((x) => x !== undefined),
    );
    expect(bounds).toContain(28);
    expect(bounds.every(Number.isInteger)).toBe(true);
  });
});
