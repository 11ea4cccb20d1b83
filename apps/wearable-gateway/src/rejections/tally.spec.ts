import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { WireSample } from '#libs/contracts';
import { contentHash, identityOf } from '#libs/domain/quantities';
import { refuse } from '#libs/samples';
import { groupByPatient, type OwnedSample } from '../senders/group-by-patient.js';
import { Tally } from './tally.js';

const wire: fc.Arbitrary<WireSample> = fc
  .record({
    c: fc.constantFrom(1, 9),
    t: fc.constantFrom(1_000, 2_000),
    x: fc.constantFrom(70, 71),
    i: fc.constantFrom(undefined, 'a', 'b', 'a|b', 's1|a'),
    h: fc.constantFrom(undefined, 'II', '1|1000|II'),
    q: fc.constantFrom(undefined, 1 as const),
    o: fc.constantFrom(undefined, [5, 'mmol/L'] as const),
  })
  .map(
    (fields) =>
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as WireSample,
  );
const owned: fc.Arbitrary<OwnedSample> = fc.record({
  patient: fc.constantFrom('p1', 'p2'),
  device: fc.constantFrom('', 'd1'),
  source: fc.constantFrom('s1', 's2', 's1|a', 's1|s', 's', 's1|1|1000'),
  wire,
});

function identity({ patient, device, source, wire: { c, t, i, h, o } }: OwnedSample): string {
  return `${patient}/${identityOf({ source, device, code: c, t, id: i, channel: h, unit: o?.[1] })}`;
}

function content({ wire: { c, t, x, h, q } }: OwnedSample): string {
  return contentHash({ code: c, t, x, channel: h, quality: q });
}

describe('duplicates within a request', () => {
  it('are those that the identity and content of the domain call duplicates', () => {
    fc.assert(
      fc.property(fc.array(owned, { maxLength: 30 }), (samples) => {
        const tally = new Tally();
        const last = new Map<string, string>();
        for (const sample of samples) {
          const expected = last.get(identity(sample)) === content(sample);
          last.set(identity(sample), content(sample));
          expect(tally.isDuplicate(sample)).toBe(expected);
        }
      }),
      propertyRuns(1_000),
    );
  });
});

describe('the answer', () => {
  it('gives the last offset of each partition, in a stable order', () => {
    const tally = new Tally();
    tally.appended([
      { topic: 'homeostat.patient-input.v1', partition: 11, offset: 7n },
      { topic: 'homeostat.patient-input.v1', partition: 3, offset: 1042n },
      { topic: 'homeostat.patient-input.v1', partition: 3, offset: 1041n },
    ]);
    expect(tally.answer().position).toBe('homeostat.patient-input.v1:3:1042,homeostat.patient-input.v1:11:7');
  });

  it('lists at most 10,000 rejections and counts the rest', () => {
    const tally = new Tally();
    for (let index = 0; index < 10_050; index++)
      tally.reject(refuse(index, 'not-a-sample', 'a sample is a JSON object'));
    expect(tally.answer().rejected).toHaveLength(10_000);
    expect(tally.answer().rejectedUnlisted).toBe(50);
  });
});

describe('groupByPatient', () => {
  it('keeps every sample, in order per patient, with its device and source, in records that are not too large', () => {
    fc.assert(
      fc.property(fc.array(owned, { maxLength: 200 }), (samples) => {
        const records = groupByPatient(samples, 1, 5);
        for (const patient of ['p1', 'p2']) {
          const got = records
            .filter((record) => record.patient === patient)
            .flatMap((record) =>
              record.samples.map(({ d, f, ...rest }) => ({
                patient,
                device: d ?? record.device,
                source: f ?? record.source,
                wire: rest,
              })),
            );
          expect(got).toEqual(samples.filter((sample) => sample.patient === patient));
        }
      }),
    );
  });

  it('splits after 2,000 samples', () => {
    const many = Array.from({ length: 4_500 }, (_, t) => ({
      patient: 'p1',
      device: '',
      source: 's',
      wire: { c: 1, t, x: 70 },
    }));
    expect(groupByPatient(many, 1, 5).map((record) => record.samples.length)).toEqual([2_000, 2_000, 500]);
  });
});
