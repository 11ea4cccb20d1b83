import { describe, expect, it } from '@jest/globals';
import type { ClinicalRecord, WireSample } from '#libs/contracts';
import { clinicalRecords } from './clinical-records.js';

const ORIGIN = { tenant: 7, author: 'ehr', request: 'r', receivedAt: 1000 };

function sample(index: number, more: Partial<WireSample> = {}): WireSample {
  return { c: 1, t: index, x: 60, i: `Observation/${index}`, ...more };
}

function samplesOf(records: readonly { readonly value: string }[]): readonly WireSample[] {
  return records.flatMap((record) => (JSON.parse(record.value) as ClinicalRecord).samples);
}

describe('clinicalRecords', () => {
  it('makes one record for each patient', () => {
    const news = new Map([
      ['a', { facts: [], samples: [sample(1), sample(2)] }],
      ['b', { facts: [], samples: [sample(3)] }],
    ]);
    const records = clinicalRecords(news, ORIGIN);
    expect(records.map((record) => record.key)).toEqual(['7/a', '7/b']);
    expect(JSON.parse(records[1]?.value ?? '')).toEqual({
      v: 1,
      kind: 'clinical',
      tenant: 7,
      patient: 'b',
      receivedAt: 1000,
      source: 'fhir',
      author: 'ehr',
      facts: [],
      samples: [sample(3)],
    });
  });

  it('cuts what is too large for the log, in order and without loss', () => {
    const samples = Array.from({ length: 40 }, (_, at) => sample(at, { s: Array<number>(5000).fill(0.125) }));
    const facts = [{ fact: 'demographics', reference: 'Patient/a', version: 1, content: {} } as const];
    const records = clinicalRecords(new Map([['a', { facts, samples }]]), ORIGIN);
    expect(records.length).toBeGreaterThan(1);
    expect(Math.max(...records.map((record) => record.value.length))).toBeLessThan(900_000);
    expect(samplesOf(records)).toEqual(samples);
    expect(records.flatMap((record) => (JSON.parse(record.value) as ClinicalRecord).facts)).toEqual(facts);
  });
});
