import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { RISK_FORECAST } from '../deterioration/risk-forecaster.js';
import { VITAL_FORECAST } from '../forecaster.js';
import type { VitalMemory } from '../memory/memory.js';
import { featuresOf } from './features.js';
import { Readings } from './readings.js';
import { VITAL_SIGNS } from './vital-signs.js';

const T0 = Date.UTC(2026, 0, 5);

describe('readings of a memory', () => {
  const sign = fc.constantFrom(...VITAL_SIGNS);
  const change = fc.record({ sign, minute: fc.nat(600), share: fc.double({ min: 0.8, max: 1.2, noNaN: true }) });
  const question = fc.record({ sign, memory: fc.nat(7), ageYears: fc.constantFrom(null, 4, 60) });

  it('give the features, forecasts and risk of their memory at the age asked, whatever was asked before', () => {
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 8, maxLength: 8 }),
        fc.array(question, { minLength: 2, maxLength: 12 }),
        (changes, questions) => {
          let memory: unknown = null;
          // One memory after another of one person: the later ones share what did not change.
          const memories = changes.map(({ sign: { code, usual }, minute, share }, n) => {
            const [t, x] = [T0 + minute * 60_000, usual * share];
            const head = { identity: `i${n}`, quality: 0, source: 's', isWithdrawn: false } as const;
            return (memory = VITAL_FORECAST.take(memory, { ...head, code, t, x })) as VitalMemory;
          });
          const readings = memories.map((one) => new Readings(one));
          for (const { sign: asked, memory: at, ageYears } of questions) {
            const about = { ageYears, isPregnant: null, weightKg: null, parameters: null };
            const [one, read] = [memories[at]!, readings[at]!];
            expect(read.featuresOf(asked, about)).toEqual(featuresOf(one, asked, about));
            for (const model of [VITAL_FORECAST, RISK_FORECAST])
              expect(JSON.stringify(model.forecast(read, asked.code, about))).toBe(
                JSON.stringify(model.forecast(one, asked.code, about)),
              );
          }
        },
      ),
      propertyRuns(100),
    );
  });
});
