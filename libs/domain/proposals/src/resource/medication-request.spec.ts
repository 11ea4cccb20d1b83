import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '#libs/domain/fhir';
import { validate } from '#libs/fhir-validation';
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

  it.each(['proposed', 'none'] as const)('is valid FHIR R4: %s', (status) => {
    const suggestion = { status, value: 2.5, unit: '[IU]', reasons: ['why'], expiresAt: 1e12 + 60_000 } as const;
    const request = medicationRequestOf({
      id: '01a2270f-81e9-71ae-b10b-25b0e518d095',
      patient: 'p1',
      kind: 'insulin-bolus',
      issuedAt: 1e12,
      suggestion,
    });
    const parsed = parseJson(JSON.stringify(request));
    expect(parsed.ok && validate(parsed.value)).toEqual([]);
  });
});
