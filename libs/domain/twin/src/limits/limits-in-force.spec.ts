import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HOUR, MINUTE, T0, Ward } from '#libs/testing/ward';
import type { FactState, SetLimits } from '../state/state.js';
import { limitsInForce } from './limits-in-force.js';

const NOTHING = { facts: {}, thresholds: {}, tenantThresholds: {} };
const YEAR = 365.2425 * 24 * HOUR;

const set = (limit: number, more: Partial<SetLimits> = {}): readonly SetLimits[] => [
  { after: null, limits: { limit }, author: 'dr-a', reason: 'why', ...more },
];
const born = (t: number): Record<string, FactState> => ({
  'Patient/p': { kind: 'demographics', version: 1, content: { birthDate: new Date(t).toISOString().slice(0, 10) } },
});
const of = (twin: Partial<typeof NOTHING>, rule: string, t = T0) =>
  limitsInForce(DEFAULT_CATALOGUE, { ...NOTHING, ...twin }, t).limits.filter((limit) => limit.rule === rule);

describe('the limits in force', () => {
  it('are those of the rules where nobody set others', () => {
    expect(of({}, 'heart-rate-high')).toEqual([
      {
        code: 'heart-rate',
        rule: 'heart-rate-high',
        title: 'Heart rate high',
        limit: 'limit',
        direction: 'high',
        value: 120,
        min: 80,
        max: 220,
        unit: '/min',
        severity: 'medium',
        owner: 'default',
      },
      expect.objectContaining({ limit: 'severeLimit', value: 150, severity: 'high', owner: 'default' }),
    ]);
  });

  it("are the patient's before the tenant's, until they expire", () => {
    const twin = {
      thresholds: { 'glucose-low': set(80, { expiresAt: T0 + HOUR }) },
      tenantThresholds: { 'glucose-low': set(65, { author: 'ward' }) },
    };
    expect(of(twin, 'glucose-low')).toMatchObject([
      { value: 80, direction: 'low', owner: 'patient', author: 'dr-a', reason: 'why', expiresAt: T0 + HOUR },
    ]);
    const later = of(twin, 'glucose-low', T0 + HOUR);
    expect(later).toMatchObject([{ value: 65, owner: 'tenant', author: 'ward' }]);
    expect(later[0]).not.toHaveProperty('expiresAt');
  });

  it('are those of the age', () => {
    expect(of({ facts: born(T0 - 3 * YEAR) }, 'heart-rate-high')[0]).toMatchObject({ value: 136, owner: 'default' });
  });

  it('are none of a rule that does not evaluate the person, which is said', () => {
    const newborn = { ...NOTHING, facts: born(T0 - 10 * 24 * HOUR) };
    const { limits, refused } = limitsInForce(DEFAULT_CATALOGUE, newborn, T0);
    expect(limits.map(({ rule }) => rule)).not.toContain('oxygen-saturation-low');
    expect(refused).toContainEqual({ rule: 'oxygen-saturation-low', reason: 'under-age' });
  });

  it('are those that an alert names', () => {
    const ward = new Ward();
    const thresholds = [{ rule: 'glucose-low', limits: { limit: 80 }, reason: 'illness' }];
    ward.act({ type: 'set-thresholds', thresholds }, T0);
    const alert = ward.send([{ c: GLUCOSE, t: T0 + MINUTE, x: 78 }]).transitions[0]?.alert;
    expect(alert?.threshold).toMatchObject({ limit: 80 });
    expect(limitsInForce(DEFAULT_CATALOGUE, ward.state, T0 + MINUTE).limits).toContainEqual(
      expect.objectContaining({ rule: 'glucose-low', value: alert?.threshold?.limit, owner: 'patient' }),
    );
  });
});
