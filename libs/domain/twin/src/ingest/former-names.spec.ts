import { expect, it } from '@jest/globals';
import { HEART_RATE, MINUTE, SECOND, T0, allEmittedBy, Ward } from '#libs/testing/ward';

it('does not miss a client whose values now stand under the name of the store', () => {
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
