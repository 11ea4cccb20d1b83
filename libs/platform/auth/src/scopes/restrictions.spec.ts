import { describe, expect, it } from '@jest/globals';
import { canBeEnforced } from './restrictions.js';

describe('a restriction', () => {
  it.each([
    ['system/Observation.rs', true],
    ['system/Observation.rs?category=vital-signs', true],
    ['system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory', true],
    ['system/Observation.rs?category=a,b&code=http://loinc.org|8867-4&date=ge2026', true],
    ['system/Observation.rs?patient=Patient/1', true],
    ['system/Observation.rs?category:not=laboratory', true],
    ['system/Observation.rs?value-quantity=gt5|http://unitsofmeasure.org|mg', true],
    ['system/*.rs?_tag=urn:x|y', true],
    ['system/*.rs?patient=1', true],
    ['twins.read', true],
    ['system/Observation.rs?nonsense=x', false],
    ['system/Patient.rs?category=vital-signs', false],
    ['system/Observation.rs?date=yesterday', false],
    ['system/Observation.rs?category:in=http://x', false],
    ['system/Observation.rs?patient.name=x', false],
    ['system/Observation.rs?subject:Patient.name=x', false],
    ['system/Nothing.rs', false],
    ['system/*.rs?nonsense=x', false],
  ])('%s can be enforced: %s', (scope, answer) => expect(canBeEnforced(scope)).toBe(answer));
});
