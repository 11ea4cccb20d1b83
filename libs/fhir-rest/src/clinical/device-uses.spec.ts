import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { put, run, type Resource } from '../settle/settle.fixture.js';

const day = '2025-12-01';
const entry = (resource: Resource): object => put(`${resource.resourceType}/${resource.id}`, resource);
const patient = (id: string, value = id): Resource => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'mrn', value }],
});
const device = (more: object = {}): Resource => ({
  resourceType: 'Device',
  id: 'd',
  identifier: [{ system: 'serial', value: '7' }],
  patient: { reference: 'Patient/a' },
  ...more,
});
const use = (more: object = {}): Resource => ({
  resourceType: 'DeviceUseStatement',
  id: 'u',
  status: 'completed',
  device: { reference: 'Device/d' },
  subject: { reference: 'Patient/b' },
  timingPeriod: { start: `${day}T10:00:00Z`, end: `${day}T11:00:00Z` },
  ...more,
});
const heartRate = (id: string, time: string): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: 'Device/d' },
  effectiveDateTime: `${day}T${time}Z`,
  valueQuantity: { value: 70, system: 'http://unitsofmeasure.org', code: '/min' },
});

/** Whose each Observation is, and why parts were not used. */
function outcome(entries: readonly object[], stored: readonly Resource[] = []) {
  const { changes, news, unmeasured, results } = run(entries, stored);
  expect(results.filter(({ kind }) => kind === 'refused')).toEqual([]);
  const measured = [...news].flatMap(([of, { samples }]) => samples.map(({ i }) => `${i?.split('#')[0]} ${of}`));
  const owners = changes.flatMap(({ type, id, patient: of }) =>
    type === 'Observation' ? [`${type}/${id} ${of}`] : [],
  );
  return {
    owners: owners.sort(),
    measured: measured.sort(),
    listed: unmeasured.filter(({ isListed }) => isListed).map(({ reason, expression }) => `${reason} ${expression}`),
  };
}

const OF_BOTH = ['Observation/during b', 'Observation/later a'];

describe('a transaction with a device, who used it, and what it measured', () => {
  const entries = [
    entry(patient('a')),
    entry(patient('b')),
    entry(device()),
    entry(use()),
    // After the use it is on whom the Device names since this transaction; before all that is known, on the first.
    entry(heartRate('during', '10:30:00')),
    entry({ ...heartRate('later', '10:30:00'), effectiveDateTime: '2026-01-01T00:00:00Z' }),
  ];

  it('gives each value to whoever had the device then, in any order of the entries', () => {
    const any = fc.shuffledSubarray(entries, { minLength: entries.length });
    fc.assert(
      fc.property(any, (order) => {
        expect(outcome(order)).toEqual({ owners: OF_BOTH, measured: OF_BOTH, listed: [] });
      }),
      propertyRuns(60),
    );
  });

  it('finds device and patient by their identifiers, too', () => {
    const named = use({
      device: { identifier: { system: 'serial', value: '7' } },
      subject: { identifier: { system: 'mrn', value: 'b' } },
    });
    const order = [entries[5]!, entries[4]!, entry(named), ...entries.slice(0, 3)];
    expect(outcome(order)).toEqual({ owners: OF_BOTH, measured: OF_BOTH, listed: [] });
  });

  it.each<[string, object]>([
    ['subject-elsewhere DeviceUseStatement.subject', { subject: { reference: 'https://x.example/Patient/b' } }],
    ['unknown-patient DeviceUseStatement.subject', { subject: { identifier: { system: 'mrn', value: 'c' } } }],
    ['device-unresolved DeviceUseStatement.device', { device: { display: 'the blue one' } }],
    ['use-undated DeviceUseStatement.timing', { timingPeriod: { end: day } }],
    [
      'modifier-extension DeviceUseStatement.modifierExtension',
      { modifierExtension: [{ url: 'https://x.example/not', valueBoolean: true }] },
    ],
  ])('lists a use that decides nothing: %s', (listed, more) => {
    const order = [...entries.slice(0, 3), entry(use(more)), ...entries.slice(4)];
    expect(outcome(order).listed).toEqual([listed]);
  });
});

describe('a Device', () => {
  it.each<[string, object]>([
    ['modifier-extension', { modifierExtension: [{ url: 'https://x.example/not', valueBoolean: true }] }],
    ['implicit-rules', { implicitRules: 'https://x.example/rules' }],
  ])('with a modifier that is not understood is on nobody: %s', (reason, more) => {
    const { owners, measured, listed } = outcome([
      entry(patient('a')),
      entry(device(more)),
      entry(heartRate('o', '10:30:00')),
    ]);
    expect([owners, measured]).toEqual([['Observation/o null'], []]);
    expect(new Set(listed.map((one) => one.split(' ')[0]))).toEqual(new Set(['device-without-patient', reason]));
  });
});

describe('what is stored inside of another resource', () => {
  const observation = heartRate('o', '10:30:00');
  const bundle = (type: string, ...resources: readonly object[]): Resource => ({
    resourceType: 'Bundle',
    id: 'x',
    type,
    entry: resources.map((resource) => ({ resource })),
  });

  it.each<[string, Resource, readonly string[]]>([
    ['a collection', bundle('collection', observation), ['Bundle.entry[0].resource']],
    [
      'a Bundle in a Bundle',
      bundle('collection', patient('p'), bundle('collection', patient('q'), observation)),
      ['Bundle.entry[1].resource.entry[1].resource'],
    ],
    ['nothing that is measured', bundle('collection', patient('p')), []],
    [
      'Parameters',
      {
        resourceType: 'Parameters',
        id: 'x',
        parameter: [{ name: 'a', part: [{ name: 'b', resource: observation }] }],
      },
      ['Parameters.parameter[0].part[0].resource'],
    ],
  ])('is listed as not measured: %s', (_, resource, places) => {
    const listed = places.map((place) => `bundled-not-measured ${place}`);
    expect(outcome([entry(resource)])).toEqual({ owners: [], measured: [], listed });
  });
});
