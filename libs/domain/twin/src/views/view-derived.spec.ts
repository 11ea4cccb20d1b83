import { describe, expect, it } from '@jest/globals';
import { VITALS_PACK } from '#libs/domain/packs';
import { HEART_RATE, HOUR, MINUTE, OXYGEN, T0, TREND } from '#libs/testing/ward';
import { citedOf } from '../fixtures/draft.fixture.js';
import { catalogueOf } from '../rules/catalogue.js';
import type { Derived, DerivedMeasure } from '../rules/derived.js';
import type { Cited } from '../state/cited.js';
import { initialTwin } from '../state/initial-twin.js';
import type { SetLimits, TwinState } from '../state/state.js';
import { viewOf, type DerivedView } from './view.js';

const HEAD = { name: 'own', title: 'Own', unit: '1', of: ['heart-rate', 'oxygen-saturation'] } as const;
const ASKED = T0 + HOUR;

interface Known {
  readonly measures: readonly Cited[];
  readonly state?: Partial<TwinState>;
}

const heartRate = (over: Partial<Cited> = {}): Cited => citedOf(over);
const saturation = (over: Partial<Cited> = {}): Cited => citedOf({ code: OXYGEN, t: T0 + MINUTE, x: 97, ...over });
const BOTH: Known = { measures: [heartRate(), saturation()] };

/** How the twin shows the measure where these values are the latest. */
function shown(measure: DerivedMeasure, { measures, state }: Known, forecasters = [TREND]): DerivedView | undefined {
  const catalogue = catalogueOf([{ ...VITALS_PACK, derived: [measure] }], forecasters);
  const latest = measures.map((cited) => [cited.code, { t: cited.t, latest: cited, sent: 0, receivedAt: T0 }] as const);
  const twin = { ...initialTwin(catalogue, 1, 'p1'), measures: Object.fromEntries(latest), ...state };
  return viewOf(catalogue, twin, ASKED).derived[measure.name];
}

const HEAD_SHOWN = { title: 'Own', unit: '1', of: HEAD.of, effectiveAt: new Date(T0 + MINUTE).toISOString() };

describe('a measure that follows from the latest values', () => {
  const sum = (latest: readonly Cited[]): Derived => ({ value: latest.reduce((all, { x }) => all + x, 0) });
  const latest: DerivedMeasure = { ...HEAD, kind: 'latest', read: sum };
  const partly: DerivedMeasure = { ...latest, partly: true };

  it('is shown as of the newest of them', () => {
    expect(shown(latest, BOTH)).toEqual({ ...HEAD_SHOWN, value: 147 });
  });

  it.each<[string, readonly Cited[], Derived | undefined, Derived | undefined]>([
    ['has no value', [heartRate()], undefined, { value: 50 }],
    ['is bad', [heartRate(), saturation({ quality: 2 })], { refused: 'bad-value' }, { value: 50 }],
    ['is doubtful', [heartRate(), saturation({ quality: 1 })], { value: 147 }, { value: 147 }],
    ['is only a bound', [heartRate({ comparator: '<' }), saturation()], { refused: 'only-a-bound' }, { value: 97 }],
    [
      'and the other are bad',
      [heartRate({ quality: 2 }), saturation({ quality: 2 })],
      { refused: 'bad-value' },
      undefined,
    ],
  ])('needs all of them, or some where it says so: one %s', (_, measures, whole, some) => {
    const head = { title: 'Own', unit: '1', of: HEAD.of, effectiveAt: expect.any(String) };
    const view = (derived: Derived | undefined) => derived && { ...head, ...derived };
    expect(shown(latest, { measures })).toEqual(view(whole));
    expect(shown(partly, { measures })).toEqual(view(some));
  });

  it.each([
    { value: 0.123456, readable: 0.1235 },
    { value: 999.96, readable: 1000 },
    { value: 1234.56, readable: 1235 },
    { value: -1234.56, readable: -1235 },
    { value: -0.00012346, readable: -0.0001235 },
    { value: 1000.4, readable: 1000 },
    { value: 123456.7, readable: 123457 },
  ])('is shown with four significant digits, as are its parts: $value', ({ value, readable }) => {
    const view = shown({ ...latest, read: () => ({ value, parts: { one: value } }) }, BOTH);
    expect(view).toEqual({ ...HEAD_SHOWN, value: readable, parts: { one: readable } });
    const without = shown({ ...latest, read: () => ({ value, missing: ['glucose'] as const }) }, BOTH);
    expect(without).toEqual({ ...HEAD_SHOWN, value: readable, missing: ['glucose'] });
  });
});

