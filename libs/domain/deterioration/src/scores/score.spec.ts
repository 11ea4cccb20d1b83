import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { mews, news2, qsofa, shockIndex, sirs, type ScoreContext, type Vitals } from '../index.js';
import { DECIDED, number, points, type Rule, scored } from './score.fixture.js';

const RULES: readonly Rule[] = [news2, mews, qsofa, sirs, shockIndex];

/** Points just below, at and just above each edge of a band, as printed; the value is in the unit's last place. */
const EDGES: ReadonlyArray<readonly [Rule, keyof Vitals, ScoreContext | undefined, boolean | undefined, ReadonlyArray<readonly [number, number]>]> = [
  [news2, 'respiratoryRate', undefined, undefined, [[8, 3], [9, 1], [11, 1], [12, 0], [20, 0], [21, 2], [24, 2], [25, 3]]],
  [news2, 'oxygenSaturation', undefined, undefined, [[91, 3], [92, 2], [93, 2], [94, 1], [95, 1], [96, 0]]],
  [news2, 'oxygenSaturation', DECIDED, false, [[83, 3], [84, 2], [85, 2], [86, 1], [87, 1], [88, 0], [93, 0], [100, 0]]],
  [news2, 'oxygenSaturation', DECIDED, true, [[83, 5], [84, 4], [85, 4], [86, 3], [87, 3], [88, 2], [92, 2], [93, 3], [94, 3], [95, 4], [96, 4], [97, 5]]],
  [news2, 'systolicPressure', undefined, undefined, [[90, 3], [91, 2], [100, 2], [101, 1], [110, 1], [111, 0], [219, 0], [220, 3]]],
  [news2, 'heartRate', undefined, undefined, [[40, 3], [41, 1], [50, 1], [51, 0], [90, 0], [91, 1], [110, 1], [111, 2], [130, 2], [131, 3]]],
  [news2, 'temperature', undefined, undefined, [[35, 3], [35.04, 3], [35.05, 1], [35.1, 1], [36, 1], [36.04, 1], [36.05, 0], [36.1, 0], [38, 0], [38.05, 1], [38.1, 1], [39, 1], [39.05, 2], [39.1, 2]]],
  [mews, 'systolicPressure', undefined, undefined, [[70, 3], [71, 2], [80, 2], [81, 1], [100, 1], [101, 0], [199, 0], [200, 2]]],
  [mews, 'heartRate', undefined, undefined, [[39, 2], [40, 2], [41, 1], [50, 1], [51, 0], [100, 0], [101, 1], [110, 1], [111, 2], [129, 2], [130, 3]]],
  [mews, 'respiratoryRate', undefined, undefined, [[8, 2], [9, 0], [14, 0], [15, 1], [20, 1], [21, 2], [29, 2], [30, 3]]],
  [mews, 'temperature', undefined, undefined, [[34.9, 2], [35, 0], [38.4, 0], [38.45, 2], [38.5, 2]]],
  [qsofa, 'respiratoryRate', undefined, undefined, [[21, 0], [21.9, 0], [22, 1]]],
  [qsofa, 'systolicPressure', undefined, undefined, [[100, 1], [100.5, 0], [101, 0]]],
  [qsofa, 'gcs', undefined, undefined, [[14, 1], [15, 0]]],
  [sirs, 'temperature', undefined, undefined, [[35.95, 1], [36, 0], [38, 0], [38.000_000_000_000_01, 0], [38.05, 1]]],
  [sirs, 'heartRate', undefined, undefined, [[90, 0], [90.5, 1], [91, 1]]],
  [sirs, 'respiratoryRate', undefined, undefined, [[20, 0], [21, 1]]],
  [sirs, 'paco2', undefined, undefined, [[31.9, 1], [32, 0]]],
  [sirs, 'whiteCells', undefined, undefined, [[3.9, 1], [4, 0], [12, 0], [12.1, 1]]],
  [sirs, 'bandsPercent', undefined, undefined, [[10, 0], [10.1, 1]]],
]; // oxfmt-ignore

