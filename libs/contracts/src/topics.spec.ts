import { describe, expect, it } from '@jest/globals';
import { SYSTEM_TWIN, twinKey, type TwinSubject } from './topics.js';

/** The keys that are in the logs of every version so far. */
const formerKey = (tenant: number, patient: string): string => `${tenant}/${patient}`;

describe('the key of a twin', () => {
  it.each<{ tenant: number; subject: TwinSubject; id: string; key: string }>([
    { tenant: 1, subject: 'patient', id: 'p1', key: '1/p1' },
    { tenant: 2147483647, subject: 'patient', id: 'A.b-9', key: '2147483647/A.b-9' },
    { tenant: 1, subject: 'patient', id: SYSTEM_TWIN, key: '1/_system' },
    { tenant: 1, subject: 'patient', id: 'ward', key: '1/ward' },
    { tenant: 1, subject: 'ward', id: 'p1', key: '1/ward/p1' },
    { tenant: 1, subject: 'device', id: 'monitor-7', key: '1/device/monitor-7' },
    { tenant: 7, subject: 'hospital', id: 'north', key: '7/hospital/north' },
  ])('$subject $id of tenant $tenant: $key', ({ tenant, subject, id, key }) => {
    expect(twinKey(tenant, subject, id)).toBe(key);
  });

  it.each(['p1', '0', 'device', 'A.b-9', SYSTEM_TWIN])('of the patient %s is what stands in the logs', (patient) => {
    expect(twinKey(3, 'patient', patient)).toBe(formerKey(3, patient));
  });

  it('is of one twin alone, whatever the subjects are and the ids are called', () => {
    const subjects: readonly TwinSubject[] = ['patient', 'device', 'ward', 'hospital'];
    const ids = ['p1', 'patient', 'device', 'ward', 'hospital', '1', '12'];
    const keys = [1, 12].flatMap((tenant) =>
      subjects.flatMap((subject) => ids.map((id) => twinKey(tenant, subject, id))),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});
