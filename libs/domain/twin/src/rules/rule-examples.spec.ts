import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HEART_RATE, MINUTE, OXYGEN, SECOND, series, T0, emittedBy, Ward } from '#libs/testing/ward';
import { checkThresholds, defaultLimits } from '../index.js';

interface Row {
  readonly name: string;
  readonly code: number;
  readonly every: number;
  /** Values one record each; a pair is a value of that quality. */
  readonly values: readonly (number | readonly [number, 1 | 2])[];
  /** By index of the value: what it emitted. Values not named emitted nothing. */
  readonly told: Readonly<Record<number, readonly string[]>>;
}

const low = 'glucose-low';
const veryLow = 'glucose-very-low';
const MIN5 = 5 * MINUTE;

const ROWS: readonly Row[] = [
  { name: 'glucose at the limit is not low', code: GLUCOSE, every: MIN5, values: [70, 71, 70], told: {} },
  {
    name: 'glucose low at once, over after 15 min at or above 75',
    code: GLUCOSE,
    every: MIN5,
    values: [80, 69, 74, 75, 76, 75, 75],
    told: { 1: [`${low} raised medium open`], 6: [`${low} resolved medium resolved`] },
  },
  {
    name: 'glucose between limit and clearing limit keeps the episode, and starts the count of clearing anew',
    code: GLUCOSE,
    every: MIN5,
    values: [69, 76, 76, 72, 76, 76, 76, 76],
    told: { 0: [`${low} raised medium open`], 7: [`${low} resolved medium resolved`] },
  },
  {
    name: 'glucose very low is an episode of its own',
    code: GLUCOSE,
    every: MIN5,
    values: [60, 53, 54, 60, 60, 60, 60],
    told: {
      0: [`${low} raised medium open`],
      1: [`${veryLow} raised high open`],
      6: [`${veryLow} resolved high resolved`],
    },
  },
  {
    name: 'two values a few hours apart show that a low is over',
    code: GLUCOSE,
    every: 180 * MINUTE,
    values: [65, 110, 120],
    told: { 0: [`${low} raised medium open`], 2: [`${low} resolved medium resolved`] },
  },
  {
    name: 'glucose high needs an hour above 250',
    code: GLUCOSE,
    every: MIN5,
    values: [...Array<number>(12).fill(251), 255, 240, 235, 235, 235, 235],
    told: { 12: ['glucose-high raised medium open'], 17: ['glucose-high resolved medium resolved'] },
  },
  {
    name: 'one value back under 250 starts the hour anew',
    code: GLUCOSE,
    every: MIN5,
    values: [...Array<number>(11).fill(251), 250, ...Array<number>(12).fill(251)],
    told: {},
  },
  {
    name: 'a gap of more than 30 min starts the hour anew',
    code: GLUCOSE,
    every: 31 * MINUTE,
    values: [260, 260, 260, 260],
    told: {},
  },
  {
    name: 'glucose very high at once',
    code: GLUCOSE,
    every: MIN5,
    values: [300, 301, 281, 280, 280, 280, 280],
    told: {
      1: ['glucose-very-high raised medium open'],
      6: ['glucose-very-high resolved medium resolved'],
    },
  },
  {
    name: 'heart rate high after 10 min above 120, over after 2 min at or below 115',
    code: HEART_RATE,
    every: 2 * MINUTE,
    values: [121, 121, 121, 121, 121, 121, 116, 115, 115],
    told: { 5: ['heart-rate-high raised medium open'], 8: ['heart-rate-high resolved medium resolved'] },
  },
  {
    name: 'heart rate above 150 for a minute is high at once, falls to medium, rises again, and ends',
    code: HEART_RATE,
    every: 30 * SECOND,
    values: [155, 155, 155, 140, 140, 140, 155, 155, 155, 110, 110, 110, 110, 110, 110],
    told: {
      2: ['heart-rate-high raised high open'],
      5: ['heart-rate-high deescalated medium open'],
      8: ['heart-rate-high escalated high open'],
      // The first value after so large a step is doubtful: it clears nothing.
      12: ['heart-rate-high deescalated medium open'],
      14: ['heart-rate-high resolved high resolved'],
    },
  },
  {
    name: 'two values above 150 are not sustained',
    code: HEART_RATE,
    every: 30 * SECOND,
    values: [155, 155, 100, 155, 155, 100],
    told: {},
  },
  {
    name: 'heart rate low below 40 for a minute',
    code: HEART_RATE,
    every: 30 * SECOND,
    values: [39, 39, 39, 43, 44, 44, 44],
    told: { 2: ['heart-rate-low raised high open'], 6: ['heart-rate-low resolved high resolved'] },
  },
  {
    name: 'oxygen saturation below 90, then below 85, then better, then well',
    code: OXYGEN,
    every: 15 * SECOND,
    values: [90, 89, 84, 86, 88, 88, 88, 93, 93, 93],
    told: {
      1: ['oxygen-saturation-low raised medium open'],
      2: ['oxygen-saturation-low escalated high open'],
      6: ['oxygen-saturation-low deescalated medium open'],
      9: ['oxygen-saturation-low resolved high resolved'],
    },
  },
  {
    name: 'bad values are ignored',
    code: GLUCOSE,
    every: MIN5,
    values: [[50, 2], [40, 2], 80],
    told: {},
  },
  {
    name: 'doubtful values raise one severity lower, until a good one confirms',
    code: GLUCOSE,
    every: MIN5,
    values: [[65, 1], 65],
    told: { 0: [`${low} raised low open`], 1: [`${low} escalated medium open`] },
  },
  {
    name: 'doubtful values do not clear',
    code: GLUCOSE,
    every: MIN5,
    values: [65, [90, 1], [90, 1], [90, 1], [90, 1], [90, 1], 90, 90, 90, 90],
    told: { 0: [`${low} raised medium open`], 9: [`${low} resolved medium resolved`] },
  },
  {
    name: 'a doubtful value within limits does not break a run',
    code: HEART_RATE,
    every: 30 * SECOND,
    values: [155, [90, 1], 155, 155],
    told: { 3: ['heart-rate-high raised high open'] },
  },
];

