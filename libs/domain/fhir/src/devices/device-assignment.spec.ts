import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { ownerDuring, type DeviceAssignment, type DeviceOwner } from './device-assignment.js';
import { readDeviceUse, type DeviceUse, type DeviceUseReading } from './device-use.js';

const MINUTE = 60_000;
const LAST = 40;
const day = '2026-03-01';
const ms = (time: string): number => Date.parse(`${day}T${time}Z`);

interface Version {
  readonly at: number;
  readonly patient: string | null;
}
interface Use {
  readonly patient: string;
  readonly from: number;
  readonly until: number | null;
  readonly recordedAt: number;
}

const patientName = fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__');
const minute = fc.integer({ min: 0, max: LAST }).map((n) => n * MINUTE);
const versions = fc.uniqueArray(fc.record({ at: minute, patient: fc.option(patientName) }), {
  selector: (version) => version.at,
  maxLength: 5,
});
const uses = fc.array(
  fc
    .record({ patient: patientName, from: minute, lasts: fc.option(minute), recordedAt: minute })
    .map(({ lasts, from, ...use }) => ({
      ...use,
      from,
      recordedAt: use.recordedAt + 1,
      // The last second belongs to the period (FHIR: "inclusive").
      until: lasts === null ? null : from + lasts + 1_000,
    })),
  { maxLength: 4 },
);

/** As the store keeps them: a version holds until the next one that says something else. */
function stored(history: readonly Version[], statements: readonly Use[]): DeviceAssignment[] {
  const sorted = [...history].sort((a, b) => a.at - b.at);
  const changes = sorted.filter(({ patient }, at) => patient !== (sorted[at - 1]?.patient ?? null));
  return [
    ...changes.flatMap(({ at, patient }, index) =>
      patient === null
        ? []
        : [
            {
              kind: 'version' as const,
              origin: `Device/${index}`,
              patient,
              from: at,
              until: changes[index + 1]?.at ?? null,
              recordedAt: at,
            },
          ],
    ),
    ...statements.map((use, index) => ({ kind: 'statement' as const, origin: `DeviceUseStatement/${index}`, ...use })),
  ];
}

/** The rules one after the other, moment by moment, from the history itself. */
function naive(history: readonly Version[], statements: readonly Use[], at: number): string {
  const closed = statements.filter((use) => use.until !== null && use.from <= at && at < use.until);
  if (closed.length > 0) {
    const going = closed.filter((use) => at < use.until! - 1_000);
    const begunLater = (use: Use): boolean => closed.some((other) => other.from > use.from);
    const left = closed.filter((use) => going.includes(use) || !begunLater(use));
    return new Set(left.map((use) => use.patient)).size === 1 ? left[0]!.patient : '?';
  }
  let onDevice: { patient: string; since: number } | undefined;
  for (const version of [...history].sort((a, b) => a.at - b.at)) {
    if (version.at > at) break;
    if (version.patient === null) onDevice = undefined;
    else if (onDevice?.patient !== version.patient) onDevice = { patient: version.patient, since: version.at };
  }
  const begun = statements.filter((use) => use.until === null && use.from <= at);
  const newest = begun.filter((use) => begun.every((other) => other.from <= use.from));
  if (onDevice !== undefined || newest.length > 0) {
    const said = [
      ...newest.map((use) => ({ patient: use.patient, when: use.recordedAt })),
      ...(onDevice === undefined ? [] : [{ patient: onDevice.patient, when: onDevice.since }]),
    ];
    const last = Math.max(...said.map(({ when }) => when));
    const patients = new Set(said.filter(({ when }) => when === last).map(({ patient }) => patient));
    return patients.size === 1 ? [...patients][0]! : '?';
  }
  const starts = [
    ...history.flatMap((version) => (version.patient === null ? [] : [{ patient: version.patient, at: version.at }])),
    ...statements.map((use) => ({ patient: use.patient, at: use.from })),
  ];
  const first = starts.filter((start) => starts.every((other) => start.at <= other.at) && at < start.at);
  const patients = new Set(first.map(({ patient }) => patient));
  return patients.size === 0 ? '-' : patients.size === 1 ? [...patients][0]! : '?';
}

