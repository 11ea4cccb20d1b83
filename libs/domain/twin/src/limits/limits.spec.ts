import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { T0 } from '#libs/testing/ward';
import type { Person } from '../facts/person.js';
import type { SetLimits } from '../state/state.js';
import { checkThresholds, defaultLimits, layersOf, limitsAt, mergeLimits, ownerAt, type Limits } from './limits.js';

const YEAR = 365.2425 * 86_400_000;
const ADULT: Person = { born: null, pregnancies: [], deceased: false };
const OXYGEN_LOW = DEFAULT_CATALOGUE.ruleById('oxygen-saturation-low')!;
const RATE_LOW = DEFAULT_CATALOGUE.ruleById('heart-rate-low')!;
const RATE_HIGH = DEFAULT_CATALOGUE.ruleById('heart-rate-high')!;

const entry = (limits: Limits | null, over: Partial<SetLimits> = {}): SetLimits => ({
  after: null,
  limits,
  author: 'dr-a',
  reason: 'r',
  ...over,
});
const oxygen = (tenant: SetLimits | undefined, patient?: SetLimits, t = T0) =>
  limitsAt(OXYGEN_LOW, { tenant: tenant && [tenant], patient: patient && [patient] }, ADULT, t);

describe('limits that are set', () => {
  it.each<[string, Limits | null, readonly string[]]>([
    ['nope', null, ['rule-unknown: there is no such rule; GET /v1/rules lists them']],
    [RATE_LOW.id, null, []],
    [RATE_LOW.id, {}, ['limits-empty: no limit given; null brings back the default']],
    ['clock-step', { limit: 1 }, ['limit-unknown limit: clock-step has no such limit; it has none']],
    [
      RATE_LOW.id,
      { x: 1 },
      ['limit-unknown x: heart-rate-low has no such limit; it has limit, clear, forSeconds, clearForSeconds'],
    ],
    [RATE_LOW.id, { limit: 25 }, []],
    [RATE_LOW.id, { limit: 24.9 }, ['limit-out-of-range limit: limit must be a number from 25 to 110 /min']],
    [RATE_LOW.id, { limit: 110 }, []],
    [RATE_LOW.id, { limit: 110.1 }, ['limit-out-of-range limit: limit must be a number from 25 to 110 /min']],
    [RATE_LOW.id, { limit: NaN }, ['limit-out-of-range limit: limit must be a number from 25 to 110 /min']],
    [RATE_LOW.id, { limit: 40, clear: 40 }, []],
    [RATE_LOW.id, { limit: 40, clear: 39 }, ['limits-crossed clear: clear (39) must not be below limit (40)']],
    [RATE_HIGH.id, { limit: 120, clear: 121 }, ['limits-crossed clear: clear (121) must not be above limit (120)']],
    [
      RATE_HIGH.id,
      { limit: 150 },
      ['limits-crossed severeLimit: severeLimit (150) must lie further above than limit (150)'],
    ],
    [
      OXYGEN_LOW.id,
      { severeLimit: 90, severeClear: 92 },
      ['limits-crossed severeLimit: severeLimit (90) must lie further below than limit (90)'],
    ],
    ['no-data', { glucoseSeconds: 60 }, []],
  ])('%s %j: %j', (rule, limits, refusals) => {
    const found = checkThresholds(DEFAULT_CATALOGUE, rule, limits).map(
      ({ code, limit, message }) => `${code}${limit === undefined ? '' : ` ${limit}`}: ${message}`,
    );
    expect(found).toEqual(refusals);
  });

  it('are numbers', () => {
    const limits = { limit: '40' } as unknown as Limits;
    expect(checkThresholds(DEFAULT_CATALOGUE, RATE_LOW.id, limits).map(({ code }) => code)).toEqual([
      'limit-out-of-range',
    ]);
  });

  it('of one patient only are not set for all', () => {
    const found = DEFAULT_CATALOGUE.rules
      .flatMap((rule) => rule.limits.map((spec) => ({ rule, spec })))
      .find(({ spec }) => spec.patientOnly === true)!;
    const { name, default: x } = found.spec;
    const message = `${name} is decided for one patient; set it at /v1/twins/{patient}/thresholds`;
    expect(checkThresholds(DEFAULT_CATALOGUE, found.rule.id, { [name]: x }, 'tenant')).toEqual([
      { code: 'limit-of-a-patient', limit: name, message },
    ]);
    expect(checkThresholds(DEFAULT_CATALOGUE, found.rule.id, { [name]: x })).toEqual([]);
  });

  it('take their clearing limit along, at the same distance, unless it is set too', () => {
    const own = defaultLimits(OXYGEN_LOW);
    expect(mergeLimits(OXYGEN_LOW, own, { limit: 93 })).toEqual({ ...own, limit: 93, clear: 95 });
    expect(mergeLimits(OXYGEN_LOW, own, { limit: 93, clear: 94 })).toEqual({ ...own, limit: 93, clear: 94 });
    expect(mergeLimits(OXYGEN_LOW, { ...own, clear: 97 }, { forSeconds: 5 })).toEqual({
      ...own,
      clear: 97,
      forSeconds: 5,
    });
    const news2 = DEFAULT_CATALOGUE.ruleById('news2')!;
    expect(mergeLimits(news2, defaultLimits(news2), { high: 8 })).toEqual({ ...defaultLimits(news2), high: 8 });
  });
});