describe('rules', () => {
  it.each(ROWS)('$name', ({ code, every, values, told: expected }) => {
    const ward = new Ward();
    const actual: Record<number, string[]> = {};
    for (const [i, value] of values.entries()) {
      const [x, q] = typeof value === 'number' ? [value, 0 as const] : value;
      const sample: WireSample = { c: code, t: T0 + i * every, x, q };
      const outcome = emittedBy(ward.send([sample]));
      if (outcome.length > 0) actual[i] = outcome;
    }
    expect(actual).toEqual(expected);
  });

  it('emits a condition that began and ended within one record as past', () => {
    const ward = new Ward();
    const outcome = ward.send(series(GLUCOSE, T0, MIN5, [80, 60, 80, 80, 80, 80, 80]));
    expect(emittedBy(outcome)).toEqual([`${low} retrospective medium retrospective`]);
    expect(outcome.transitions[0]!.closed).toBe(true);
  });

  it('explains itself: what, when, limit and owner, evidence, what clears', () => {
    const ward = new Ward();
    const [alert] = ward
      .send([{ c: GLUCOSE, t: T0, x: 61.24, i: 'a1' }], T0 + 90 * SECOND)
      .transitions.map((t) => t.alert);
    expect(alert).toMatchObject({
      patient: 'p1',
      rule: { id: low, version: '1.1.0', title: 'Glucose low' },
      effectiveAt: '2026-03-01T08:00:00.000Z',
      raisedAt: '2026-03-01T08:01:30.000Z',
      lateSeconds: 90,
      summary: 'Glucose 61.2 mg/dL at 08:00:00 UTC, below the default limit of 70 mg/dL.',
      evidence: [{ code: 'glucose', value: 61.24, unit: 'mg/dL', source: 'gateway', quality: 'good' }],
      threshold: { limit: 70, unit: 'mg/dL', comparison: 'below', owner: 'default' },
      explanation: {
        why: 'Glucose low is medium when glucose is below 70 mg/dL.',
        clears: 'Glucose at or above 75 mg/dL for 15 min, confirmed by at least 2 good values.',
      },
      disclaimer: 'Research software, not a cleared medical device.',
    });
    expect([...ward.stored.keys()]).toEqual(alert!.evidence.map(({ id }) => id));
  });

  it('cites the first, the last and the furthest of a run', () => {
    const ward = new Ward();
    ward.send(series(HEART_RATE, T0, 30 * SECOND, [155, 170]));
    const [alert] = ward.send(series(HEART_RATE, T0 + MINUTE, MINUTE, [160])).transitions.map((t) => t.alert);
    expect(alert!.evidence.map(({ value }) => value)).toEqual([155, 160]);
    expect(alert!.summary).toBe('Heart rate 160 /min at 08:01:00 UTC, above the default limit of 150 /min for 60 s.');
  });
});

it('after an escalation names the value that crossed the limit in force', () => {
  const ward = new Ward();
  ward.send(series(OXYGEN, T0, MINUTE, [95, 89]));
  const [alert] = ward.send(series(OXYGEN, T0 + 2 * MINUTE, MINUTE, [84])).transitions.map((t) => t.alert);
  expect(alert).toMatchObject({ transition: 'escalated', severity: 'high' });
  expect(alert!.summary).toBe(
    'Severity rose to high. Oxygen saturation by pulse oximetry 84 % at 08:02:00 UTC, below the default limit of 85 %; first value 89 % at 08:01:00 UTC.',
  );
});

describe('rule catalogue', () => {
  it('has defaults that may be set', () => {
    for (const rule of DEFAULT_CATALOGUE.rules.filter(({ limits }) => limits.length > 0))
      expect([rule.id, checkThresholds(DEFAULT_CATALOGUE, rule.id, defaultLimits(rule))]).toEqual([rule.id, []]);
  });

  it.each([
    ['unknown rule', 'no-such-rule', { limit: 1 }, ['rule-unknown']],
    ['prototype name', '__proto__', { limit: 1 }, ['rule-unknown']],
    ['unknown limit', low, { lower: 60 }, ['limit-unknown']],
    ['out of range', low, { limit: 20 }, ['limit-out-of-range']],
    ['not a number', low, { limit: Number.NaN }, ['limit-out-of-range']],
    ['clears where it raises', low, { limit: 80, clear: 75 }, ['limits-crossed']],
    ['severe milder than mild', 'oxygen-saturation-low', { limit: 84 }, ['limits-crossed']],
    ['severe equal to mild', 'heart-rate-high', { limit: 120, severeLimit: 120 }, ['limits-crossed']],
    ['nothing', low, {}, ['limits-empty']],
    ['raising limit alone takes the clearing limit along', low, { limit: 80 }, []],
    ['default again', low, null, []],
  ])('checks limits: %s', (_, rule, limits, codes) => {
    expect(checkThresholds(DEFAULT_CATALOGUE, rule, limits).map(({ code }) => code)).toEqual(codes);
  });
});
