import { describe, expect, it } from '@jest/globals';
import { viewOf } from '#libs/domain/twin';
import { GLUCOSE, HOUR, MINUTE, SECOND, series, T0, emittedBy, allEmittedBy, Ward } from '#libs/testing/ward';
import { DEFAULT_CATALOGUE } from '../packs.js';

const MIN5 = 5 * MINUTE;
const FALLING = [150, 146, 141, 136, 130, 124, 117, 110, 102, 94, 86, 79, 73, 68, 64];

function fall(ward: Ward, start = T0): string[] {
  return series(GLUCOSE, start, MIN5, FALLING).flatMap((sample) => allEmittedBy(ward.send([sample])));
}

describe('rate of change', () => {
  const rate = (one: Ward) => viewOf(DEFAULT_CATALOGUE, one.state, T0 + HOUR).derived['glucose-rate-of-change'];

  it('is shown with the twin, of one sensor, and refused while there are too few readings', () => {
    const ward = new Ward();
    ward.send(series(GLUCOSE, T0, MIN5, [100, 106]));
    expect(rate(ward)).toMatchObject({ refused: 'too-few-readings' });
    ward.send(series(GLUCOSE, T0 + 2 * MIN5, MIN5, [112, 118]));
    expect(rate(ward)).toMatchObject({ value: expect.closeTo(1.2), unit: 'mg/dL/min' });
  });

  it('is that of the newest of two devices, which one gateway sends for', () => {
    const ward = new Ward();
    for (let i = 0; i < 5; i++)
      for (const [d, x] of [
        ['cgm-1', 100 + 6 * i],
        ['cgm-2', 180 - 6 * i],
      ] as const)
        ward.send([{ c: GLUCOSE, t: T0 + i * MIN5 + (d === 'cgm-1' ? 0 : MINUTE), x, d }]);
    // It begins anew with each change between them; neither course is taken for a fall of 80 in a minute.
    expect(rate(ward)).toMatchObject({ refused: 'too-few-readings' });
    expect(ward.episodes()).toEqual([]);
    ward.send(series(GLUCOSE, T0 + 6 * MIN5, MIN5, [144, 138, 132, 126]).map((sample) => ({ ...sample, d: 'cgm-2' })));
    expect(rate(ward)).toMatchObject({ value: expect.closeTo(-1.2) });
  });

  it('is the same when a reading comes late', () => {
    const [inOrder, late] = [new Ward(), new Ward()];
    const samples = series(GLUCOSE, T0, MIN5, [100, 103, 112, 119]);
    for (const sample of samples) inOrder.send([sample]);
    for (const i of [0, 1, 3, 2]) late.send([samples[i]!]);
    expect(rate(late)).toMatchObject({ value: (rate(inOrder) as { value: number }).value });
  });
});