function shown(owner: DeviceOwner): string {
  return owner.kind === 'patient' ? owner.patient : owner.kind === 'nobody' ? '-' : '?';
}

describe('who had a device', () => {
  it('is as the rules say, for any history and any moment', () => {
    const moment = fc.tuple(minute, fc.constantFrom(-1, 0, 1, 500, 999, 1_000)).map(([at, more]) => at + more);
    fc.assert(
      fc.property(versions, uses, fc.array(moment, { minLength: 1, maxLength: 20 }), (history, statements, moments) => {
        const assignments = stored(history, statements);
        for (const at of moments) expect(shown(ownerDuring(assignments, at, at))).toBe(naive(history, statements, at));
      }),
      propertyRuns(2_000),
    );
  });

  it('is one patient for a series only when that patient had it all the time', () => {
    fc.assert(
      fc.property(versions, uses, minute, minute, (history, statements, from, lasts) => {
        const moments = Array.from({ length: lasts / 500 + 1 }, (_, k) => from + k * 500);
        const owners = new Set(moments.map((at) => naive(history, statements, at)));
        const owner = shown(ownerDuring(stored(history, statements), from, from + lasts));
        const [only = ''] = owners;
        if (owners.size === 1) expect(owner).toBe(only);
        else expect(['?', '-']).toContain(owner);
      }),
      propertyRuns(100),
    );
  });

  it('is the first patient before anything is known, and nobody when nothing is', () => {
    const [version] = stored([{ at: ms('10:00:00'), patient: 'a' }], []);
    expect(shown(ownerDuring([version!], 0, 0))).toBe('a');
    expect(shown(ownerDuring([{ ...version!, from: null, recordedAt: null }], 0, 0))).toBe('a');
    expect(shown(ownerDuring([], 0, 0))).toBe('-');
  });
});