describe('a measure that follows from a memory', () => {
  it('is read from its own, for the latest value', () => {
    const folded: DerivedMeasure = {
      ...HEAD,
      kind: 'folded',
      of: ['heart-rate'],
      code: HEART_RATE,
      step: () => null,
      rewind: () => ({ memory: null, from: 0 }),
      read: (memory, { x }) => ({ value: x + ((memory as number | null) ?? 0) }),
    };
    expect(shown(folded, { ...BOTH, state: { derived: { own: 7 } } })).toMatchObject({ value: 57 });
    expect(shown(folded, BOTH)).toMatchObject({ value: 50 });
    expect(shown(folded, { measures: [heartRate({ quality: 2 })] })).toMatchObject({ refused: 'bad-value' });
  });

  it('is read from a detector at the time that is asked, with the limits in force, and may say of when it is', () => {
    const detected: DerivedMeasure = {
      ...HEAD,
      kind: 'detected',
      detector: 'course',
      read: (memory, at, { limitsOf }) => ({
        value: ((memory as number | null) ?? 0) + limitsOf({ id: 'heart-rate-high' })['limit']!,
        ...(memory === null ? undefined : { at: at - MINUTE }),
      }),
    };
    expect(shown(detected, BOTH)).toEqual({ ...HEAD_SHOWN, value: 120 });
    const kept = { now: { memory: 7, open: {} }, grid: [], machines: [] };
    const limits: SetLimits = { after: null, limits: { limit: 130 }, author: 'dr-a', reason: 'athlete' };
    const state = { detectors: { course: kept }, thresholds: { 'heart-rate-high': [limits] } };
    expect(shown(detected, { ...BOTH, state })).toEqual({
      ...HEAD_SHOWN,
      effectiveAt: new Date(ASKED - MINUTE).toISOString(),
      value: 137,
    });
    // A bad value is for the detector to judge.
    expect(shown(detected, { measures: [heartRate({ quality: 2 }), saturation()] })).toMatchObject({ value: 120 });
    expect(shown({ ...detected, partly: true }, { measures: [heartRate()] })).toMatchObject({ value: 120 });
    expect(shown(detected, { measures: [heartRate()] })).toBeUndefined();
  });

  it('is read from a model of the catalogue, about the person, where some of its inputs are known', () => {
    const modelled: DerivedMeasure = {
      ...HEAD,
      kind: 'modelled',
      model: TREND.card.id,
      read: (memory, { ageYears }, at) =>
        memory === null
          ? { refused: `no memory at ${at}` }
          : { value: memory as number, parts: { age: ageYears ?? -1 } },
    };
    const state = {
      forecasting: { models: { [TREND.card.id]: { memory: 7, outputs: {} } } },
      facts: {
        'Patient/p1': { kind: 'demographics' as const, version: 1, content: { birthDate: '2016-01-01' } },
      },
    };
    expect(shown(modelled, { measures: [heartRate()], state })).toMatchObject({ value: 7, parts: { age: 10 } });
    expect(shown(modelled, { measures: [heartRate()] })).toMatchObject({ refused: `no memory at ${ASKED}` });
    expect(shown(modelled, { measures: [heartRate({ quality: 2 })], state })).toBeUndefined();
    expect(shown(modelled, { measures: [heartRate()], state }, [])).toBeUndefined();
  });
});