const VITALS: fc.Arbitrary<Vitals> = fc.record({
  respiratoryRate: number(4, 45),
  oxygenSaturation: number(75, 100),
  onOxygen: fc.option(fc.boolean(), { nil: null }),
  systolicPressure: number(55, 240),
  heartRate: number(30, 180),
  consciousness: fc.option(fc.constantFrom('A', 'C', 'V', 'P', 'U'), { nil: null }),
  gcs: number(3, 15),
  temperature: number(33, 41),
  paco2: number(20, 60),
  whiteCells: number(1, 30),
  bandsPercent: number(0, 30),
});

describe('bands', () => {
  it.each(EDGES.map((row) => [`${row[0].name} ${row[1]} ${row[2] ? `scale 2, oxygen ${row[3]}` : ''}`, row] as const))(
    '%s: every edge as printed',
    (_, [rule, name, context, onOxygen, edges]) => {
      const oxygen = onOxygen === undefined ? {} : { onOxygen };
      const said = edges.map(([value]) => [value, points(rule, { [name]: value, ...oxygen }, context)]);
      expect(said).toEqual(edges);
    },
  );

  it('consciousness: each score by its own scale', () => {
    const letters = ['A', 'C', 'V', 'P', 'U'] as const;
    expect(letters.map((consciousness) => points(news2, { consciousness }))).toEqual([0, 3, 3, 3, 3]);
    expect(letters.map((consciousness) => points(mews, { consciousness }))).toEqual([0, 1, 1, 2, 3]);
    expect(letters.map((consciousness) => points(qsofa, { consciousness }))).toEqual([0, 1, 1, 1, 1]);
  });

  it('between two printed neighbours a value gets the points of one of them', () => {
    const [, name, , , edges] = EDGES[0]!;
    fc.assert(
      fc.property(fc.double({ min: 2, max: 80, noNaN: true }), (value) => {
        const at = (v: number) => points(news2, { [name]: v });
        expect([at(Math.floor(value)), at(Math.ceil(value))]).toContain(at(value));
        expect(edges.map(([, p]) => p)).toContain(at(value));
      }),
      propertyRuns(100),
    );
  });
});

describe('explanation', () => {
  it('contributions sum to the total, which lies under the most it could be', () => {
    fc.assert(
      fc.property(VITALS, fc.boolean(), (vitals, scale2) => {
        for (const rule of RULES) {
          const said = rule(vitals, scale2 ? DECIDED : {});
          if (said.kind === 'refused') continue;
          expect(said.contributions.reduce((sum, part) => sum + part.points, 0)).toBe(said.total);
          expect(said.atMost === said.total || !said.complete).toBe(true);
          expect(said.complete).toBe(said.missing.length === 0);
        }
      }),
      propertyRuns(100),
    );
  });

  it('an input taken away takes exactly its points along and is listed', () => {
    fc.assert(
      fc.property(VITALS, (all) => {
        const vitals = { ...all, gcs: null, paco2: null, bandsPercent: null };
        for (const rule of [news2, mews, sirs]) {
          const before = rule(vitals);
          if (before.kind === 'refused') continue;
          for (const { name, points: own } of before.contributions) {
            const after = rule({ ...vitals, [name]: null });
            if (after.kind === 'refused') expect(before.contributions).toHaveLength(1);
            else {
              expect(after.total).toBe(before.total - own);
              expect(after.missing).toEqual(expect.arrayContaining([name]));
            }
          }
        }
      }),
      propertyRuns(100),
    );
  });

  it('what is missing is neither zero nor normal: the full score lies between total and atMost', () => {
    fc.assert(
      fc.property(VITALS, VITALS, (partial, rest) => {
        for (const rule of [news2, mews, qsofa]) {
          const drop = { gcs: null };
          const few = rule(rule === qsofa ? { ...partial, consciousness: null } : { ...partial, ...drop });
          const merged = Object.fromEntries(
            Object.entries(partial).map(([name, value]) => [name, value ?? rest[name as keyof Vitals] ?? null]),
          );
          const more = rule(rule === qsofa ? { ...merged, consciousness: null } : { ...merged, ...drop });
          if (few.kind === 'refused' || more.kind === 'refused') continue;
          expect(more.total).toBeGreaterThanOrEqual(few.total);
          expect(more.total).toBeLessThanOrEqual(few.atMost);
        }
      }),
      propertyRuns(100),
    );
  });
});

