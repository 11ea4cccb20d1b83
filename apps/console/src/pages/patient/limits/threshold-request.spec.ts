import { describe, expect, it } from '@jest/globals';
import { refusalsByField, thresholdRequest, type SetThreshold } from './threshold-request.js';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const edited = { rule: 'heart-rate-high', limit: 'medium' };
const values = { value: 125, reason: 'beta blocker stopped' };
const before: SetThreshold = { rule: 'heart-rate-high', layer: 'patient', limits: { high: 160, medium: 120 } };

describe('the request that sets one limit', () => {
  it('takes along the other limits of the rule that the patient has, because a rule is set as a whole', () => {
    expect(thresholdRequest(edited, values, [before], NOW)).toEqual({
      thresholds: [{ rule: 'heart-rate-high', limits: { high: 160, medium: 125 }, reason: 'beta blocker stopped' }],
    });
  });

  it.each<[string, SetThreshold[]]>([
    ['nothing is set', []],
    ['they are of another rule', [{ ...before, rule: 'heart-rate-low' }]],
    ['they are of the tenant', [{ ...before, layer: 'tenant' }]],
    ['they have expired', [{ ...before, expiresAt: '2026-11-29T11:59:59Z' }]],
    ['the default was restored', [{ ...before, limits: null }]],
  ])('sets that limit alone where %s', (_, set) => {
    expect(thresholdRequest(edited, values, set, NOW).thresholds[0]?.limits).toEqual({ medium: 125 });
  });

  it('holds the expiry where one is given', () => {
    const expiresAt = '2026-11-30T12:00:00.000Z';
    expect(thresholdRequest(edited, { ...values, expiresAt }, [], NOW).thresholds[0]).toMatchObject({ expiresAt });
  });
});

describe('refusals of the API', () => {
  it('stand next to the field that their pointer names', () => {
    const errors = [
      { pointer: '/thresholds/0/limits/medium', detail: 'must be a number from 60 to 220 /min' },
      { pointer: '/thresholds/0/limits/high', detail: 'crosses' },
      { pointer: '/thresholds/0/reason', detail: 'must say why' },
      { pointer: '/thresholds/0/expiresAt', detail: 'must be ahead' },
      { pointer: '/thresholds/0/rule', detail: 'there is no such rule' },
    ];
    expect(refusalsByField(errors)).toEqual({
      fields: {
        value: ['must be a number from 60 to 220 /min', 'crosses'],
        reason: ['must say why'],
        expires: ['must be ahead'],
      },
      rest: ['there is no such rule'],
    });
  });

  it('of monitoring name its expiry `until`', () => {
    expect(refusalsByField([{ pointer: '/until', detail: 'must be ahead' }]).fields).toEqual({
      expires: ['must be ahead'],
    });
  });
});
