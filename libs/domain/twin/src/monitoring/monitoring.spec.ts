import { describe, expect, it } from '@jest/globals';
import type { ActRecord, WireFact, WireMonitoring } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HOUR, MINUTE, OXYGEN, series, T0, allEmittedBy, Ward } from '#libs/testing/ward';
import { viewOf } from '../views/view.js';

const LOW = 'glucose-low';
const glucose = (ward: Ward, t: number, x: number) => ward.send([{ c: GLUCOSE, t, x }]);

function set(ward: Ward, t: number, monitoring: Omit<WireMonitoring, 'reason'>) {
  return ward.act({ type: 'set-monitoring', reason: 'bath', ...monitoring }, t);
}

function clinical(ward: Ward, receivedAt: number, ...facts: readonly WireFact[]) {
  const head = { v: 1, tenant: 1, patient: ward.state.patient, receivedAt } as const;
  return ward.take({ ...head, kind: 'clinical', facts, samples: [], source: 'ehr' });
}

const listed = (ward: Ward) =>
  ward.outcomes.flatMap(({ suppressions }) => suppressions.map(({ rule, reason }) => `${rule} ${reason}`));
const stateOf = (ward: Ward, at: number) => viewOf(DEFAULT_CATALOGUE, ward.state, at).monitoring;

describe('monitoring switched off', () => {
  it('suppresses and lists what begins, goes on measuring, and raises what still holds when it is on again', () => {
    const ward = new Ward();
    set(ward, T0, { state: 'off' });
    expect(allEmittedBy(glucose(ward, T0 + MINUTE, 60))).toEqual([]);
    expect(listed(ward)).toContain(`${LOW} monitoring-off`);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + MINUTE).measures.glucose).toMatchObject({ value: 60 });
    const on = set(ward, T0 + 2 * MINUTE, { state: 'on' });
    expect(allEmittedBy(on)).toEqual([`${LOW} raised medium open`]);
    expect(on.transitions[0]!.alert).toMatchObject({
      summary: expect.stringContaining('Monitoring resumed'),
      effectiveAt: new Date(T0 + MINUTE).toISOString(),
    });
  });

  it('closes what is open, escalates nothing, and says nothing when it ends meanwhile', () => {
    const ward = new Ward();
    ward.send([{ c: OXYGEN, t: T0, x: 88 }]);
    expect(allEmittedBy(set(ward, T0 + MINUTE, { state: 'off' }))).toEqual([
      'oxygen-saturation-low resolved medium resolved',
    ]);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + MINUTE).alerts).toEqual([]);
    expect(allEmittedBy(ward.send([{ c: OXYGEN, t: T0 + 2 * MINUTE, x: 70 }]))).toEqual([]);
    expect(allEmittedBy(ward.tick(T0 + 3 * HOUR))).toEqual([]);
    for (const sample of series(OXYGEN, T0 + 3 * HOUR, MINUTE, [98, 98, 98, 98, 98])) ward.send([sample]);
    expect(allEmittedBy(set(ward, T0 + 3 * HOUR + 6 * MINUTE, { state: 'on' }))).toEqual([]);
  });

  it('raises an alert that was open before at the severity it has when it is on again', () => {
    const ward = new Ward();
    ward.send([{ c: OXYGEN, t: T0, x: 88 }]);
    set(ward, T0 + MINUTE, { state: 'off' });
    ward.send([{ c: OXYGEN, t: T0 + 2 * MINUTE, x: 80 }]);
    expect(allEmittedBy(set(ward, T0 + 3 * MINUTE, { state: 'on' }))).toEqual([
      'oxygen-saturation-low raised high open',
    ]);
    // And may be switched off once more: each is listed under an id of its own.
    set(ward, T0 + 4 * MINUTE, { state: 'off' });
    const ids = ward.outcomes.flatMap(({ suppressions }) => suppressions.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is on again by itself at its time, by the time of the log', () => {
    const ward = new Ward();
    const until = T0 + HOUR;
    expect(set(ward, T0, { state: 'off', until }).timers).toContainEqual({ timer: 'monitoring', dueAt: until });
    glucose(ward, T0 + MINUTE, 60);
    expect(stateOf(ward, until - 1)).toMatchObject({ state: 'off', cause: 'set', reason: 'bath', author: 'dr-a' });
    expect(stateOf(ward, until)).toEqual({ state: 'on' });
    expect(allEmittedBy(ward.tick(until - 1))).toEqual([]);
    expect(allEmittedBy(ward.tick(until)).filter((line) => line.startsWith(LOW))).toEqual([
      `${LOW} raised medium open`,
    ]);
  });

  it('may be for some rules only, silence among them', () => {
    const ward = new Ward();
    set(ward, T0, { state: 'off', rules: ['no-data', 'oxygen-saturation-low'] });
    expect(allEmittedBy(glucose(ward, T0, 60))).toEqual([`${LOW} raised medium open`]);
    expect(allEmittedBy(ward.send([{ c: OXYGEN, t: T0, x: 80 }]))).toEqual([]);
    for (const sample of series(GLUCOSE, T0 + MINUTE, MINUTE, [60, 60, 60, 60])) ward.send([sample]);
    expect(allEmittedBy(ward.tick(T0 + HOUR)).filter((line) => line.startsWith('no-data'))).toEqual([]);
    expect(allEmittedBy(set(ward, T0 + HOUR + 1, { state: 'on' }))).toEqual([
      'oxygen-saturation-low raised high open',
      'no-data raised low open',
    ]);
  });

  it('what began and ended while it was off is listed, not emitted', () => {
    const ward = new Ward();
    set(ward, T0, { state: 'off' });
    const dip = ward.send(series(OXYGEN, T0, MINUTE, [98, 80, 80, 98, 98, 98, 98, 98, 98, 98]));
    expect(allEmittedBy(dip)).toEqual([]);
    expect(listed(ward)).toContain('oxygen-saturation-low monitoring-off');
  });

  it('does not take what makes no sense, and counts it', () => {
    const ward = new Ward();
    const outcome = set(ward, T0, { state: 'off', rules: ['constructor'] });
    expect(outcome.counts.dropped).toEqual({ 'monitoring-refused': 1 });
    expect(stateOf(ward, T0)).toEqual({ state: 'on' });
  });

  it('names the person behind it', () => {
    const ward = new Ward();
    const does: ActRecord['does'] = { type: 'set-monitoring', state: 'off', reason: 'x' };
    const head = { v: 1, tenant: 1, patient: 'p1', receivedAt: T0 } as const;
    ward.take({ ...head, kind: 'act', act: 'a', actor: 'app', onBehalfOf: 'Practitioner/17', does });
    expect(stateOf(ward, T0)).toMatchObject({ author: 'app', onBehalfOf: 'Practitioner/17' });
  });
});