describe('other scores', () => {
  it('SIRS gives a criterion one point, whichever input meets it', () => {
    expect(points(sirs, { respiratoryRate: 25, paco2: 25, whiteCells: 15, bandsPercent: 20 })).toBe(2);
    expect(scored(sirs({ paco2: 40, bandsPercent: 20 })).missing).toEqual([
      'temperature',
      'heartRate',
      'respiratoryRate',
    ]);
  });

  it('shock index is the bare ratio; modified by mean pressure, measured before derived', () => {
    expect(scored(shockIndex({ heartRate: 90, systolicPressure: 120 }))).toMatchObject({ total: 0.75, band: 'medium' });
    expect(scored(shockIndex({ heartRate: 90, systolicPressure: 120, diastolicPressure: 75 })).modified).toBe(1);
    expect(
      scored(shockIndex({ heartRate: 90, systolicPressure: 120, diastolicPressure: 75, meanPressure: 60 })).modified,
    ).toBe(1.5);
    expect(
      scored(shockIndex({ heartRate: 90, systolicPressure: 120, diastolicPressure: 130 })).modified,
    ).toBeUndefined();
    expect(shockIndex({ heartRate: 90 })).toMatchObject({ kind: 'refused', reason: 'no-inputs' });
  });

  it('MEWS does not guess V, P or U from the Glasgow coma score', () => {
    expect(scored(mews({ heartRate: 70, gcs: 9 })).missing).toContain('consciousness');
    expect(scored(mews({ heartRate: 70, gcs: 15 })).missing).not.toContain('consciousness');
  });
});

describe('refusals', () => {
  const BOTH: Vitals = { heartRate: 70, systolicPressure: 120 };

  it('outside the population', () => {
    for (const rule of RULES) {
      expect(rule(BOTH, { ageYears: 3 }).kind).toBe('refused');
      expect(rule(BOTH, { ageYears: Number.NaN }).kind).toBe('refused');
      expect(rule(BOTH, { pregnant: true })).toMatchObject({ reason: 'pregnant' });
      expect(rule(BOTH, { ageYears: 18, pregnant: false }).kind).toBe('score');
    }
    expect(RULES.map((rule) => rule(BOTH, { ageYears: 16 }).kind)).toEqual([
      'score',
      'score',
      'refused',
      'refused',
      'refused',
    ]);
  });

  it('an impossible value is named; one the rule does not read is nothing to it', () => {
    expect(news2({ ...BOTH, temperature: 98.6 })).toMatchObject({
      reason: 'implausible-input',
      detail: 'temperature cannot be 98.6.',
    });
    expect(news2({ ...BOTH, heartRate: Number.NaN })).toMatchObject({ reason: 'implausible-input' });
    expect(news2({ ...BOTH, consciousness: 'X' as 'A' })).toMatchObject({ reason: 'implausible-input' });
    expect(qsofa({ ...BOTH, gcs: 14.5 })).toMatchObject({ reason: 'implausible-input' });
    expect(qsofa({ ...BOTH, temperature: 98.6 }).kind).toBe('score');
  });

  it('nothing known, or a time that is none', () => {
    for (const rule of RULES) expect(rule({})).toMatchObject({ kind: 'refused', reason: 'no-inputs' });
    expect(news2(BOTH, { at: Number.NaN })).toMatchObject({ reason: 'bad-time' });
    expect(news2(BOTH, { times: { heartRate: Number.NaN } })).toMatchObject({ reason: 'bad-time' });
  });
});
