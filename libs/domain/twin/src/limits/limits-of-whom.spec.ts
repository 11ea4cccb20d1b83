import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HOUR, MINUTE, series, T0, emittedBy, Ward } from '#libs/testing/ward';
import { checkThresholds, limitsInForce } from '../index.js';

const MIN5 = 5 * MINUTE;

describe('limits', () => {
  const set = (ward: Ward, type: 'set-thresholds' | 'set-tenant-thresholds', limit: number, at = T0) =>
    ward.act({ type, thresholds: [{ rule: 'glucose-low', limits: { limit }, reason: 'why' }] }, at);

  it("of the patient count before the tenant's, and those before the rule's own", () => {
    const limitOf = (prepare: (ward: Ward) => void) => {
      const ward = new Ward();
      prepare(ward);
      const alert = ward.send([{ c: GLUCOSE, t: T0 + MINUTE, x: 61 }]).transitions[0]?.alert;
      return alert?.threshold ?? null;
    };
    expect(limitOf(() => undefined)).toMatchObject({ limit: 70, layer: 'default', owner: 'default' });
    expect(limitOf((ward) => set(ward, 'set-tenant-thresholds', 65))).toMatchObject({ limit: 65, layer: 'tenant' });
    const both = limitOf((ward) => {
      set(ward, 'set-thresholds', 62);
      set(ward, 'set-tenant-thresholds', 65);
    });
    expect(both).toMatchObject({ limit: 62, layer: 'patient', owner: 'dr-a', reason: 'why' });
    expect(limitOf((ward) => set(ward, 'set-tenant-thresholds', 60))).toBeNull();
  });

  it('that are a decision about one patient cannot be set for all', () => {
    const limits = { saturationScale: 2 };
    expect(checkThresholds(DEFAULT_CATALOGUE, 'news2', limits, 'tenant')).toMatchObject([
      { code: 'limit-of-a-patient' },
    ]);
    expect(checkThresholds(DEFAULT_CATALOGUE, 'news2', limits)).toEqual([]);
  });

  it("of the tenant come back when the patient's expire", () => {
    const ward = new Ward();
    set(ward, 'set-tenant-thresholds', 60);
    const thresholds = [{ rule: 'glucose-low', limits: { limit: 80 }, reason: 'illness', expiresAt: T0 + HOUR }];
    ward.act({ type: 'set-thresholds', thresholds }, T0);
    expect(emittedBy(ward.send([{ c: GLUCOSE, t: T0 + MINUTE, x: 75 }]))).toEqual(['glucose-low raised medium open']);
    const later = series(GLUCOSE, T0 + 2 * HOUR, MIN5, [90, 90, 90, 90, 65]);
    expect(later.flatMap((sample) => emittedBy(ward.send([sample])))).toEqual(['glucose-low resolved medium resolved']);
  });

  it.each(Object.getOwnPropertyNames(Object.prototype))(
    'of a rule called %s are dropped, and nothing is lost',
    (rule) => {
      const ward = new Ward();
      set(ward, 'set-thresholds', 65);
      const thresholds = [{ rule, limits: { limit: 1 }, reason: 'why', keep: true as const }];
      expect(ward.act({ type: 'set-thresholds', thresholds }, T0).counts.dropped).toEqual({ 'threshold-refused': 1 });
      expect(Object.keys(ward.state.thresholds)).toEqual(['glucose-low']);
    },
  );

  it('that are set one at a time leave the others of the rule as they are, with their owner and end', () => {
    const ward = new Ward();
    const setOne = (limits: Record<string, number>, reason: string, more: object = {}) =>
      ward.act(
        { type: 'set-thresholds', thresholds: [{ rule: 'heart-rate-high', limits, reason, keep: true, ...more }] },
        T0,
      );
    const inForce = (t: number) =>
      limitsInForce(DEFAULT_CATALOGUE, ward.state, t).limits.filter(({ rule }) => rule === 'heart-rate-high');
    setOne({ severeLimit: 170 }, 'fever', { expiresAt: T0 + HOUR });
    const outcome = setOne({ limit: 130 }, 'athlete');
    expect(outcome.thresholds).toMatchObject([
      { limits: { limit: 130, severeLimit: 170 }, reason: 'athlete', kept: { severeLimit: { reason: 'fever' } } },
    ]);
    expect(inForce(T0 + MINUTE)).toMatchObject([
      { limit: 'limit', value: 130, owner: 'patient', reason: 'athlete' },
      { limit: 'severeLimit', value: 170, owner: 'patient', reason: 'fever', expiresAt: T0 + HOUR },
    ]);
    expect(inForce(T0 + MINUTE)[0]).not.toHaveProperty('expiresAt');
    expect(inForce(T0 + HOUR)).toMatchObject([
      { limit: 'limit', value: 130, owner: 'patient', reason: 'athlete' },
      { limit: 'severeLimit', value: 150, owner: 'default' },
    ]);
  });

  it('that do not fit those that stay are not set', () => {
    const ward = new Ward();
    const setOne = (limits: Record<string, number>) =>
      ward.act(
        { type: 'set-thresholds', thresholds: [{ rule: 'heart-rate-high', limits, reason: 'why', keep: true }] },
        T0,
      );
    setOne({ severeLimit: 125 });
    expect(setOne({ limit: 130 }).counts.dropped).toEqual({ 'threshold-refused': 1 });
  });
});