const person = (version: number, deceased?: boolean | string): WireFact => ({
  fact: 'demographics',
  reference: 'Patient/p1',
  version,
  content: { birthDate: '1940-01-01', ...(deceased === undefined ? undefined : { deceased }) },
});

describe('a patient who has died', () => {
  it.each([true, '2026-03-01T09:00:00Z'])('is not alarmed for: deceased %s', (deceased) => {
    const ward = new Ward();
    for (const sample of series(OXYGEN, T0, MINUTE, [88, 88, 88, 88, 88])) ward.send([sample]);
    expect(allEmittedBy(clinical(ward, T0 + HOUR, person(1, deceased)))).toEqual([
      'oxygen-saturation-low resolved medium resolved',
    ]);
    expect(allEmittedBy(ward.send([{ c: OXYGEN, t: T0 + HOUR, x: 60 }]))).toEqual([]);
    expect(allEmittedBy(ward.tick(T0 + 5 * HOUR))).toEqual([]);
    expect(listed(ward)).toContain('oxygen-saturation-low deceased');
    expect(stateOf(ward, T0 + HOUR)).toMatchObject({ state: 'off', cause: 'deceased' });
  });

  it('is again when that was an error, or when a person says so', () => {
    const ward = new Ward();
    clinical(ward, T0, person(1, true));
    glucose(ward, T0, 60);
    expect(allEmittedBy(clinical(ward, T0 + MINUTE, person(2, false)))).toEqual([`${LOW} raised medium open`]);
    clinical(ward, T0 + 2 * MINUTE, person(3, true));
    expect(allEmittedBy(set(ward, T0 + 3 * MINUTE, { state: 'on' }))).toEqual([`${LOW} raised medium open`]);
  });
});