describe('a DeviceUseStatement', () => {
  const RECORDED = ms('23:00:00');
  const reading = (more: object): DeviceUseReading =>
    readDeviceUse(
      {
        resourceType: 'DeviceUseStatement',
        status: 'completed',
        device: { reference: 'Device/d' },
        subject: { reference: 'Patient/p' },
        ...more,
      },
      {
        patientsWith: ({ value }) => (value === 'mrn' ? ['p9'] : value === 'shared' ? ['p8', 'p9'] : []),
        devicesWith: ({ value }) => (value === 'serial' ? ['d9'] : value === 'shared' ? ['d8', 'd9'] : []),
      },
      RECORDED,
    );
  const statement = (more: object): DeviceUse | undefined => {
    const read = reading(more);
    return read.kind === 'use' ? read.use : undefined;
  };
  const period = (start?: string, end?: string): object => ({
    timingPeriod: { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) },
  });

  it.each<[string, object, [number, number | null] | undefined]>([
    ['a period', period(`${day}T10:00:00Z`, `${day}T11:00:00Z`), [ms('10:00:00'), ms('11:00:01')]],
    ['fractions', period(`${day}T10:00:00.500Z`, `${day}T11:00:00.250Z`), [ms('10:00:00.500'), ms('11:00:00.251')]],
    [
      'finer fractions',
      period(`${day}T10:00:00.5000000001Z`, `${day}T11:00:00.25000000001Z`),
      [ms('10:00:00.500'), ms('11:00:00.251')],
    ],
    ['another zone', period(`${day}T12:00:00+02:00`, `${day}T13:00:00+02:00`), [ms('10:00:00'), ms('11:00:01')]],
    ['days', period(day, day), [ms('00:00:00'), ms('00:00:00') + 86_400_000]],
    ['months', period('2026-02', '2026-03'), [Date.UTC(2026, 1), Date.UTC(2026, 3)]],
    ['years', period('2025', '2025'), [Date.UTC(2025, 0), Date.UTC(2026, 0)]],
    ['a use that goes on', { status: 'active', ...period(`${day}T10:00:00Z`) }, [ms('10:00:00'), null]],
    ['a use that is over, nobody says when', period(`${day}T10:00:00Z`), [ms('10:00:00'), RECORDED]],
    ['a moment', { timingDateTime: `${day}T10:00:00Z` }, [ms('10:00:00'), ms('10:00:01')]],
    ['a moment since when', { status: 'active', timingDateTime: `${day}T10:00:00Z` }, [ms('10:00:00'), null]],
    ['no timing, in use', { status: 'active' }, [RECORDED, null]],
    ['no timing, over', {}, undefined],
    ['no start', period(undefined, `${day}T10:00:00Z`), undefined],
    ['an end before the start', period(`${day}T10:00:00Z`, `${day}T09:00:00Z`), undefined],
    ['a time without zone', period(`${day}T10:00:00`), undefined],
    ['a schedule', { timingTiming: { repeat: { frequency: 1 } } }, undefined],
    ['entered in error', { status: 'entered-in-error', ...period(`${day}T10:00:00Z`) }, undefined],
    ['intended', { status: 'intended', ...period(`${day}T10:00:00Z`) }, undefined],
    ['on hold', { status: 'on-hold', ...period(`${day}T10:00:00Z`) }, undefined],
    ['a modifier', { modifierExtension: [{ url: 'x' }], ...period(`${day}T10:00:00Z`) }, undefined],
    ['a group', { subject: { reference: 'Group/p' }, ...period(`${day}T10:00:00Z`) }, undefined],
    ["another server's patient", { subject: { reference: 'https://x/Patient/p' }, ...period(day) }, undefined],
    ["another server's device", { device: { reference: 'https://x/Device/d' }, ...period(day) }, undefined],
  ])('with %s', (_, more, expected) => {
    const use = statement(more);
    expect(use === undefined ? undefined : [use.from, use.until]).toEqual(expected);
  });

  it.each<[string, object, Pick<DeviceUse, 'device' | 'patient'>]>([
    ['references', {}, { device: 'd', patient: 'p' }],
    [
      'versions',
      { device: { reference: 'Device/d/_history/2' }, subject: { reference: 'Patient/p/_history/1' } },
      { device: 'd', patient: 'p' },
    ],
    [
      'identifiers',
      { device: { identifier: { value: 'serial' } }, subject: { identifier: { value: 'mrn' } } },
      { device: 'd9', patient: 'p9' },
    ],
  ])('names the device and the patient by %s', (_, more, expected) => {
    expect(statement({ ...period(day), ...more })).toMatchObject(expected);
  });

  it.each<[string, string, object]>([
    ['modifier-extension', 'modifierExtension', { modifierExtension: [{ url: 'x' }] }],
    ['implicit-rules', 'implicitRules', { implicitRules: 'http://x' }],
    ['subject-elsewhere', 'subject', { subject: { reference: 'https://x/Patient/p' } }],
    ['subject-not-a-patient', 'subject', { subject: { reference: 'Group/p' } }],
    ['unknown-patient', 'subject', { subject: { identifier: { value: 'unknown' } } }],
    ['reference-ambiguous', 'subject', { subject: { identifier: { value: 'shared' } } }],
    ['device-unresolved', 'device', { device: { reference: 'https://x/Device/d' } }],
    ['device-unresolved', 'device', { device: { reference: 'https://x/Device/d', identifier: { value: 'serial' } } }],
    ['device-unresolved', 'device', { device: { identifier: { value: 'shared' } } }],
    ['device-unresolved', 'device', { device: { display: 'the blue one' } }],
    ['use-undated', 'timing', { timingPeriod: { end: day } }],
    ['use-undated', 'timing', { timingPeriod: undefined, timingTiming: { repeat: { frequency: 1 } } }],
    ['use-undated', 'timing', { timingPeriod: { start: `${day}T10:00:00` } }],
  ])('says why it decides nothing: %s %s', (reason, element, more) => {
    const expression = `DeviceUseStatement.${element}`;
    expect(reading({ ...period(day), ...more })).toEqual({ kind: 'unclear', reason, expression });
    // Of a use that never was nobody has to know.
    for (const status of ['intended', 'on-hold', 'entered-in-error'])
      expect(reading({ ...period(day), ...more, status })).toEqual({ kind: 'none' });
  });
});
