import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { medicationRequestOf } from './medication-request.js';

describe('medicationRequestOf', () => {
  it('is a draft of a proposal, whatever is suggested: never an order', () => {
    const suggestion = fc.record({
      status: fc.constantFrom('proposed' as const, 'none' as const),
      value: fc.double({ min: 0, max: 30, noNaN: true }),
      unit: fc.constantFrom('[IU]' as const, 'g' as const),
      reasons: fc.array(fc.string()),
      expiresAt: fc.integer({ min: 0, max: 2e12 }),
    });
    fc.assert(
      fc.property(
        suggestion,
        fc.constantFrom('insulin-bolus' as const, 'carbohydrate-intake' as const),
        (one, kind) => {
          const request = medicationRequestOf({ id: 'a', patient: 'p1', kind, issuedAt: 1e12, suggestion: one });
          expect([request.intent, request.status]).toEqual(['proposal', 'draft']);
          expect('doNotPerform' in request).toBe(one.status === 'none');
          expect('dosageInstruction' in request).toBe(one.status === 'proposed');
        },
      ),
      propertyRuns(100),
    );
  });
});