const stay = (version: number, status: string, more: { id?: string; class?: string; to?: number } = {}): WireFact => ({
  fact: 'encounter',
  reference: `Encounter/${more.id ?? 'e1'}`,
  version,
  content: { status, class: more.class ?? 'IMP' },
  from: T0 - HOUR,
  ...(more.to === undefined ? undefined : { to: more.to }),
});

describe('a patient who was discharged', () => {
  it('is not alarmed for until there is another stay', () => {
    const ward = new Ward();
    clinical(ward, T0, stay(1, 'in-progress'));
    expect(allEmittedBy(glucose(ward, T0, 60))).toEqual([`${LOW} raised medium open`]);
    expect(allEmittedBy(clinical(ward, T0 + MINUTE, stay(2, 'finished', { to: T0 + MINUTE })))).toEqual([
      `${LOW} resolved medium resolved`,
    ]);
    expect(allEmittedBy(glucose(ward, T0 + 2 * MINUTE, 50))).toEqual([]);
    expect(stateOf(ward, T0 + MINUTE)).toMatchObject({ state: 'off', cause: 'discharged' });
    const again = clinical(ward, T0 + HOUR, stay(1, 'in-progress', { id: 'e2' }));
    expect(allEmittedBy(again)).toContainEqual(expect.stringContaining('raised'));
  });

  it('in error is alarmed for again, and what holds is raised', () => {
    const ward = new Ward();
    clinical(ward, T0, stay(1, 'finished', { to: T0 }));
    expect(allEmittedBy(glucose(ward, T0 + MINUTE, 60))).toEqual([]);
    const error = clinical(ward, T0 + 2 * MINUTE, { ...stay(2, 'finished', { to: T0 }), withdrawn: true });
    expect(allEmittedBy(error)).toEqual([`${LOW} raised medium open`]);
    expect(stateOf(ward, T0 + 2 * MINUTE)).toEqual({ state: 'on' });
  });

  it('and is watched at home stays so when the stay is corrected', () => {
    const ward = new Ward();
    clinical(ward, T0, stay(1, 'finished', { to: T0 }));
    set(ward, T0 + MINUTE, { state: 'on' });
    clinical(ward, T0 + HOUR, stay(2, 'finished', { to: T0 - MINUTE }));
    expect(allEmittedBy(glucose(ward, T0 + HOUR, 60))).toEqual([`${LOW} raised medium open`]);
  });

  it.each<[string, readonly WireFact[], boolean]>([
    ['a stay that ended today and was never seen before', [stay(1, 'finished', { to: T0 - HOUR })], true],
    ['a stay of years ago', [stay(1, 'finished', { to: T0 - 400 * 24 * HOUR })], false],
    ['a visit', [stay(1, 'in-progress', { class: 'AMB' }), stay(2, 'finished', { class: 'AMB', to: T0 })], false],
    [
      'one of two stays',
      [stay(1, 'in-progress', { id: 'e2' }), stay(1, 'in-progress'), stay(2, 'finished', { to: T0 })],
      false,
    ],
    ['a stay that was cancelled', [stay(1, 'in-progress'), stay(2, 'cancelled')], false],
    [
      'a stay entered in error',
      [stay(1, 'in-progress'), { ...stay(2, 'finished', { to: T0 }), withdrawn: true }],
      false,
    ],
    ['an old version', [stay(3, 'in-progress'), stay(2, 'finished', { to: T0 })], false],
  ])('%s', (_, facts, discharged) => {
    const ward = new Ward();
    for (const fact of facts) clinical(ward, T0, fact);
    expect(allEmittedBy(glucose(ward, T0 + MINUTE, 60))).toEqual(discharged ? [] : [`${LOW} raised medium open`]);
  });
});
