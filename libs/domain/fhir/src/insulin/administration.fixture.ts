import { expect } from '@jest/globals';
import { toClinical, type JsonObject } from '../index.js';

export const UCUM = 'http://unitsofmeasure.org';

export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

export const ATC = 'http://www.whocc.no/atc';

export const T0 = Date.UTC(2026, 1, 28, 10);

export const HOUR = 3_600_000;

export const CONTEXT = { version: 1, patientOfDevice: () => undefined, receivedAt: T0 + 12 * HOUR };

export const coded = (system: string, code: string, display?: string): object => ({
  coding: [{ system, code, display }],
});

export const quantity = (value: number, code: string): object => ({ value, system: UCUM, code });

export const period = (start: number, end?: number): object => ({
  start: new Date(start).toISOString(),
  ...(end === undefined ? {} : { end: new Date(end).toISOString() }),
});

/** 4.5 [IU] of insulin lispro, given at T0. */
export function administration(over: object = {}): JsonObject {
  return JSON.parse(
    JSON.stringify({
      resourceType: 'MedicationAdministration',
      id: 'm1',
      status: 'completed',
      medicationCodeableConcept: coded(RXNORM, '86009'),
      subject: { reference: 'Patient/p1' },
      effectiveDateTime: '2026-02-28T11:00:00+01:00',
      dosage: { dose: quantity(4.5, '[IU]') },
      ...over,
    }),
  ) as JsonObject;
}

export const samplesOf = (over: object) => toClinical(administration(over), CONTEXT).samples;

/** `reason expression`, without the type. */
export function reasonsOf(over: object, context: object = {}): readonly string[] {
  const { samples, unmeasured } = toClinical(administration(over), { ...CONTEXT, ...context });
  expect(samples).toEqual([]);
  return unmeasured.map(({ reason, expression }) => `${reason} ${expression.replace('MedicationAdministration', '')}`);
}
