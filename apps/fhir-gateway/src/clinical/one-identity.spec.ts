import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { ClinicalRecord } from '#libs/contracts';
import type { JsonObject } from '#libs/domain/fhir';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { apply, createMemory, initialTwin, type StoredMeasurement, type TwinState } from '#libs/domain/twin';
import { clinicalRecords } from './clinical-records.js';
import { decide, type CurrentResource, type FhirKnown, type Step } from '#libs/fhir-rest';

const T0 = Date.UTC(2026, 2, 1, 8);

interface Write {
  readonly client: string;
  readonly id: string;
  readonly does: 'put' | 'entered-in-error' | 'delete';
  readonly minute: number;
  readonly values: readonly number[];
}

const WRITE = fc.record<Write>({
  client: fc.constantFrom('ehr', 'nurse-app', 'lab'),
  id: fc.constantFrom('a', 'b'),
  does: fc.constantFrom('put', 'put', 'put', 'entered-in-error', 'delete'),
  minute: fc.integer({ min: 0, max: 3 }),
  values: fc.array(fc.integer({ min: 40, max: 180 }), { minLength: 1, maxLength: 2 }),
});

function observation({ id, does, minute, values }: Write): JsonObject {
  return {
    resourceType: 'Observation',
    id,
    status: does === 'put' ? 'final' : 'entered-in-error',
    code: { text: 'vital signs' },
    subject: { reference: 'Patient/p' },
    effectiveDateTime: new Date(T0 + minute * 60_000).toISOString(),
    component: values.map((value) => ({
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      valueQuantity: { value, system: 'http://unitsofmeasure.org', code: '/min' },
    })),
  };
}

/** Doses of insulin: one value at once, or a rate with its end (0). */
function administration({ id, does, minute, values: [first = 0, rate] }: Write): JsonObject {
  const quantity = (value: number, code: string) => ({ value: value / 10, system: 'http://unitsofmeasure.org', code });
  const start = new Date(T0 + minute * 60_000).toISOString();
  return {
    resourceType: 'MedicationAdministration',
    id,
    status: does === 'put' ? 'completed' : 'entered-in-error',
    medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: 'A10AB05' }] },
    subject: { reference: 'Patient/p' },
    ...(rate === undefined
      ? { effectiveDateTime: start, dosage: { dose: quantity(first, 'U') } }
      : {
          effectivePeriod: { start, end: new Date(T0 + (minute + 30) * 60_000).toISOString() },
          dosage: { rateQuantity: quantity(rate, 'U/h') },
        }),
  };
}

/** A store of resources and a twin behind it, in memory. */
class Behind {
  constructor(private readonly resourceOf: (write: Write) => JsonObject) {}

  readonly resources = new Map<string, CurrentResource>();
  readonly stored = new Map<string, StoredMeasurement>();
  state: TwinState = initialTwin(DEFAULT_CATALOGUE, 1, 'p');
  private readonly memory = createMemory();
  private now = T0 + 3_600_000;

  write(write: Write): void {
    this.now += 1000;
    const resource = this.resourceOf(write);
    const type = resource['resourceType'] as string;
    const target = { index: 0, type, id: write.id, at: type };
    const step: Step =
      write.does === 'delete' ? { ...target, kind: 'delete' } : { ...target, kind: 'update', resource };
    const known: FhirKnown = {
      resources: this.resources,
      patients: new Set(['p']),
      deviceAssignments: new Map(),
      identified: new Map(),
      matches: new Map(),
    };
    const decision = decide([step], known, this.now);
    for (const change of decision.changes) this.resources.set(`${change.type}/${change.id}`, change);
    const origin = { tenant: 1, author: write.client, request: 'r', receivedAt: this.now };
    for (const { value } of clinicalRecords(decision.news, origin)) this.apply(JSON.parse(value) as ClinicalRecord);
  }

  private apply(record: ClinicalRecord): void {
    for (;;) {
      const outcome = apply(DEFAULT_CATALOGUE, this.state, record, this.memory);
      if (outcome.kind === 'applied') {
        this.state = outcome.state;
        this.memory.remember(outcome);
        for (const one of outcome.measurements) this.stored.set(one.identity, one);
        return;
      }
      this.memory.load({
        identities: outcome.identities.map((identity) => ({ identity, stored: this.stored.get(identity) ?? null })),
        windows: outcome.windows.map(({ code, from }) => ({
          code,
          from,
          measurements: [...this.stored.values()].filter((one) => one.code === code && one.t >= from && !one.retracted),
        })),
      });
    }
  }

  /** What counts: `time value`, in order. */
  values(): string[] {
    const held = [...this.stored.values()].filter(({ retracted }) => !retracted);
    return held.map(({ t, x }) => `${(t - T0) / 60_000} ${x}`).sort();
  }
}

describe('a resource', () => {
  it('leaves what its newest version says, whoever wrote the versions', () => {
    fc.assert(
      fc.property(fc.array(WRITE, { maxLength: 12 }), (writes) => {
        const behind = new Behind(observation);
        for (const write of writes) behind.write(write);
        const newest = ['a', 'b'].flatMap((id) => writes.findLast((write) => write.id === id) ?? []);
        const held = newest.filter(({ does }) => does === 'put');
        expect(behind.values()).toEqual(
          held.flatMap(({ minute, values }) => values.map((x) => `${minute} ${x}`)).sort(),
        );
      }),
      propertyRuns(100),
    );
  });

  it('of insulin leaves the dose, or the rate and its end, of its newest version', () => {
    fc.assert(
      fc.property(fc.array(WRITE, { maxLength: 12 }), (writes) => {
        const behind = new Behind(administration);
        for (const write of writes) behind.write(write);
        const newest = ['a', 'b'].flatMap((id) => writes.findLast((write) => write.id === id) ?? []);
        const expected = newest
          .filter(({ does }) => does === 'put')
          .flatMap(({ minute, values: [first = 0, rate] }) =>
            rate === undefined ? [`${minute} ${first / 10}`] : [`${minute} ${rate / 10}`, `${minute + 30} 0`],
          );
        expect(behind.values()).toEqual(expected.sort());
      }),
      propertyRuns(100),
    );
  });
});
