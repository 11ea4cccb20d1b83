import { describe, expect, it } from '@jest/globals';
import type { ClinicalRecord, PatientInput, WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { HEART_RATE, MINUTE, SECOND, T0, allEmittedBy, Ward } from '#libs/testing/ward';
import { apply, createMemory, initialTwin, type StoredMeasurement } from '../index.js';
import { identityOfSample } from './identify.js';

const VALUE: WireSample = { c: HEART_RATE, t: T0, x: 75, i: 'Observation/a' };
const WITHDRAWAL: WireSample = { c: HEART_RATE, t: T0, w: 1, i: 'Observation/a' };

describe('a resource that several clients wrote under their own names', () => {
  const head = { v: 1, tenant: 1, patient: 'p1' } as const;
  const clinical = (samples: readonly WireSample[]): ClinicalRecord => ({
    ...head,
    kind: 'clinical',
    source: 'fhir',
    author: 'ehr',
    receivedAt: T0 + 9 * MINUTE,
    facts: [],
    samples,
  });
  const former = (client: string, over: Partial<StoredMeasurement> = {}): StoredMeasurement => ({
    identity: `of-${client}`,
    version: 3,
    hash: client,
    code: HEART_RATE,
    t: T0,
    x: 70,
    quality: 0,
    sourced: true,
    source: client,
    device: '',
    receivedAt: T0,
    retracted: false,
    ...over,
  });

  /** What the record brings where these are stored. */
  function versions(
    sent: WireSample | readonly WireSample[],
    stored: readonly StoredMeasurement[],
  ): readonly unknown[] {
    const memory = createMemory();
    const twin = initialTwin(DEFAULT_CATALOGUE, 1, 'p1');
    const record: PatientInput = clinical([sent].flat());
    for (let attempt = 0; attempt < 3; attempt++) {
      const outcome = apply(DEFAULT_CATALOGUE, twin, record, memory);
      if (outcome.kind === 'applied')
        return outcome.measurements.map((one) => [one.identity, one.version, one.x, one.retracted, one.source]);
      memory.load({
        identities: outcome.identities.map((identity) => ({ identity, stored: null, former: stored })),
        windows: outcome.windows.map((window) => ({ ...window, measurements: [] })),
      });
    }
    throw new Error('still needs something');
  }

  it('is corrected where it was received last, and taken back elsewhere', () => {
    const stored = [former('lab'), former('nurse-app', { receivedAt: T0 + MINUTE, x: 72 })];
    expect(versions(VALUE, stored)).toEqual([
      ['of-lab', 4, 70, true, 'fhir'],
      ['of-nurse-app', 4, 75, false, 'fhir'],
    ]);
  });

  it('is withdrawn everywhere, but where it was already', () => {
    const stored = [former('lab'), former('old', { retracted: true }), former('nurse-app')];
    expect(versions(WITHDRAWAL, stored)).toEqual([
      ['of-nurse-app', 4, 70, true, 'fhir'],
      ['of-lab', 4, 70, true, 'fhir'],
    ]);
  });

  it('is taken back once, though the record says it twice', () => {
    const stored = [former('lab'), former('nurse-app', { receivedAt: T0 + MINUTE, x: 72 })];
    expect(versions([VALUE, { ...VALUE, x: 76 }], stored)).toEqual([
      ['of-lab', 4, 70, true, 'fhir'],
      ['of-nurse-app', 4, 75, false, 'fhir'],
      ['of-nurse-app', 5, 76, false, 'fhir'],
    ]);
  });

  it('stands under the name of the store where nobody wrote it before', () => {
    const identity = identityOfSample(VALUE, { source: 'fhir', device: '' });
    expect(versions(VALUE, [])).toEqual([[identity, 1, 75, false, 'fhir']]);
  });
});

describe('a stream that an earlier version kept under the name of the client', () => {
  const head = { v: 1, tenant: 1, patient: 'p1' } as const;
  const heartRate = (second: number, over: Partial<WireSample> = {}): WireSample => ({
    c: HEART_RATE,
    t: T0 + second * SECOND,
    x: 70,
    i: `Observation/${second}`,
    ...over,
  });
  /** The streams after the client "ehr" sent four values under its name, and the store this one of that client. */
  function streams(sample: WireSample, author: string | undefined, source = 'fhir', isKnown = false) {
    const ward = new Ward();
    const send = (from: string, second: number): void => {
      const samples = [heartRate(second)];
      ward.take({ ...head, kind: 'samples', source: from, device: '', receivedAt: samples[0]!.t, samples });
    };
    if (isKnown) send('fhir', 0);
    for (const second of [1, 2, 3, 4]) send('ehr', second);
    const record = { ...head, kind: 'clinical', source, receivedAt: sample.t, facts: [], samples: [sample] } as const;
    ward.take({ ...record, ...(author === undefined ? undefined : { author }) });
    return Object.entries(ward.state.streams).map(([key, stream]) => [key, stream.n, stream.source]);
  }

  it('goes on with what it was, of a record that names the client or of one that stands under its name', () => {
    const own = `${HEART_RATE}|f:fhir`;
    expect(streams(heartRate(5), 'ehr')).toEqual([[own, 4, 'fhir']]);
    expect(streams(heartRate(5), undefined, 'ehr')).toEqual([[own, 4, 'fhir']]);
    // What the store has of it itself counts.
    expect(streams(heartRate(5), 'ehr', 'fhir', true)).toEqual([[own, 2, 'fhir']]);
  });

  it.each<[string, Partial<WireSample>, string]>([
    ['of a device', { d: 'monitor' }, 'ehr'],
    ['of another client', {}, 'lab'],
    ['of another measure', { c: 3 }, 'ehr'],
  ])('stays where a value is %s', (_, over, author) => {
    expect(streams(heartRate(5, over), author)).toContainEqual([`${HEART_RATE}|f:ehr`, 4, 'ehr']);
  });

  it('is moved though the record brings nothing new', () => {
    expect(streams(heartRate(4, { w: 1, i: 'Observation/unknown' }), 'ehr')).toEqual([
      [`${HEART_RATE}|f:fhir`, 4, 'fhir'],
    ]);
  });

  it('goes on under the name of the store, so that the client is not missed', () => {
    const ward = new Ward();
    const head = { v: 1, tenant: 1, patient: 'p1' } as const;
    const at = (i: number) => T0 + i * 10 * SECOND;
    // As an earlier version kept what the client "ehr" wrote as FHIR.
    for (let i = 0; i < 60; i++) {
      const samples = [{ c: HEART_RATE, t: at(i), x: 70, i: `Observation/${i}#heart-rate` }];
      ward.take({ ...head, kind: 'samples', source: 'ehr', device: '', receivedAt: at(i), samples });
    }
    const now = Array.from({ length: 120 }, (_, i) => {
      const t = at(60 + i);
      const samples = [{ c: HEART_RATE, t, x: 70, i: `Observation/${60 + i}#heart-rate` }];
      return ward.take({ ...head, kind: 'clinical', source: 'fhir', author: 'ehr', receivedAt: t, facts: [], samples });
    });
    expect(now.flatMap(allEmittedBy)).toEqual([]);
    expect(Object.keys(ward.state.streams)).toEqual([`${HEART_RATE}|f:fhir`]);
    // The stream is as continuous as it was: its silence is noticed.
    expect(allEmittedBy(ward.tick(at(180) + 60 * MINUTE))).toEqual(['no-data raised low open']);
  });
});
