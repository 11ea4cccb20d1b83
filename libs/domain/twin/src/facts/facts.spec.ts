import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { WireFact } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { HOUR, T0, Ward } from '#libs/testing/ward';
import { isPregnantAt, personOf } from './person.js';
import { viewOf } from '../views/view.js';

const DAY = 24 * HOUR;
const SNOMED = 'http://snomed.info/sct';
const ICD10 = 'http://hl7.org/fhir/sid/icd-10';
const LOINC = 'http://loinc.org';

function clinical(ward: Ward, facts: readonly WireFact[], receivedAt = T0) {
  const head = { v: 1, tenant: 1, patient: ward.state.patient, receivedAt } as const;
  return ward.take({ ...head, kind: 'clinical', facts, samples: [], source: 'ehr' });
}

function condition(id: string, content: object, version = 1, span: { from?: number; to?: number } = {}): WireFact {
  return { fact: 'condition', reference: `Condition/${id}`, version, content: { ...content }, ...span };
}

const pregnancy = (id = 'p', version = 1): WireFact =>
  condition(id, { code: { system: SNOMED, code: '77386006' } }, version);

function allergies(n: number): WireFact[] {
  return Array.from({ length: n }, (_, i) => ({
    fact: 'allergy' as const,
    reference: `AllergyIntolerance/${i}`,
    version: 1,
    content: { code: { code: String(i) } },
    from: T0 + i,
  }));
}

const isPregnant = (ward: Ward, t = T0): boolean => isPregnantAt(personOf(ward.state.facts), t);

describe('facts that limits follow from', () => {
  it('are never the ones cut, however many others there are and in whatever order they come', () => {
    const birth: WireFact = {
      fact: 'demographics',
      reference: 'Patient/p1',
      version: 1,
      content: { birthDate: '1990' },
    };
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...allergies(60), pregnancy(), birth], { minLength: 62, maxLength: 62 }),
        fc.integer({ min: 1, max: 62 }),
        (facts, cut) => {
          const ward = new Ward();
          clinical(ward, facts.slice(0, cut));
          clinical(ward, facts.slice(cut));
          expect(isPregnant(ward)).toBe(true);
          expect(personOf(ward.state.facts).born).toBe(Date.UTC(1990, 0));
          expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0).moreFacts).toBe(62 - 24);
        },
      ),
      propertyRuns(30),
    );
  });

  it.each<[string, object, boolean]>([
    ['SNOMED CT pregnant', { code: { system: SNOMED, code: '77386006' } }, true],
    ['SNOMED CT normal pregnancy', { code: { system: SNOMED, code: '72892002' } }, true],
    ['ICD-10 Z34', { code: { system: ICD10, code: 'Z34' } }, true],
    ['ICD-10-CM weeks of gestation', { code: { system: `${ICD10}-cm`, code: 'Z3A.28' } }, true],
    ['ICD-10 pre-eclampsia', { code: { system: ICD10, code: 'O14.1' } }, true],
    ['ICD-10-CM O9A', { code: { system: `${ICD10}-cm`, code: 'O9A.2' } }, true],
    ['a code without its system, as stored before', { code: { code: 'Z33' } }, true],
    [
      'the second coding',
      { code: { system: 'http://local', code: 'x', also: [{ system: ICD10, code: 'O80' }] } },
      true,
    ],
    ['another system with such a code', { code: { system: LOINC, code: 'Z34' } }, false],
    ['Z3B', { code: { system: ICD10, code: 'Z3B' } }, false],
    ['OX1', { code: { system: ICD10, code: 'OX1' } }, false],
    ['diabetes', { code: { system: ICD10, code: 'E10' } }, false],
    ['refuted', { code: { system: SNOMED, code: '77386006' }, verificationStatus: 'refuted' }, false],
    ['resolved', { code: { system: SNOMED, code: '77386006' }, clinicalStatus: 'resolved' }, false],
    ['abated at an age', { code: { system: SNOMED, code: '77386006' }, abatement: '30 a' }, false],
  ])('pregnancy: %s', (_, content, pregnant) => {
    const ward = new Ward();
    clinical(ward, [condition('c', content)]);
    expect(isPregnant(ward)).toBe(pregnant);
  });

  it('a pregnancy holds from its onset to its abatement', () => {
    const ward = new Ward();
    const code = { system: SNOMED, code: '77386006' };
    clinical(ward, [condition('c', { code, abatement: 'a date' }, 1, { from: T0, to: T0 + DAY })]);
    expect([-1, 0, DAY - 1, DAY].map((after) => isPregnant(ward, T0 + after))).toEqual([false, true, true, false]);
  });

  it('the newest observed status counts, for 42 weeks', () => {
    const status = (id: string, answer: string, from: number): WireFact =>
      condition(id, { code: { system: LOINC, code: '82810-3' }, value: { system: LOINC, code: answer } }, 1, { from });
    const ward = new Ward();
    clinical(ward, [status('a', 'LA15173-0', T0)]);
    expect([-1, 0, 293 * DAY, 294 * DAY].map((after) => isPregnant(ward, T0 + after))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    clinical(ward, [status('b', 'LA4489-6', T0 + DAY)]);
    expect(isPregnant(ward, T0 + 2 * DAY)).toBe(true);
    clinical(ward, [status('c', 'LA26683-5', T0 + DAY)]);
    expect(isPregnant(ward, T0 + 2 * DAY)).toBe(false);
    clinical(ward, [status('d', 'LA15173-0', T0 + 2 * DAY)]);
    expect(isPregnant(ward, T0 + 2 * DAY)).toBe(true);
  });
});

describe('facts left out', () => {
  it('are counted once, whatever becomes of them', () => {
    const ward = new Ward();
    const more = (): number => viewOf(DEFAULT_CATALOGUE, ward.state, T0).moreFacts;
    const facts = allergies(30);
    clinical(ward, facts);
    expect(more()).toBe(6);
    // The six oldest are left out; updating and withdrawing them does not count them again.
    for (let version = 2; version < 5; version++)
      clinical(
        ward,
        facts.slice(0, 6).map((one) => ({ ...one, version })),
      );
    expect(more()).toBe(6);
    clinical(ward, [{ ...facts[0]!, version: 9, withdrawn: true }]);
    expect(more()).toBe(5);
  });

  it('keep their version: what was replaced does not come back', () => {
    const ward = new Ward();
    const facts = allergies(30).map((one) => ({ ...one, version: 3 }));
    clinical(ward, facts);
    const outcome = clinical(ward, [{ ...facts[0]!, version: 2 }]);
    expect([outcome.facts, outcome.counts.dropped]).toEqual([[], { 'fact-known': 1 }]);
  });

  it('are bounded', () => {
    const ward = new Ward();
    for (let i = 0; i < 4; i++) {
      clinical(
        ward,
        allergies(500).map((one) => ({ ...one, reference: `${one.reference}-${i}` })),
      );
    }
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0).moreFacts).toBe(2_000 - 24);
    expect(JSON.stringify(ward.state).length).toBeLessThan(20_000);
  });
});
