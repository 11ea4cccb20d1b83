import { describe, expect, it } from '@jest/globals';
import { refusalsByField, thresholdRequest } from './threshold-request.js';

const edited = { rule: 'heart-rate-high', limit: 'medium', version: 3 };
const values = { value: 125, reason: 'beta blocker stopped' };

describe('the request that sets one limit', () => {
  it('names that limit alone, and what was seen of its rule', () => {
    expect(thresholdRequest(edited, values)).toEqual({
      thresholds: [{ rule: 'heart-rate-high', limits: { medium: 125 }, reason: 'beta blocker stopped', version: 3 }],
    });
  });

  it('holds the expiry where one is given', () => {
    const expiresAt = '2026-11-30T12:00:00.000Z';
    expect(thresholdRequest(edited, { ...values, expiresAt }).thresholds[0]).toMatchObject({ expiresAt });
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