describe('a low that is predicted', () => {
  it('pages before it is there, and does not suppress the low when it comes', () => {
    const ward = new Ward();
    expect(fall(ward).filter((line) => line.includes('raised'))).toEqual([
      'glucose-low-soon raised medium open',
      'glucose-low raised medium open',
    ]);
    const [alert] = ward.alerts();
    expect(alert!.rule.id).toBe('glucose-low-soon');
    expect(Date.parse(alert!.effectiveAt)).toBeLessThan(T0 + 13 * MIN5);
    expect(alert!.summary).toMatch(/^Glucose \d+ mg\/dL, predicted below 70 mg\/dL within 30 min, probability 0\.\d\d/);
  });

  it('is suppressed, and listed, while the low itself is emitted', () => {
    const ward = new Ward();
    const outcomes = series(GLUCOSE, T0, MIN5, [84, 69, 68, 67]).map((sample) => ward.send([sample]));
    expect(outcomes.flatMap(emittedBy)).toEqual(['glucose-low raised medium open']);
    expect(outcomes.flatMap(({ suppressions }) => suppressions)).toMatchObject([
      { rule: 'glucose-low-soon', reason: 'same-cause' },
      { rule: 'glucose-low-soon-early', reason: 'shadow' },
      { rule: 'glucose-low-ahead', reason: 'shadow' },
    ]);
  });

  it('is set beside what the forecast distribution says, in shadow, with its probability', () => {
    const ward = new Ward();
    const shadows = series(GLUCOSE, T0, MIN5, FALLING)
      .flatMap((sample) => ward.send([sample]).suppressions)
      .filter(({ rule }) => rule === 'glucose-low-ahead');
    expect(shadows).toMatchObject([{ reason: 'shadow', severity: 'medium', ruleVersion: '0.1.0' }]);
    // Before the low is there: the fourteenth reading is the first below 70 mg/dL.
    expect(shadows[0]!.effectiveAt).toBeLessThan(T0 + 13 * MIN5);
  });

  it('says why: readings, contributions that add up, the limit and its owner', () => {
    const ward = new Ward();
    fall(ward);
    const { explanation, evidence, threshold } = ward.alerts()[0]!;
    const sum = explanation.contributions!.reduce((total, one) => total + one.contribution, explanation.intercept!);
    expect(sum).toBeCloseTo(explanation.score!, 12);
    expect(1 / (1 + Math.exp(-sum))).toBeGreaterThanOrEqual(threshold!.limit);
    expect(threshold).toMatchObject({ layer: 'default', owner: 'default', unit: '1', comparison: 'at-or-above' });
    expect(evidence.length).toBeGreaterThanOrEqual(3);
    expect(evidence.every(({ code, ageSeconds }) => code === 'glucose' && ageSeconds <= 36 * 60)).toBe(true);
  });

  it('takes limits of the patient', () => {
    const ward = new Ward();
    const limits = { probability: 0.9, clearProbability: 0.5 };
    const thresholds = [{ rule: 'glucose-low-soon', limits, reason: 'test' }];
    ward.act({ type: 'set-thresholds', thresholds }, T0 - HOUR);
    expect(fall(ward).filter((line) => line.startsWith('glucose-low raised'))).toHaveLength(1);
  });

  it.each([
    ['two sources', { source: 'meter', device: '' }],
    ['two devices of one source', { source: 'gateway', device: 'cgm-2' }],
  ])('is not predicted from %s taken together, and each is evaluated alone', (_, other) => {
    const ward = new Ward();
    const first = series(GLUCOSE, T0, MIN5, FALLING.slice(0, 9));
    const head = { v: 1, kind: 'samples', tenant: 1, patient: 'p1', ...other } as const;
    const said = first.flatMap((sample, i) => {
      // A meter that reads 40 higher: beside the sensor it is no rise, and the sensor's next value is no fall from it.
      const meter = { ...sample, t: sample.t + MINUTE, x: sample.x! + 40 };
      const both = [ward.send([sample])];
      if (i % 3 === 0) both.push(ward.take({ ...head, receivedAt: meter.t + SECOND, samples: [meter] }));
      return both.flatMap(emittedBy);
    });
    expect(said).toEqual([]);
    expect(fall(new Ward()).length).toBeGreaterThan(0);
  });

  it('is the same whatever order the readings arrive in', () => {
    const [inOrder, late] = [new Ward(), new Ward()];
    fall(inOrder);
    const samples = series(GLUCOSE, T0, MIN5, FALLING);
    for (const part of [samples.slice(0, 3), samples.slice(5), samples.slice(3, 5)]) late.send(part);
    expect(late.episodes()).toEqual(inOrder.episodes());
    const rules = ['glucose-low', 'glucose-low-ahead', 'glucose-low-soon', 'glucose-low-soon-early'];
    expect(late.episodes()).toHaveLength(rules.length);
    for (const rule of rules) expect(late.episodes()).toContainEqual(expect.objectContaining({ rule }));
  });

  it('is predicted of a device from what was known of its source, when sensors were told apart by sources', () => {
    const ward = new Ward();
    const samples = series(GLUCOSE, T0, MIN5, FALLING);
    const said = samples.flatMap((sample, i) => emittedBy(ward.send([i < 6 ? sample : { ...sample, d: 'cgm-1' }])));
    expect(said.filter((line) => line.includes('raised'))).toEqual([
      'glucose-low-soon raised medium open',
      'glucose-low raised medium open',
    ]);
  });

  it('counts one severity lower while the sensor is in doubt', () => {
    const ward = new Ward();
    const samples = series(GLUCOSE, T0, MIN5, FALLING).map((sample) => ({ ...sample, q: 1 as const }));
    const raised = samples.flatMap((sample) => emittedBy(ward.send([sample])));
    expect(raised[0]).toBe('glucose-low-soon raised low open');
  });
});