describe('the limits in force', () => {
  const own = defaultLimits(OXYGEN_LOW);

  it("are the rule's own where nothing is set", () => {
    expect(oxygen(undefined)).toBe(own);
    expect(layersOf({ tenantThresholds: {}, thresholds: {} }, OXYGEN_LOW.id)).toEqual({});
  });

  it("are the patient's before the tenant's, limit by limit", () => {
    const tenant = entry({ severeLimit: 88, severeClear: 89 });
    const patient = entry({ limit: 92 });
    expect(oxygen(tenant)).toEqual({ ...own, severeLimit: 88, severeClear: 89 });
    expect(oxygen(undefined, patient)).toEqual({ ...own, limit: 92, clear: 94 });
    expect(oxygen(tenant, patient)).toEqual({ ...own, severeLimit: 88, severeClear: 89, limit: 92, clear: 94 });
    expect(oxygen(undefined, patient)).toEqual({ ...own, limit: 92, clear: 94 });
  });

  it("are the patient's alone, where they would cross the tenant's", () => {
    const tenant = entry({ severeLimit: 88, severeClear: 89 });
    expect(oxygen(tenant, entry({ limit: 87 }))).toEqual({ ...own, limit: 87, clear: 89 });
  });

  it.each([
    [T0, 90],
    [T0 + 1, 92],
    [T0 + 9, 92],
    [T0 + 10, 90],
  ])('are set for samples after a time and until another: at %s', (t, limit) => {
    const patient = entry({ limit: 92 }, { after: T0, expiresAt: T0 + 10 });
    expect(oxygen(undefined, patient, t)['limit']).toBe(limit);
  });

  it('are the newest that were set before the sample, or none where they were taken back', () => {
    const patient = [entry({ limit: 92 }), entry(null, { after: T0 }), entry({ limit: 93 }, { after: T0 + 5 })];
    const at = (t: number) => limitsAt(OXYGEN_LOW, { tenant: undefined, patient }, ADULT, t)['limit'];
    expect([T0, T0 + 1, T0 + 5, T0 + 6].map(at)).toEqual([92, 90, 90, 93]);
    const layers = { tenant: [entry({ clear: 91 })], patient };
    expect(ownerAt(layers, 'limit', T0)).toEqual({ layer: 'patient', author: 'dr-a', reason: patient[0]!.reason });
    expect(ownerAt(layers, 'limit', T0 + 1)).toBeNull();
    expect(ownerAt(layers, 'clear', T0)).toEqual({ layer: 'tenant', author: 'dr-a', reason: layers.tenant[0]!.reason });
  });

  it.each([
    [4 * YEAR - 1, 70],
    [4 * YEAR, 65],
    [14 * YEAR, 47],
    [15 * YEAR, 40],
  ])('follow the age where it is known: %s ms', (age, limit) => {
    const limits = limitsAt(RATE_LOW, { tenant: undefined, patient: undefined }, { ...ADULT, born: T0 - age }, T0);
    expect(limits).toEqual({ ...defaultLimits(RATE_LOW), limit, clear: limit + 4 });
  });

  it('of an age, and those set for all that cross them: the latter alone', () => {
    const tenant = [entry({ severeLimit: 160 })];
    const child = (age: number) =>
      limitsAt(RATE_HIGH, { tenant, patient: undefined }, { ...ADULT, born: T0 - age * YEAR }, T0);
    expect(child(13)).toEqual({ ...defaultLimits(RATE_HIGH), severeLimit: 160, severeClear: 155 });
    expect(child(0.1)).toEqual({ ...defaultLimits(RATE_HIGH), limit: 120, severeLimit: 160, severeClear: 155 });
    expect(child(5)).toMatchObject({ limit: 131, severeLimit: 160, severeClear: 155 });
  });
});
