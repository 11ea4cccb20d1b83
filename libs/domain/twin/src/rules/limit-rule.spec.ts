import { describe, expect, it } from '@jest/globals';
import { OXYGEN } from '#libs/testing/ward';
import { MILD, SPEC } from '../fixtures/limit-machine.fixture.js';
import { limitRule, QUALITY } from './limit-rule.js';

describe('limitRule', () => {
  it('is what the catalogue serves of a rule with two severities', () => {
    expect(limitRule(SPEC)).toEqual({
      kind: 'limit',
      id: 'saturation-low',
      version: '1.1.0',
      category: 'physiological',
      title: 'Saturation low',
      severity: 'high',
      inputs: ['oxygen-saturation'],
      quality: QUALITY,
      freshness: 'Values at most 60 s apart.',
      limits: [
        { name: 'limit', title: 'medium when below this', unit: '%', default: 90, min: 70, max: 96 },
        { name: 'clear', title: 'clears medium at this', unit: '%', default: 92, min: 70, max: 104 },
        { name: 'forSeconds', title: 'held for', unit: 's', default: 10, min: 0, max: 14_400 },
        { name: 'clearForSeconds', title: 'cleared for', unit: 's', default: 30, min: 0, max: 14_400 },
        { name: 'severeLimit', title: 'high when below this', unit: '%', default: 85, min: 60, max: 90 },
        { name: 'severeClear', title: 'clears high at this', unit: '%', default: 88, min: 60, max: 102 },
        { name: 'severeForSeconds', title: 'held for', unit: 's', default: 0, min: 0, max: 14_400 },
        { name: 'severeClearForSeconds', title: 'cleared for', unit: 's', default: 30, min: 0, max: 14_400 },
      ],
      persistence: 'medium: below 90 % for 10 s, at least 2 values; high: below 85 % at once',
      hysteresis: 'medium: at or above 92 %; high: at or above 88 %',
      clears: 'Oxygen saturation by pulse oximetry at or above 92 % for 30 s, at least 3 good values',
      population: 'Adults.',
      policy: SPEC.policy,
      further: { step: 4, why: 'the accuracy of pulse oximeters', unit: '%' },
      page: 'docs/clinical/rules/saturation-low.md',
      codes: [OXYGEN],
      direction: 'below',
      tiers: [
        {
          severity: 'medium',
          raise: 'limit',
          clear: 'clear',
          raiseSeconds: 'forSeconds',
          clearSeconds: 'clearForSeconds',
          raiseSamples: 2,
          clearSamples: 3,
        },
        {
          severity: 'high',
          raise: 'severeLimit',
          clear: 'severeClear',
          raiseSeconds: 'severeForSeconds',
          clearSeconds: 'severeClearForSeconds',
          raiseSamples: 1,
          clearSamples: 3,
        },
      ],
      maxGap: 60_000,
    });
  });

  it('above a limit clears at or below, and the limit at which it clears may be lower than the lowest that raises', () => {
    const high = { ...MILD, limit: 120, clear: 110, range: [100, 200] } as const;
    const rule = limitRule({ ...SPEC, measure: 'heart-rate', direction: 'above', tiers: [high] });
    expect(rule).toMatchObject({
      severity: 'medium',
      persistence: 'medium: above 120 /min for 10 s, at least 2 values',
      hysteresis: 'medium: at or below 110 /min',
      clears: 'Heart rate at or below 110 /min for 30 s, at least 3 good values',
    });
    expect(rule.limits.map(({ title }) => title)).toContain('medium when above this');
    expect(rule.limits.find(({ name }) => name === 'clear')).toMatchObject({ min: 60, max: 200 });
  });

  it.each([
    { forSeconds: 0, samples: 1, said: 'at once' },
    { forSeconds: 60, samples: 1, said: 'for 60 s, at least 1 values' },
    { forSeconds: 0, samples: 2, said: 'for 0 s, at least 2 values' },
  ])('says how long a limit must be crossed: $said', ({ said, ...held }) => {
    expect(limitRule({ ...SPEC, tiers: [{ ...MILD, ...held }] }).persistence).toBe(`medium: below 90 % ${said}`);
  });

  it('carries whom it refuses to judge and its limits by age where there are any', () => {
    const own = { refuses: { underYears: 18 }, byAge: [{ underYears: 1, limits: { limit: 88 } }] };
    expect(limitRule({ ...SPEC, ...own })).toMatchObject(own);
    const keys = Object.keys(limitRule(SPEC));
    expect(keys).not.toContain('refuses');
    expect(keys).not.toContain('byAge');
  });
});
