import { describe, expect, it } from '@jest/globals';
import { toClinical, type JsonObject } from '../index.js';
import { context, observation } from '../observations/observation.fixture.js';

describe('whose it is', () => {
  const known = {
    ...context,
    patientsWith: ({ system, value }: { system: string; value: string }): readonly string[] =>
      system !== 'urn:mrn' ? [] : value === '1' ? ['p1'] : value === '2' ? ['p2', 'p3'] : [],
  };
  const mrn = (value: string): object => ({ system: 'urn:mrn', value });
  const contained = (patient: object): object => ({
    subject: { reference: '#s' },
    contained: [{ resourceType: 'Patient', id: 's', ...patient }],
  });

  it.each<[string, object]>([
    ['p1', { subject: { reference: 'Patient/p1' } }],
    ['p1', { subject: { reference: 'Patient/p1/_history/4' } }],
    ['p1', { subject: { reference: 'Patient/p1', type: 'Patient', identifier: mrn('1') } }],
    ['p1', { subject: { reference: 'Patient/p1', identifier: mrn('unknown') } }],
    ['p1', { subject: { identifier: mrn('1') } }],
    ['p1', { subject: { type: 'Patient', identifier: mrn('1') } }],
    ['p1', contained({ identifier: [mrn('1'), mrn('unknown')] })],
    ['p9', { subject: { reference: 'Device/d1' } }],
    ['p1', { performer: [{ reference: 'Patient/p2' }], device: { reference: 'Device/d1' } }],
  ])('is %s: %j', (patient, over) => {
    expect(toClinical(observation(over), known)).toMatchObject({ patient, samples: [{ x: 70 }] });
  });

  it.each<[string, object]>([
    ['patient-missing', { subject: undefined, performer: [{ reference: 'Patient/p1' }] }],
    ['subject-elsewhere', { subject: { reference: 'https://north.example/Patient/p1' } }],
    ['subject-elsewhere', { subject: { reference: 'https://north.example/Patient/p1', identifier: mrn('1') } }],
    ['subject-elsewhere', { subject: { reference: 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001' } }],
    ['subject-not-a-patient', { subject: { reference: 'Group/p1' } }],
    ['subject-not-a-patient', { subject: { reference: 'Location/p1' } }],
    ['subject-not-a-patient', { subject: { type: 'Group', identifier: mrn('1') } }],
    ['subject-not-a-patient', { subject: { reference: '#s' }, contained: [{ resourceType: 'Group', id: 's' }] }],
    ['subject-contradictory', { subject: { reference: 'Patient/p1', type: 'Group' } }],
    ['subject-contradictory', { subject: { reference: 'Patient/p1', identifier: mrn('2') } }],
    ['unknown-patient', { subject: { identifier: mrn('unknown') } }],
    ['unknown-patient', { subject: { identifier: { value: '1' } } }],
    ['reference-ambiguous', { subject: { identifier: mrn('2') } }],
    ['reference-ambiguous', contained({ identifier: [mrn('1'), mrn('2')] })],
    ['subject-unresolved', contained({})],
    ['subject-unresolved', { subject: { reference: '#other' } }],
    ['subject-unresolved', { subject: { display: 'Peter' } }],
    ['subject-unresolved', { subject: { reference: '/Patient/p1' } }],
    [
      'modifier-extension',
      contained({ identifier: [mrn('1')], modifierExtension: [{ url: 'u', valueBoolean: true }] }),
    ],
    ['device-without-patient', { subject: { reference: 'Device/other' } }],
  ])('%s: %j', (reason, over) => {
    const { patient, samples, unmeasured } = toClinical(observation(over), known);
    expect([patient, samples, unmeasured.map((one) => one.reason)]).toEqual([undefined, [], [reason]]);
  });
});

describe('facts', () => {
  it('demographics without names', () => {
    const { facts, patient } = toClinical(
      { resourceType: 'Patient', id: 'p1', name: [{ family: 'Smith' }], birthDate: '1960-01-01', gender: 'female' },
      context,
    );
    expect(patient).toBe('p1');
    expect(facts).toEqual([
      {
        fact: 'demographics',
        reference: 'Patient/p1',
        version: 3,
        content: { birthDate: '1960-01-01', gender: 'female' },
      },
    ]);
  });

  it.each([
    [
      'Condition',
      'condition',
      { subject: { reference: 'Patient/p1' }, code: { text: 'Diabetes' }, onsetDateTime: '2020' },
      Date.UTC(2020, 0, 1),
    ],
    [
      'Encounter',
      'encounter',
      { subject: { reference: 'Patient/p1' }, period: { start: '2026-01-02T03:04:05Z' } },
      Date.UTC(2026, 0, 2, 3, 4, 5),
    ],
    [
      'MedicationRequest',
      'medication',
      { subject: { reference: 'Patient/p1' }, authoredOn: '2026-01-02' },
      Date.UTC(2026, 0, 2),
    ],
    [
      'MedicationAdministration',
      'medication',
      { subject: { reference: 'Patient/p1' }, effectiveDateTime: '2026-01-02' },
      Date.UTC(2026, 0, 2),
    ],
    [
      'AllergyIntolerance',
      'allergy',
      { patient: { reference: 'Patient/p1' }, recordedDate: '2026-01-02' },
      Date.UTC(2026, 0, 2),
    ],
    [
      'DiagnosticReport',
      'report',
      { subject: { reference: 'Patient/p1' }, effectiveDateTime: '2026-01-02' },
      Date.UTC(2026, 0, 2),
    ],
    ['Device', 'device', { patient: { reference: 'Patient/p1' } }, undefined],
  ])('%s', (resourceType, fact, over, from) => {
    const content = toClinical({ resourceType, id: 'x', ...over } as unknown as JsonObject, context);
    expect(content.patient).toBe('p1');
    expect(content.facts).toMatchObject([
      { fact, reference: `${resourceType}/x`, version: 3, ...(from === undefined ? {} : { from }) },
    ]);
  });

  it('whose meaning may be changed is not used', () => {
    const condition = { resourceType: 'Condition', id: 'x', subject: { reference: 'Patient/p1' }, code: { text: 'x' } };
    const changed = { ...condition, modifierExtension: [{ url: 'https://x.example/not', valueBoolean: true }] };
    const { facts, unmeasured } = toClinical(changed as unknown as JsonObject, context);
    expect([facts, unmeasured]).toEqual([
      [],
      [{ reason: 'modifier-extension', expression: 'Condition.modifierExtension' }],
    ]);
  });

  it('carries no texts of any length', () => {
    const code = { coding: [{ system: 's', code: 'c'.repeat(300), display: '😀'.repeat(200_000) }] };
    const condition = { resourceType: 'Condition', id: 'x', subject: { reference: 'Patient/p1' }, code };
    const text = JSON.stringify(toClinical(condition as unknown as JsonObject, context).facts);
    expect(text.length).toBeLessThan(1_000);
  });

  it('contained Observations say that they are not measured', () => {
    const report = {
      resourceType: 'DiagnosticReport',
      id: 'x',
      subject: { reference: 'Patient/p1' },
      contained: [observation({})],
    };
    expect(toClinical(report as unknown as JsonObject, context).unmeasured).toEqual([
      { reason: 'contained-not-measured', expression: 'DiagnosticReport.contained[0]' },
    ]);
  });

  it('reports a type without a mapping', () => {
    expect(toClinical({ resourceType: 'Claim', id: 'x' }, context).unmeasured).toMatchObject([
      { reason: 'type-not-mapped' },
    ]);
  });
});
