/** A valid Observation, which the specs of validation change. */
export const observation = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }], text: 'Heart rate' },
  subject: { reference: 'Patient/p1' },
  effectiveDateTime: '2026-02-28T10:00:00Z',
  valueQuantity: { value: 70, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  component: [{ code: { text: 'x' }, valueString: 'y' }],
  referenceRange: [{ low: { value: 40 } }],
};

/** [what is changed, the code, its expression] */
export const BAD: readonly (readonly [string, object, string, string])[] = [
  ['no status', { status: undefined }, 'required', 'Observation.status'],
  ['a status that is none', { status: 'done' }, 'code-invalid', 'Observation.status'],
  ['no code', { code: undefined }, 'required', 'Observation.code'],
  ['code as a list', { code: [{ text: 'x' }] }, 'structure', 'Observation.code'],
  ['category as a single value', { category: { text: 'x' } }, 'structure', 'Observation.category'],
  ['an empty list', { category: [] }, 'structure', 'Observation.category'],
  ['an empty object', { code: {} }, 'structure', 'Observation.code'],
  ['an empty string', { code: { text: '' } }, 'value', 'Observation.code.text'],
  ['null', { code: null }, 'structure', 'Observation.code'],
  ['an element R4 does not have', { colour: 'red' }, 'structure', 'Observation'],
  ['two values', { valueString: 'x' }, 'structure', 'Observation.value[x]'],
  [
    'a date that does not exist',
    { effectiveDateTime: '2026-02-30T10:00:00Z' },
    'value',
    'Observation.effectiveDateTime',
  ],
  ['a time without a zone', { effectiveDateTime: '2026-02-28T10:00:00' }, 'value', 'Observation.effectiveDateTime'],
  ['a number as text', { valueQuantity: { value: '70' } }, 'value', 'Observation.valueQuantity.value'],
  ['a bad id', { id: "x'; DROP TABLE twins" }, 'value', 'Observation.id'],
  ['a value and a reason for none', { dataAbsentReason: { text: 'x' } }, 'invariant', 'Observation.dataAbsentReason'],
  [
    'a code without its system',
    { valueQuantity: { value: 1, code: '/min' } },
    'invariant',
    'Observation.valueQuantity',
  ],
  ['an extension with nothing', { extension: [{ url: 'https://a.example' }] }, 'invariant', 'Observation.extension[0]'],
  ['a component without code', { component: [{ valueString: 'y' }] }, 'required', 'Observation.component[0].code'],
  [
    'a contained thing that is no resource',
    { contained: [{ id: 'x' }] },
    'required',
    'Observation.contained[0].resourceType',
  ],
  ['an extension of an element that is none', { _colour: {} }, 'structure', 'Observation.colour'],
];
